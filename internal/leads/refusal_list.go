package leads

import (
	"context"
	"time"

	"leadrail/models"
)

// refusalDays is how far back counts are told where the caller does not say.
const refusalDays = 30

// RefusalsInput asks for the refusals of a form on the days that have a moment of
// the period. Absent, it ends now, and began 30 days before its end.
type RefusalsInput struct {
	ID   string            `json:"-" uri:"id"`
	From *models.Timestamp `form:"from"`
	To   *models.Timestamp `form:"to"`
}

// RefusalList is why submissions to a form were refused: the newest day first, and
// the most frequent reason.
type RefusalList struct {
	Data []RefusalCount `json:"data"`
	// Total counts the submissions. One that had several problems is one.
	Total int64 `json:"total"`
}

// RefusalCount is one reason on one day, in UTC. Without a field it counts
// submissions; with one, those of them that had this problem.
type RefusalCount struct {
	Day   string `json:"day"`
	Field string `json:"field"`
	Code  string `json:"code"`
	Count int64  `json:"count"`
}

// Refused tells why submissions to a form were refused. The last few seconds may
// be missing.
func (s *Service) Refused(ctx context.Context, in RefusalsInput) (RefusalList, error) {
	counts := s.Refusals.store
	form, err := counts.Form(ctx, in.ID)
	if err == nil {
		err = models.PrincipalOf(ctx).MayAgent(form.Form.AgentID)
	}
	if err != nil {
		return RefusalList{}, err
	}
	to := s.Now()
	if in.To != nil {
		to = in.To.Time
	}
	from := to.AddDate(0, 0, -refusalDays)
	if in.From != nil {
		from = in.From.Time
	}
	counted, err := counts.Refusals(ctx, in.ID, from, to)
	if err != nil {
		return RefusalList{}, err
	}
	list := RefusalList{Data: make([]RefusalCount, len(counted))}
	for i, r := range counted {
		list.Data[i] = RefusalCount{Day: r.Day.Format(time.DateOnly), Field: r.Field, Code: r.Code, Count: r.Count}
		if r.Field == "" {
			list.Total += r.Count
		}
	}
	return list, nil
}
