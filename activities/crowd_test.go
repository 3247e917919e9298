package activities_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"leadrail/activities"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// town is a worker process and two endpoints: one hangs until it is released,
// the other answers at once. A lead's delivery id says by which action, and so
// where, it goes: "hung-1" goes to the one that hangs.
type town struct {
	activity *activities.Webhook
	sealed   *seal.Keyring
	hang     chan struct{}
	log      bytes.Buffer

	mu      sync.Mutex
	posts   map[string]int
	hanging int
	most    int
	// calls counts what the store was asked for.
	calls int
	// corrected has the leads of all actions go to the other endpoint.
	corrected bool
}

func newTown(t *testing.T, perEndpoint int) *town {
	t.Helper()
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	c := &town{sealed: keyring, hang: make(chan struct{}), posts: map[string]int{}}
	c.activity = &activities.Webhook{
		Store: c, Client: c, Sealed: keyring, Log: slog.New(slog.NewTextHandler(&c.log, nil)),
		Now: func() time.Time { return start }, PerEndpoint: perEndpoint,
	}
	return c
}

func (c *town) OpenAttempt(ctx context.Context, attempt models.Attempt) (store.Job, error) {
	job := aJob(attempt)
	job.Delivery.ID = attempt.DeliveryID
	job.Destination = c.destination(attempt.DeliveryID)
	if attempt.RunSeq == elsewhereRun {
		job.Target, _ = c.Target(ctx, attempt.DeliveryID, attempt.RunSeq) // it knows of every run
	}
	return job, nil
}

func (c *town) DestinationOf(_ context.Context, deliveryID string) (models.Destination, error) {
	return c.destination(deliveryID), nil
}

func (c *town) destination(deliveryID string) models.Destination {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	name, number, _ := strings.Cut(deliveryID, "-")
	destination := aJob(models.Attempt{}).Destination
	destination.ActionID = name
	if c.corrected {
		name = "fast"
	}
	destination.URL = fmt.Sprintf("https://%s.example.com/%s", name, number)
	return destination
}

func (c *town) CloseAttempt(context.Context, models.Attempt) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls++
	return nil
}

func (c *town) DisableDestination(context.Context, string, string, time.Time) error {
	return errors.New("nothing is gone here")
}

func (c *town) EnsureSecret(_ context.Context, fresh models.Secret) (models.Secret, error) {
	return fresh, nil
}

func (c *town) Target(_ context.Context, deliveryID string, runSeq int) (models.Target, error) {
	target := models.Target{DeliveryID: deliveryID, RunSeq: runSeq, URL: "https://HUNG.example.com/elsewhere"}
	target.Secret = c.sealed.Seal(models.NewSigningKey(), target.Owner())
	return target, nil
}

func (c *town) Post(_ context.Context, request webhook.Request) webhook.Response {
	hung := strings.HasPrefix(strings.ToLower(request.URL), "https://hung.")
	c.mu.Lock()
	c.posts[request.ID]++
	if hung {
		c.hanging++
		c.most = max(c.most, c.hanging)
	}
	c.mu.Unlock()
	if hung {
		<-c.hang
		c.mu.Lock()
		c.hanging--
		c.mu.Unlock()
	}
	return answered(200)
}

// slot is one activity slot of the worker: it delivers one lead at a time.
func (c *town) slot() func(deliveryID string) error { return c.slotOf(1) }

// elsewhereRun is the run that a replay sent to the endpoint that hangs.
const elsewhereRun = 2

// slotOf is a slot for leads in a run.
func (c *town) slotOf(runSeq int) func(deliveryID string) error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(time.Minute)
	env.RegisterActivity(c.activity)
	return func(deliveryID string) error {
		action, _, _ := strings.Cut(deliveryID, "-")
		_, err := env.ExecuteActivity(c.activity.DeliverWebhook, activities.DeliverInput{
			DeliveryID: deliveryID, RunSeq: runSeq, N: 1, Trigger: models.TriggerFirst, ActionID: action,
			Retargeted: runSeq == elsewhereRun,
		})
		return err
	}
}

