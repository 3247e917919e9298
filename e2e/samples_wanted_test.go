package e2e_test

import (
	"fmt"
	"maps"
	"strings"
)

// What is to become of a sample lead, worked out from the sample forms and from
// teamWeights by hand: nothing here asks the product.

// outcome is what the API tells of a finished lead.
type outcome struct {
	Form      string
	Status    string
	Score     int
	Tier      string
	Qualified bool
	Team      string
	FormData  map[string]any
	// Deliveries are their types.
	Deliveries []string
}

func (s sample) outcome() outcome {
	deliveries := []string{"webhook"}
	if s.mailTo() != "" {
		deliveries = append(deliveries, "email")
	}
	if s.slack() != "" {
		deliveries = append(deliveries, "slack")
	}
	return outcome{
		Form: s.form, Status: "completed", Score: s.score(), Tier: s.tier(),
		Qualified: s.form != "demo_request" || s.score() >= 40,
		Team:      s.team(), FormData: s.kept(), Deliveries: deliveries,
	}
}

// webhook is what an endpoint gets.
type webhook struct {
	ToolName, SubmissionID, ConversationID string
	Attempt                                int
	Score                                  int
	Team                                   string
	FormData                               map[string]any
}

func (s sample) webhook(id string) webhook {
	conversation, _ := s.body["conversationId"].(string)
	return webhook{
		ToolName: s.form, SubmissionID: id, ConversationID: conversation, Attempt: 1,
		Score: s.score(), Team: s.team(), FormData: s.kept(),
	}
}

func (s sample) score() int {
	if s.form != "demo_request" {
		return 0
	}
	score := 0
	if s.budget() >= 20000 {
		score += 40
	}
	if s.budget() >= 5000 {
		score += 20
	}
	if size := s.text("company_size"); size == "201-1000" || size == "1000+" {
		score += 25
	}
	if s.signal("intent") == "buy" {
		score += 25
	}
	if strings.HasSuffix(s.text("email"), "@mail.example.net") {
		score -= 10
	}
	return score
}

func (s sample) tier() string {
	switch score := s.score(); {
	case s.form != "demo_request" || score < 0:
		return ""
	case score >= 70:
		return "hot"
	case score >= 40:
		return "warm"
	default:
		return "cold"
	}
}

func (s sample) team() string {
	switch {
	case s.score() >= 70:
		return "enterprise"
	case s.tier() == "warm":
		return "growth"
	default:
		return "general"
	}
}

// kept is what the visitor wrote, without the date that the form hides from
// small budgets.
func (s sample) kept() map[string]any {
	data := maps.Clone(s.data())
	if s.form == "demo_request" && s.budget() < 1000 {
		delete(data, "preferred_date")
	}
	return data
}

// mailTo is who gets a mail about the lead, "" for nobody.
func (s sample) mailTo() string {
	switch {
	case s.form == "contact_form":
		return "sales@example.com"
	case s.form == "demo_request":
		return s.team() + "@example.com"
	case s.form == "support_ticket" && s.text("priority") == "high":
		return "support@example.com"
	}
	return ""
}

// slack is the Slack message about the lead, "" for none. What the visitor wrote
// makes no markup and no links.
func (s sample) slack() string {
	if s.score() < 70 {
		return ""
	}
	plain := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "://", ":\u2060//", ".example", ".\u2060example", "\r\n", "\n")
	return plain.Replace(fmt.Sprintf("%s from %s (%d)", s.text("name"), s.text("company"), s.score()))
}

// teamWeights are the members' shares, in the team's order; a member's address
// is made of team and place.
func teamWeights() map[string][]int {
	return map[string][]int{"enterprise": {3, 1}, "growth": {2, 2, 1}, "general": {5, 3, 2}}
}

// assignments are how many leads each member is to have when each team got so
// many.
func assignments(teams map[string]int) map[string]int {
	counts := map[string]int{}
	for team, weights := range teamWeights() {
		for place, n := range shares(teams[team], weights) {
			counts[memberOf(team, place)] = n
		}
	}
	return counts
}

// shares gives leads out one at a time: everybody gains by weight, and whoever
// has gained most (the first of them) takes the lead and pays for all.
func shares(leads int, weights []int) []int {
	counts, gained := make([]int, len(weights)), make([]int, len(weights))
	for range leads {
		next, total := 0, 0
		for i, weight := range weights {
			gained[i] += weight
			total += weight
			if gained[i] > gained[next] {
				next = i
			}
		}
		gained[next] -= total
		counts[next]++
	}
	return counts
}
