package rules_test

import (
	"fmt"
	"testing"

	"leadrail/internal/rules"
	"leadrail/models"
)

func TestCheckTeam(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		team     models.Team
		problems []string
	}{
		"a name alone":       {models.Team{Name: "Sales"}, []string{}},
		"everything":         {models.Team{Name: "Sales", Emails: []string{"sales@example.com"}, Members: []models.Member{{Email: "ada@example.com"}, {Email: "bob@example.com"}}}, []string{}},
		"no name":            {models.Team{}, []string{"name required"}},
		"a name on lines":    {models.Team{Name: "a\nb"}, []string{"name invalid"}},
		"a long name":        {models.Team{Name: text(rules.MaxName + 1)}, []string{"name max_length"}},
		"no address":         {models.Team{Name: "a", Emails: []string{"ada@example.com", "sales"}}, []string{"emails[1] email"}},
		"an address twice":   {models.Team{Name: "a", Emails: []string{"Ada@Example.com", "ada@example.com"}}, []string{"emails[1] duplicate"}},
		"a member twice":     {models.Team{Name: "a", Members: []models.Member{{Email: "ada@example.com"}, {Email: "ADA@example.com"}}}, []string{"members[1].email duplicate"}},
		"both lists":         {models.Team{Name: "a", Emails: []string{"ada@example.com"}, Members: []models.Member{{Email: "ada@example.com"}}}, []string{}},
		"a member's mistake": {models.Team{Name: "a", Members: []models.Member{{Email: "ada@example.com", Hours: []models.Hours{{From: "9", To: "17:00"}}}}}, []string{"members[0].hours[0].from invalid"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireProblems(t, c.problems, rules.CheckTeam(c.team))
		})
	}
}

func TestCheckMembers(t *testing.T) {
	t.Parallel()
	hours := func(days []string, from, to string) models.Member {
		return models.Member{Email: "ada@example.com", Hours: []models.Hours{{Days: days, From: from, To: to}}}
	}
	for name, c := range map[string]struct {
		member   models.Member
		problems []string
	}{
		"the least":          {models.Member{Email: "ada@example.com"}, []string{}},
		"the most":           {models.Member{Email: "ada@example.com", Weight: rules.MaxWeight, Capacity: rules.MaxCapacity, TimeZone: "America/New_York", Away: true}, []string{}},
		"no address":         {models.Member{}, []string{"m[0].email required"}},
		"a name and address": {models.Member{Email: "Ada <ada@example.com>"}, []string{"m[0].email email"}},
		"two addresses":      {models.Member{Email: "a@example.com, b@example.com"}, []string{"m[0].email email"}},
		"a line break":       {models.Member{Email: "a@example.com\r\nBcc: b@example.com"}, []string{"m[0].email email"}},
		"U+0000":             {models.Member{Email: "a\x00@example.com"}, []string{"m[0].email email"}},
		"a long address":     {models.Member{Email: text(243) + "@example.com"}, []string{"m[0].email email"}},
		"below the weights":  {models.Member{Email: "a@example.com", Weight: -1}, []string{"m[0].weight range"}},
		"above the weights":  {models.Member{Email: "a@example.com", Weight: rules.MaxWeight + 1}, []string{"m[0].weight range"}},
		"no capacity":        {models.Member{Email: "a@example.com", Capacity: -1}, []string{"m[0].capacity range"}},
		"too much capacity":  {models.Member{Email: "a@example.com", Capacity: rules.MaxCapacity + 1}, []string{"m[0].capacity range"}},
		"an unknown zone":    {models.Member{Email: "a@example.com", TimeZone: "Europe/Bielefeld"}, []string{"m[0].timeZone invalid"}},
		"the machine's zone": {models.Member{Email: "a@example.com", TimeZone: "Local"}, []string{"m[0].timeZone invalid"}},
		"a path for a zone":  {models.Member{Email: "a@example.com", TimeZone: "../../etc/passwd"}, []string{"m[0].timeZone invalid"}},

		"office hours":       {hours([]string{"mon", "fri"}, "09:00", "17:30"), []string{}},
		"the whole day":      {hours(nil, "00:00", "24:00"), []string{}},
		"over midnight":      {hours(nil, "22:00", "06:00"), []string{}},
		"until midnight":     {hours(nil, "22:00", "00:00"), []string{}},
		"an unknown day":     {hours([]string{"mon", "Monday"}, "09:00", "17:00"), []string{"m[0].hours[0].days[1] option"}},
		"no times":           {hours(nil, "", ""), []string{"m[0].hours[0].from invalid", "m[0].hours[0].to invalid"}},
		"a time too late":    {hours(nil, "24:00", "24:01"), []string{"m[0].hours[0].from invalid", "m[0].hours[0].to invalid"}},
		"sixty minutes":      {hours(nil, "09:60", "17:00"), []string{"m[0].hours[0].from invalid"}},
		"one digit":          {hours(nil, "9:00", "17:00"), []string{"m[0].hours[0].from invalid"}},
		"a sign for a digit": {hours(nil, "+9:00", "17:-1"), []string{"m[0].hours[0].from invalid", "m[0].hours[0].to invalid"}},
		"an empty range":     {hours(nil, "09:00", "09:00"), []string{"m[0].hours[0].to range"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			requireProblems(t, c.problems, rules.CheckMembers("m", []models.Member{c.member}))
		})
	}
}

func TestATeamIsBounded(t *testing.T) {
	t.Parallel()
	team := models.Team{Name: "Sales"}
	for i := range rules.MaxTeamEmails + 1 {
		team.Emails = append(team.Emails, fmt.Sprintf("%d@example.com", i))
	}
	for i := range rules.MaxMembers + 1 {
		team.Members = append(team.Members, models.Member{Email: fmt.Sprintf("%d@example.com", i)})
	}
	requireProblems(t, []string{"emails max_items", "members max_items"}, rules.CheckTeam(team))
	team.Emails, team.Members = team.Emails[1:], team.Members[1:]
	requireProblems(t, []string{}, rules.CheckTeam(team))

	team.Members[0].Hours = make([]models.Hours, rules.MaxHours+1)
	requireProblems(t, []string{"members[0].hours max_items"}, rules.CheckTeam(team))
}
