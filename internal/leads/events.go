package leads

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"leadrail/internal/store"
	"leadrail/models"
)

// FollowInput names a lead to follow, and what was seen of it before.
type FollowInput struct {
	SubmissionRef

	// Seen is the id of the last event that the caller saw; empty for none.
	Seen string `header:"Last-Event-Id" json:"-"`
}

// Progress is how far a lead is, as its followers are told.
type Progress struct {
	SubmissionID string        `json:"submissionId"`
	Status       models.Status `json:"status"`
	// FailureReason is null unless the lead failed.
	FailureReason *string            `json:"failureReason"`
	CompletedAt   *models.Timestamp  `json:"completedAt"`
	Deliveries    []DeliveryProgress `json:"deliveries"`
}

// DeliveryProgress is how far a delivery is, as the followers of its lead are
// told.
type DeliveryProgress struct {
	DeliveryID string                `json:"deliveryId"`
	Action     ActionRef             `json:"action"`
	Type       models.ActionType     `json:"type"`
	Status     models.DeliveryStatus `json:"status"`
	// Attempts counts those over all runs, one under way included.
	Attempts      int               `json:"attempts"`
	NextAttemptAt *models.Timestamp `json:"nextAttemptAt"`
	// ErrorCode tells of the newest attempt that failed; null where none did.
	ErrorCode *models.ErrorCode `json:"errorCode"`
}

// EventID names the event that tells of this progress: the same on every machine,
// and another one as soon as anything is different.
func (p Progress) EventID() string {
	const length = 12 // in bytes: two states of one lead never share it
	encoded, err := json.Marshal(p)
	if err != nil {
		panic(err) // it is texts, numbers and times
	}
	digest := sha256.Sum256(encoded)
	return hex.EncodeToString(digest[:length])
}

// EndID names the event that says that nothing is to follow.
func (p Progress) EndID() string { return p.EventID() + ".end" }

// Ended reports whether the lead is at its end.
func (p Progress) Ended() bool { return p.Status.Terminal() }

// Follow tells of a lead until the caller closes what it returns. A lead that is
// not stored yet is pending. Errors are those of Submission, rate limited where the
// caller's key follows too many, and unavailable where this process does, or is about
// to stop.
func (s *Service) Follow(ctx context.Context, in FollowInput) (*Following, error) {
	if _, err := s.find(ctx, in.ID); err != nil {
		return nil, err
	}
	return s.Followers.add(ctx, in)
}

func viewProgress(submissionID string, row store.Progress, stored bool) Progress {
	view := Progress{SubmissionID: submissionID, Status: models.StatusPending, Deliveries: []DeliveryProgress{}}
	if !stored {
		return view
	}
	view.Status, view.FailureReason, view.CompletedAt = row.Status, orNull(row.FailureReason), models.AtOrNil(row.CompletedAt)
	for _, delivery := range row.Deliveries {
		view.Deliveries = append(view.Deliveries, DeliveryProgress{
			DeliveryID:    delivery.DeliveryID,
			Action:        ActionRef{ID: delivery.ActionID, Name: delivery.ActionName},
			Type:          delivery.Type,
			Status:        delivery.Status,
			Attempts:      delivery.Tries,
			NextAttemptAt: models.AtOrNil(delivery.NextAttemptAt),
			ErrorCode:     orNull(delivery.ErrorCode),
		})
	}
	return view
}
