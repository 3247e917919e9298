package activities_test

import (
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
// the other answers at once. A lead's delivery id says where it goes.
type town struct {
	activity *activities.Webhook
	hang     chan struct{}

	mu      sync.Mutex
	posts   map[string]int
	hanging int
	most    int
}

func newTown(t *testing.T, perEndpoint int) *town {
	t.Helper()
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	c := &town{hang: make(chan struct{}), posts: map[string]int{}}
	c.activity = &activities.Webhook{
		Store: c, Client: c, Sealed: keyring, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return start }, PerEndpoint: perEndpoint,
	}
	return c
}

func (c *town) OpenAttempt(_ context.Context, attempt models.Attempt) (store.Job, error) {
	job := aJob(attempt)
	job.Delivery.ID = attempt.DeliveryID
	name, number, _ := strings.Cut(attempt.DeliveryID, "-")
	job.Destination.URL = fmt.Sprintf("https://%s.example.com/%s", name, number)
	return job, nil
}

func (c *town) CloseAttempt(context.Context, models.Attempt) error { return nil }

func (c *town) DisableDestination(context.Context, string, string, time.Time) error {
	return errors.New("nothing is gone here")
}

func (c *town) EnsureSecret(_ context.Context, fresh models.Secret) (models.Secret, error) {
	return fresh, nil
}

func (c *town) Post(_ context.Context, request webhook.Request) webhook.Response {
	hung := strings.HasPrefix(strings.ToLower(request.ID), "hung")
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
func (c *town) slot() func(deliveryID string) error {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	env := suite.NewTestActivityEnvironment()
	env.SetTestTimeout(time.Minute)
	env.RegisterActivity(c.activity)
	return func(deliveryID string) error {
		_, err := env.ExecuteActivity(c.activity.DeliverWebhook, activities.DeliverInput{
			DeliveryID: deliveryID, RunSeq: 1, N: 1, Trigger: models.TriggerFirst,
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

func TestACrowdedEndpointIsTriedLaterUnderTheSameNumber(t *testing.T) {
	t.Parallel()
	c := newTown(t, 1)
	first := make(chan error, 1)
	go func() { first <- c.slot()("hung-1") }()
	require.Eventually(t, func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.hanging == 1
	}, time.Minute, time.Millisecond)

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