// What Temporal repeats later stands at the end of the queue.
func TestAHangingEndpointKeepsNoOtherLeadWaiting(t *testing.T) {
	t.Parallel()
	const hung, fast, slots, perEndpoint = 300, 50, 16, 8
	c := newTown(t, perEndpoint)
	queue, delivered := make(chan string, hung+fast), make(chan string, hung+fast)
	for i := range hung {
		queue <- fmt.Sprintf("hung-%d", i)
	}
	for i := range fast {
		queue <- fmt.Sprintf("fast-%d", i)
	}
	var worker sync.WaitGroup
	for range slots {
		worker.Go(func() {
			deliver := c.slot()
			for id := range queue {
				if deliver(id) == nil {
					delivered <- id
				} else {
					queue <- id
				}
			}
		})
	}
	for range fast {
		require.Contains(t, <-delivered, "fast", "the other endpoint still hangs")
	}
	close(c.hang)
	for range hung {
		require.Contains(t, <-delivered, "hung")
	}
	close(queue)
	worker.Wait()

	require.Equal(t, perEndpoint, c.most)
	require.Len(t, c.posts, hung+fast)
	for id, posts := range c.posts {
		require.Equal(t, 1, posts, "%s is posted once, however often it was put off", id)
	}
}

// hangOn has the lead hung-1 take a place, and returns what will come of it.
func (c *town) hangOn(t *testing.T) <-chan error {
	t.Helper()
	return c.hangIn(t, c.slot(), "hung-1")
}

// hangIn has a lead take a place at the endpoint that hangs.
func (c *town) hangIn(t *testing.T, slot func(deliveryID string) error, deliveryID string) <-chan error {
	t.Helper()
	first := make(chan error, 1)
	go func() { first <- slot(deliveryID) }()
	require.Eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.hanging == 1
	}, time.Minute, time.Millisecond)
	return first
}

func TestACrowdedEndpointIsTriedLaterUnderTheSameNumber(t *testing.T) {
	t.Parallel()
	c := newTown(t, 1)
	first := c.hangOn(t)

	err := c.slot()("HUNG-2") // the host's name ignores case

	var later *temporal.ApplicationError
	require.ErrorAs(t, err, &later)
	require.Equal(t, "EndpointCrowded", later.Type())
	require.False(t, later.NonRetryable())
	require.Equal(t, temporal.ApplicationErrorCategoryBenign, later.Category())
	require.GreaterOrEqual(t, later.NextRetryDelay(), 250*time.Millisecond)
	require.Less(t, later.NextRetryDelay(), 500*time.Millisecond)
	require.Equal(t, map[string]int{"hung-1": 1}, c.posts)

	close(c.hang)
	require.NoError(t, <-first)
	require.NoError(t, c.slot()("HUNG-2"), "there is room again")
}

// Nothing is read for it, no attempt is opened and nothing is logged.
func TestALeadThatIsPutOffAsksNothingOfTheStore(t *testing.T) {
	t.Parallel()
	c := newTown(t, 1)
	first := c.hangOn(t)
	before := c.calls
	for n := range 20 {
		requireCrowded(t, c.slot()(fmt.Sprintf("hung-%d", n+2)))
	}
	require.Equal(t, before, c.calls)
	require.Empty(t, c.log.String())
	close(c.hang)
	require.NoError(t, <-first)
}

func requireCrowded(t *testing.T, err error) {
	t.Helper()
	var later *temporal.ApplicationError
	require.ErrorAs(t, err, &later)
	require.Equal(t, "EndpointCrowded", later.Type())
}

func TestACorrectedURLHealsLeadsThatArePutOff(t *testing.T) {
	t.Parallel()
	c := newTown(t, 1)
	at := start
	activities.SetCrowdClock(c.activity, func() time.Time { return at })
	first := c.hangOn(t)
	c.corrected = true
	requireCrowded(t, c.slot()("hung-2"))
	at = at.Add(5 * time.Second)
	require.NoError(t, c.slot()("hung-2"))
	require.Equal(t, 1, c.posts["hung-2"])
	close(c.hang)
	require.NoError(t, <-first)
}

// A run that began before actions were recorded says only which delivery it is.
func TestADeliveryWithoutAnActionIsPutOffToo(t *testing.T) {
	t.Parallel()
	c := newTown(t, 1)
	first := c.hangOn(t)
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(c.activity)
	_, err := env.ExecuteActivity(c.activity.DeliverWebhook, activities.DeliverInput{DeliveryID: "hung-2", RunSeq: 1, N: 1})
	requireCrowded(t, err)
	close(c.hang)
	require.NoError(t, <-first)
}

// Every attempt reads where its action goes, so that nothing else has to.
func TestWhereAnActionInUseGoesStaysKnown(t *testing.T) {
	t.Parallel()
	c := newTown(t, 1)
	at := start
	activities.SetCrowdClock(c.activity, func() time.Time { return at })
	require.NoError(t, c.slot()("fast-1"))
	first := c.calls
	for n := range 5 {
		at = at.Add(4 * time.Second)
		require.NoError(t, c.slot()(fmt.Sprintf("fast-%d", n+2)))
	}
	require.Equal(t, first+5*(first-1), c.calls, "a look less each")
}
