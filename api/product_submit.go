package api

import (
	"context"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"leadrail/internal/leads"
	"leadrail/models"
)

const (
	// productWait is how long the answer to a submission waits for its deliveries. A
	// visitor waits with it.
	productWait = 5 * time.Second
	// largeLimit is the largest submission: one with the largest file inside, in
	// base64.
	largeLimit = leadLimit + models.MaxFileSize/3*4 + 4
	// largeAtOnce bounds how many submissions with large files are held in memory.
	largeAtOnce = 8
)

// ownWebhook is what a form's own webhook is called, and no other action.
const ownWebhook = "webhook"

// placeKey is where a large submission finds what lets another one in.
type placeKey struct{}

// leavePlace lets another large submission in, where this is one: its files are stored.
func leavePlace(ctx context.Context) {
	if leave, has := ctx.Value(placeKey{}).(func()); has {
		leave()
	}
}

// someLarge lets a few requests at a time be larger than a lead without files.
func someLarge(handler gin.HandlerFunc) gin.HandlerFunc {
	slots := make(chan struct{}, largeAtOnce)
	return func(c *gin.Context) {
		if size := c.Request.ContentLength; size >= 0 && size <= leadLimit {
			handler(c)
			return
		}
		select {
		case slots <- struct{}{}:
		default:
			writeProblem(c, models.Errorf(models.CodeUnavailable, "Too many files arrive at this moment; try again shortly."))
			return
		}
		leave := sync.OnceFunc(func() { <-slots })
		defer leave()
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), placeKey{}, leave))
		extendDeadlines(c)
		handler(c)
	}
}

type productSubmissions struct{ leads *leads.Service }

// productSubmission is a filled-in form. IdempotencyKey is ours.
type productSubmission struct {
	IdempotencyKey string `header:"Idempotency-Key" json:"-"`

	ToolID          string            `json:"toolId"`
	ConversationID  string            `json:"conversationId"`
	FormData        models.Document   `json:"formData"`
	FieldsCompleted []string          `json:"fieldsCompleted"`
	ImpressionAt    *models.Timestamp `json:"impressionAt"`
	StartedAt       *models.Timestamp `json:"startedAt"`
}

// productOutcome says that a lead is recorded, and what came of it so far. Status
// and ClientToken are ours.
type productOutcome struct {
	Success       bool                 `json:"success"`
	SubmissionID  string               `json:"submissionId"`
	Status        models.Status        `json:"status"`
	ExecutionMode models.ExecutionMode `json:"executionMode"`
	// WebhookResult is null while the form's webhook is not at its end: an existing
	// client takes null for nothing to complain of, and false for a lead that is lost.
	WebhookResult *productResult `json:"webhookResult"`
	// PostActionResults leaves out what is not at its end.
	PostActionResults []productActionResult `json:"postActionResults"`
	ClientHandler     *string               `json:"clientHandler"`
	ClientToken       string                `json:"clientToken,omitempty"`
}

type productResult struct {
	Success bool    `json:"success"`
	Error   *string `json:"error"`
}

type productActionResult struct {
	Type    models.ActionType `json:"type"`
	Success bool              `json:"success"`
	Error   *string           `json:"error,omitempty"`
}

func (p productSubmissions) submit(ctx context.Context, in productSubmission) (productOutcome, error) {
	if err := required("toolId", in.ToolID); err != nil {
		return productOutcome{}, err
	}
	accepted, err := p.leads.Capture(ctx, leads.CaptureInput{
		IdempotencyKey: in.IdempotencyKey, FormID: in.ToolID, ConversationID: in.ConversationID, FormData: in.FormData,
		FieldsCompleted: in.FieldsCompleted, ImpressionAt: in.ImpressionAt, StartedAt: in.StartedAt,
	})
	if err != nil {
		return productOutcome{}, err
	}
	leavePlace(ctx)
	out := productOutcome{
		Success: true, SubmissionID: accepted.SubmissionID, Status: accepted.Status, ExecutionMode: models.ModeWebhook,
		PostActionResults: []productActionResult{},
	}
	if work := accepted.ClientWork; work != nil {
		out.ExecutionMode, out.ClientHandler, out.ClientToken = work.ExecutionMode, &work.ClientHandler, work.ClientToken
	}
	if models.PrincipalOf(ctx).Publishable() {
		return out, nil // where a lead goes, and whether it arrived, is no page's business
	}
	if lead, known := p.leads.Settled(ctx, leads.SubmissionRef{ID: out.SubmissionID}, productWait); known {
		out.tell(lead)
	}
	return out, nil
}

// tell says what came of a lead so far.
func (o *productOutcome) tell(lead leads.Submission) {
	o.Status = lead.Status
	for _, delivery := range lead.Deliveries {
		done, err := outcomeOf(delivery)
		switch {
		case !done || delivery.Type == models.ActionClient:
		case delivery.Action.Name == ownWebhook:
			o.WebhookResult = &productResult{Success: err == nil, Error: err}
		default:
			o.PostActionResults = append(o.PostActionResults, productActionResult{Type: delivery.Type, Success: err == nil, Error: err})
		}
	}
}

// outcomeOf says whether a delivery is at its end, and what went wrong last where it
// gave up.
func outcomeOf(delivery leads.Delivery) (done bool, wrong *string) {
	switch delivery.Status {
	case models.DeliveryDelivered:
		return true, nil
	case models.DeliveryFailed, models.DeliveryDismissed:
		for _, attempt := range delivery.Attempts {
			wrong = attempt.Error
		}
		if wrong == nil {
			unsaid := "it was not delivered"
			wrong = &unsaid
		}
		return true, wrong
	default:
		return false, nil
	}
}

// productReport is what a page reports of a lead. Token is ours.
type productReport struct {
	SubmissionID string          `json:"submissionId"`
	Success      *bool           `json:"success"`
	Message      string          `json:"message"`
	Data         models.Document `json:"data"`
	Token        string          `json:"token"`
}

type productDone struct {
	Success bool `json:"success"`
}

func (p productSubmissions) report(ctx context.Context, in productReport) (productDone, error) {
	if err := required("submissionId", in.SubmissionID); err != nil {
		return productDone{}, err
	}
	_, err := p.leads.ReportResult(ctx, leads.ClientResultInput{
		SubmissionRef: leads.SubmissionRef{ID: in.SubmissionID}, Success: in.Success, Message: in.Message, Data: in.Data, Token: in.Token,
	})
	return productDone{Success: err == nil}, err
}
