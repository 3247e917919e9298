package activities_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"leadrail/activities"
	"leadrail/internal/mail"
	"leadrail/models"
)

// slowProvider takes a mail and keeps its sender waiting until it is released.
type slowProvider struct {
	entered chan struct{}
	release chan struct{}
}

func (p slowProvider) Send(context.Context, mail.Message) (mail.Result, error) {
	p.entered <- struct{}{}
	<-p.release
	return mail.Result{Verdict: models.Verdict{Outcome: models.OutcomeDelivered}}, nil
}

// A provider that hangs holds as many activity slots as it may and no more; the
// other mails come again later, under the same attempt number.
func TestAHangingMailProviderHoldsNoMoreThanItsPlaces(t *testing.T) {
	t.Parallel()
	provider := slowProvider{entered: make(chan struct{}), release: make(chan struct{})}
	desk := newLetter(t)
	email := &activities.Email{
		Store: desk, Teams: desk, Sender: provider, Log: slog.New(slog.DiscardHandler), Now: now, PerEndpoint: 1,
	}
	var first sync.WaitGroup
	first.Go(func() {
		_, err := sendOne(email)
		if err != nil {
			t.Error(err)
		}
	})
	<-provider.entered

	_, err := sendOne(email)
	var crowded *temporal.ApplicationError
	require.ErrorAs(t, err, &crowded)
	require.Equal(t, "EndpointCrowded", crowded.Type())
	require.False(t, crowded.NonRetryable())
	close(provider.release)
	first.Wait()
}

// sendOne makes one attempt in an environment of its own.
func sendOne(email *activities.Email) (models.Verdict, error) {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(email)
	var verdict models.Verdict
	result, err := env.ExecuteActivity(email.DeliverEmail, activities.DeliverInput{DeliveryID: "dlv_1", RunSeq: 1, N: 1})
	if err != nil {
		return verdict, err
	}
	return verdict, result.Get(&verdict)
}
