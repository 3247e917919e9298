package leads

import (
	"context"
	"time"

	"golang.org/x/sync/singleflight"

	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// Store is the part of the database that the use cases read.
type Store interface {
	Forms
	Submissions
	Replays
	ClientResults
}

// Forms are the definitions that leads are checked against.
type Forms interface {
	Form(ctx context.Context, id string) (store.FormRecord, error)
	FormVersion(ctx context.Context, id string, version int) (models.FormVersion, error)
}

// Submissions are the leads that are known to the database.
type Submissions interface {
	Submission(ctx context.Context, id string) (models.Submission, error)
	Submissions(ctx context.Context, filter store.SubmissionFilter) ([]models.Submission, error)
	// Intake reads a lead that waits for its workflow.
	Intake(ctx context.Context, id string) (models.Intake, error)
	// Acceptance reads what a stored or waiting lead is recognised by.
	Acceptance(ctx context.Context, id string) (models.Acceptance, error)
}

// Workflows is the part of the workflow engine that the use cases need.
type Workflows interface {
	Captures
	Steering
	Signals
}

// Captures are the leads that were given to the workflow engine.
type Captures interface {
	StartCapture(ctx context.Context, in workflows.CaptureInput, labels workflows.Labels) (fresh bool, err error)
	Acceptance(ctx context.Context, submissionID string) (models.Acceptance, error)
	Accepted(ctx context.Context, submissionID string) (workflows.Accepted, error)
}

// Intake is where a lead is put that cannot go to the workflow engine now.
type Intake interface {
	// Empty reports whether a lead overtakes nobody that goes straight there.
	Empty() bool
	// Stuck reports that the workflow engine takes none of those that wait.
	Stuck() bool
	Save(ctx context.Context, lead models.Intake) (saved bool, err error)
}

// Sealer encrypts a value for its owner and opens it again.
type Sealer interface {
	Seal(plain []byte, owner string) models.Sealed
	Open(sealed models.Sealed, owner string) ([]byte, error)
}

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	Store     Store
	Files     FileStore
	Workflows Workflows
	Intake    Intake
	Slots     Slots
	Sealer    Sealer
	// URLs are asked about those that leads are replayed to.
	URLs URLs
	// Refusals counts the submissions that are refused.
	Refusals *Refusals
	// Decisions notes what the gate answers.
	Decisions *Decisions
	// Followers are told how far leads are.
	Followers *Followers
	// Watch may be nil.
	Watch Watch
	Now   func() time.Time
	// Secret is the installation's: ids of leads with an idempotency key are
	// derived from it.
	Secret string
	// ConversationURL is the template that models.ConversationURL fills in.
	ConversationURL string

	// accepting has the requests under way that have an idempotency key.
	accepting singleflight.Group
}
