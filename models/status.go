package models

// Status is where a submission stands. There are four words and no fifth.
type Status string

// The statuses of a submission.
const (
	// StatusPending: accepted; the first attempts are not all finished.
	StatusPending Status = "pending"
	// StatusRetrying: a delivery failed and waits for, or is in, a retry;
	// none has given up.
	StatusRetrying Status = "retrying"
	// StatusCompleted: every delivery succeeded.
	StatusCompleted Status = "completed"
	// StatusFailed: at least one delivery gave up, or the lead was cancelled.
	StatusFailed Status = "failed"
)

// Valid reports whether s is one of the four statuses.
func (s Status) Valid() bool {
	switch s {
	case StatusPending, StatusRetrying, StatusCompleted, StatusFailed:
		return true
	}
	return false
}

// Terminal reports whether nothing of the run is left to do.
func (s Status) Terminal() bool {
	return s == StatusCompleted || s == StatusFailed
}

// DeliveryStatus is where one delivery of a submission stands.
type DeliveryStatus string

// The statuses of a delivery.
const (
	DeliveryPending   DeliveryStatus = "pending"
	DeliveryRetrying  DeliveryStatus = "retrying"
	DeliveryDelivered DeliveryStatus = "delivered"
	DeliveryFailed    DeliveryStatus = "failed"
	DeliveryDismissed DeliveryStatus = "dismissed"
)

// Valid reports whether s is a known delivery status.
func (s DeliveryStatus) Valid() bool {
	switch s {
	case DeliveryPending, DeliveryRetrying, DeliveryDelivered, DeliveryFailed, DeliveryDismissed:
		return true
	}
	return false
}
