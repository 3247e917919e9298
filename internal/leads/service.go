package leads

import (
	"context"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// Store is the part of the database that the use cases read.
type Store interface {
	Form(ctx context.Context, id string) (store.FormRecord, error)
	Submission(ctx context.Context, id string) (models.Submission, error)
	Submissions(ctx context.Context, filter store.SubmissionFilter) ([]models.Submission, error)
}

// Workflows is the part of the workflow engine that the use cases need.
type Workflows interface {
	StartCapture(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) error
	CaptureInput(ctx context.Context, submissionID string) (workflows.CaptureInput, error)
}

// Sealer encrypts a value for its owner and opens it again.
type Sealer interface {
	Seal(plain []byte, owner string) models.Sealed
	Open(sealed models.Sealed, owner string) ([]byte, error)
}

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	Store     Store
	Workflows Workflows
	Sealer    Sealer
	Now       func() time.Time
	// ConversationURL is the template that models.ConversationURL fills in.
	ConversationURL string
}

// startBudget bounds how long a visitor's request waits for Temporal.
const startBudget = 3 * time.Second
