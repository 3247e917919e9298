package demo

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"leadrail/models"
)

// lead is what the demo reads of a submission: never what the visitor wrote.
type lead struct {
	SubmissionID  string        `json:"submissionId"`
	FormName      string        `json:"formName"`
	Status        models.Status `json:"status"`
	Qualification *struct {
		Score int    `json:"score"`
		Tier  string `json:"tier"`
	} `json:"qualification"`
	Routing struct {
		Team     string `json:"team"`
		Assignee string `json:"assignee"`
	} `json:"routing"`
	Deliveries []struct {
		Type   string `json:"type"`
		Status string `json:"status"`
	} `json:"deliveries"`

	// refused is why the API did not take the lead.
	refused string
}

// notAccepted is the status of a lead that the API did not take.
const notAccepted models.Status = "not accepted"

// columns aligns a line: time, form, score and tier, team, assignee, status,
// deliveries.
const columns = "%-8s  %-14s  %-8s  %-10s  %-16s  %-9s  %s"

func header() string {
	return fmt.Sprintf(columns, "TIME", "FORM", "SCORE", "TEAM", "ASSIGNEE", "STATUS", "DELIVERIES")
}

// line is what is shown of a lead.
func line(at time.Time, l lead) string {
	score := "-"
	if l.Qualification != nil {
		score = strings.TrimSpace(strconv.Itoa(l.Qualification.Score) + " " + l.Qualification.Tier)
	}
	deliveries := make([]string, len(l.Deliveries))
	for i, delivery := range l.Deliveries {
		deliveries[i] = delivery.Type + " " + delivery.Status
	}
	return fmt.Sprintf(columns, at.Format(time.TimeOnly), l.FormName, score,
		cmp.Or(l.Routing.Team, "-"), cmp.Or(l.Routing.Assignee, "-"), l.Status,
		cmp.Or(l.refused, strings.Join(deliveries, " · "), "-"))
}

// summary tells how the leads that were shown ended.
func (s *stream) summary() string {
	total := 0
	var parts []string
	for _, status := range []models.Status{
		models.StatusCompleted, models.StatusFailed, models.StatusRetrying, models.StatusPending, notAccepted,
	} {
		if n := s.count[status]; n > 0 {
			total += n
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		}
	}
	return fmt.Sprintf("%d leads: %s.", total, cmp.Or(strings.Join(parts, ", "), "none sent"))
}
