package analytics

import (
	"context"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// Store is the part of the database that reports are made of.
type Store interface {
	Forms(ctx context.Context, filter store.FormFilter) ([]store.FormRecord, error)
	Tallies(ctx context.Context, formIDs []string) (map[string]store.Tally, error)
}

// reportBudget bounds how long a report may keep the database busy. Counting reads
// every lead of the forms: about a second for each million.
const reportBudget = 5 * time.Second

// Service is the reports. It is safe for concurrent use.
type Service struct{ Store Store }

// FormReport is how one form does, over all its versions.
type FormReport struct {
	FormID   string
	FormName string
	// Impressions and Starts count what was told with submissions, so a visitor who
	// sent nothing is not among them.
	Impressions int
	Starts      int
	Submissions int
	// Completed and Failed are leads at their end.
	Completed int
	Failed    int
	// ConversionRate is submissions by impressions, DropOffRate the starts without a
	// submission by starts: fractions from 0 to 1, nil where there is nothing to divide
	// by.
	ConversionRate *float64
	DropOffRate    *float64
	// AvgCompletion is from the start to the submission; nil where no start is known.
	AvgCompletion *time.Duration
}

// FormReports reports on every form of an agent, the newest form first. Errors are
// forbidden (the agent is a foreign one) and unavailable (it takes too long).
func (s *Service) FormReports(ctx context.Context, agentID string) ([]FormReport, error) {
	agents, err := models.PrincipalOf(ctx).Agents(agentID)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, reportBudget)
	defer cancel()
	records, err := s.forms(ctx, agents)
	if err != nil || len(records) == 0 {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, record := range records {
		ids[i] = record.Form.ID
	}
	tallies, err := s.Store.Tallies(ctx, ids)
	if err != nil {
		return nil, err
	}
	reports := make([]FormReport, len(records))
	for i, record := range records {
		reports[i] = report(record.Form, tallies[record.Form.ID])
	}
	return reports, nil
}

// forms reads all forms of agents.
func (s *Service) forms(ctx context.Context, agents []string) ([]store.FormRecord, error) {
	var all []store.FormRecord
	for filter := (store.FormFilter{AgentIDs: agents, Limit: models.MaxLimit}); ; {
		records, err := s.Store.Forms(ctx, filter)
		if err != nil {
			return nil, err
		}
		all = append(all, records...)
		if len(records) < filter.Limit {
			return all, nil
		}
		filter.Before = records[len(records)-1].Form.ID
	}
}

// report makes a report of what was counted.
func report(form models.Form, tally store.Tally) FormReport {
	made := FormReport{
		FormID: form.ID, FormName: form.Name,
		Impressions: tally.Impressions, Starts: tally.Starts, Submissions: tally.Submissions,
		Completed: tally.Completed, Failed: tally.Failed,
		ConversionRate: rate(tally.Submissions, tally.Impressions),
		DropOffRate:    rate(tally.Starts-tally.Submissions, tally.Starts),
	}
	if tally.Starts > 0 {
		average := time.Duration(tally.AvgCompletionMS * float64(time.Millisecond))
		made.AvgCompletion = &average
	}
	return made
}

// rate is a fraction. Where the parts were not counted alike it is bounded: a rate
// below 0 or above 1 would tell nobody anything.
func rate(part, whole int) *float64 {
	if whole <= 0 {
		return nil
	}
	fraction := min(max(float64(part)/float64(whole), 0), 1)
	return &fraction
}
