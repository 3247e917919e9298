package leads

import (
	"time"

	"leadrail/models"
)

// maxAhead is how far the clock of a page may be ahead: one that was set to local
// time and takes it for UTC is by 14 hours at most. Further on it is no clock.
const maxAhead = 14 * time.Hour

// longAgo is before any lead. Milliseconds that fall before it were seconds.
func longAgo() time.Time { return time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC) }

// checkTimes refuses what no clock can have said: the mistake of a program, which
// its author should hear of. Of a wrong clock the visitor knows nothing, so that
// costs no lead; see timesOf.
func checkTimes(in CaptureInput, now time.Time) []models.FieldError {
	problems := append(checkTime("impressionAt", in.ImpressionAt, now), checkTime("startedAt", in.StartedAt, now)...)
	if in.ImpressionAt != nil && in.StartedAt != nil && in.StartedAt.Before(in.ImpressionAt.Time) {
		problems = append(problems, implausible("startedAt", "A form cannot be started before it is shown."))
	}
	return problems
}

func checkTime(path string, at *models.Timestamp, now time.Time) []models.FieldError {
	switch {
	case at == nil:
		return nil
	case at.Before(longAgo()):
		return []models.FieldError{implausible(path, "This is long ago. A number counts milliseconds, not seconds.")}
	case at.After(now.Add(maxAhead)):
		return []models.FieldError{implausible(path, "This is in the future.")}
	}
	return nil
}

func implausible(path, message string) models.FieldError {
	return models.FieldError{Field: path, Code: "implausible", Message: message}
}

// timesOf returns the times that are kept. A time after now tells that the page's
// clock is ahead, and so that neither of its times is right.
func timesOf(in CaptureInput, now time.Time) (impressionAt, startedAt *time.Time) {
	impressionAt, startedAt = timeOf(in.ImpressionAt), timeOf(in.StartedAt)
	for _, at := range []*time.Time{impressionAt, startedAt} {
		if at != nil && at.After(now) {
			return nil, nil
		}
	}
	return impressionAt, startedAt
}

func timeOf(at *models.Timestamp) *time.Time {
	if at == nil {
		return nil
	}
	return &at.Time
}
