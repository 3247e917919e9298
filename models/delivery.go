package models

import "time"

// Delivery is one action for one submission.
type Delivery struct {
	// ID goes to the endpoint as webhook-id: the same over all attempts and
	// replays, so that a receiver can recognise a duplicate.
	ID           string `gorm:"primaryKey"`
	SubmissionID string
	ActionID     string
	ActionName   string
	Type         ActionType
	Status       DeliveryStatus
	// RunSeq and Attempt guard the row: a write of an older run, or of an
	// earlier attempt of the same run, does not take effect.
	RunSeq  int
	Attempt int
	// ErrorCode and Error tell of the newest attempt that failed.
	ErrorCode     ErrorCode
	Error         string
	NextAttemptAt *time.Time
	CreatedAt     time.Time
	// UpdatedAt of a delivery that failed is when it gave up, also after it was
	// dismissed.
	UpdatedAt time.Time
	// DismissedAt, DismissedBy and DismissReason are the last dismissal; they stay
	// when the delivery is replayed. DismissedBy is the id of a key.
	DismissedAt   *time.Time
	DismissedBy   string
	DismissReason string

	Attempts []Attempt `gorm:"foreignKey:DeliveryID"`
	// Targets are those of the runs that did not go to the action's own
	// destination, in their order.
	Targets []Target `gorm:"foreignKey:DeliveryID"`
}

// Target is where a run of the delivery goes.
func (d Delivery) Target(runSeq int) Target {
	for _, target := range d.Targets {
		if target.RunSeq == runSeq {
			return target
		}
	}
	return Target{}
}

// Trigger says what made an attempt happen.
type Trigger string

// The triggers of an attempt.
const (
	TriggerFirst    Trigger = "first"
	TriggerSchedule Trigger = "schedule"
	TriggerRetryNow Trigger = "retry_now"
	TriggerReplay   Trigger = "replay"
)

// Attempt is one try of a delivery. The row is opened before the request goes
// out and closed after the answer; one that is open and old tells of a worker
// that died in between.
type Attempt struct {
	DeliveryID string `gorm:"primaryKey"`
	RunSeq     int    `gorm:"primaryKey;autoIncrement:false"`
	// N counts the attempts of a run from 1.
	N int `gorm:"primaryKey;autoIncrement:false"`
	// ActionID is the delivery's, so that the health of an action can be read
	// from its attempts alone.
	ActionID string
	// Elsewhere says that the attempt goes to its run's Target.
	Elsewhere bool
	Trigger   Trigger
	StartedAt time.Time
	// FinishedAt is nil while the attempt is open.
	FinishedAt *time.Time
	// DurationMS is the time from the first packet to the last, in
	// milliseconds.
	DurationMS int64
	Outcome    Outcome
	HTTPStatus int
	ErrorCode  ErrorCode
	Error      string
	// RetryAfter is the shortest wait the endpoint asked for.
	RetryAfter time.Duration
	// Response is the start of the endpoint's answer, at most 4 KiB.
	Response string
	// Address is the IP address and port that was dialled.
	Address string
	Phases  Phases `gorm:"embedded"`
}

// Phases says where the time of an attempt went, in whole milliseconds. A phase
// that was not reached, or took less than one, is 0.
type Phases struct {
	DNSMS     int64 `gorm:"column:dns_ms" json:"dnsMs"`
	ConnectMS int64 `gorm:"column:connect_ms" json:"connectMs"`
	TLSMS     int64 `gorm:"column:tls_ms" json:"tlsMs"`
	// FirstByteMS runs from the open connection to the first byte of the
	// answer.
	FirstByteMS int64 `gorm:"column:first_byte_ms" json:"firstByteMs"`
}

// Record takes the verdict that ends the attempt.
func (a *Attempt) Record(verdict Verdict) {
	a.Outcome, a.HTTPStatus = verdict.Outcome, verdict.HTTPStatus
	a.ErrorCode, a.Error = verdict.Code, verdict.Message
	a.RetryAfter = verdict.RetryAfter
}

// Verdict returns the verdict that closed the attempt.
func (a Attempt) Verdict() Verdict {
	return Verdict{
		Outcome: a.Outcome, HTTPStatus: a.HTTPStatus, Code: a.ErrorCode, Message: a.Error, RetryAfter: a.RetryAfter,
	}
}

// DeliveryDepth counts the deliveries that are not as they should be.
type DeliveryDepth struct {
	// Undelivered gave up, the first of them at Oldest; nil where none did.
	Undelivered int64
	Oldest      *time.Time
	// Waiting failed at least once and are to be attempted again, the first of
	// them at NextDue; nil where none is.
	Waiting int64
	NextDue *time.Time
}
