package leads

import "context"

// Watch sees which submissions are accepted, which way, and why others are not.
// Its words are few: ways are those below, codes those of problems.
type Watch interface {
	Accepted(ctx context.Context, submissionID, way string)
	Refused(code string)
}

// The ways in which a submission is accepted.
const (
	wayTemporal = "temporal"
	wayIntake   = "intake"
	wayRepeat   = "repeat"
)

func (o CaptureOutput) wayIn() string {
	if o.repeated {
		return wayRepeat
	}
	return o.way
}

// unwatched is the Watch of whoever has none.
type unwatched struct{}

func (unwatched) Accepted(context.Context, string, string) {}
func (unwatched) Refused(string)                           {}

func (s *Service) eye() Watch {
	if s.Watch == nil {
		return unwatched{}
	}
	return s.Watch
}
