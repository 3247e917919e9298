package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// deleted is what a team is that was deleted since the lead was routed.
func deleted(string) (models.Team, error) {
	return models.Team{}, models.Errorf(models.CodeNotFound, "There is no such team.")
}

func TestWhoGetsTheMail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		listed []string
		toTeam bool
		change func(*letter)
		want   []string
	}{
		"those listed": {
			listed: []string{"Ann <ann@example.com>", "dan@example.com"}, want: []string{"Ann <ann@example.com>", "dan@example.com"},
		},
		"the team as well": {
			listed: []string{"ann@example.com"}, toTeam: true,
			want: []string{"ann@example.com", "Bob <bob@example.com>", "cleo@example.com"},
		},
		"the team alone": {
			listed: []string{}, toTeam: true, want: []string{"Bob <bob@example.com>", "cleo@example.com"},
		},
		"everybody once": {
			listed: []string{"CLEO@example.com", "ann@example.com", "Ann <ann@example.com>"}, toTeam: true,
			want: []string{"CLEO@example.com", "ann@example.com", "Bob <bob@example.com>"},
		},
		"a lead without a team": {
			listed: []string{"ann@example.com"}, toTeam: true,
			change: func(l *letter) { l.job.Submission.Assignment.TeamID = "" }, want: []string{"ann@example.com"},
		},
		"a lead that was never routed": {
			listed: []string{"ann@example.com"}, toTeam: true,
			change: func(l *letter) { l.job.Submission.Assignment = nil }, want: []string{"ann@example.com"},
		},
		"a team that was deleted": {
			listed: []string{"ann@example.com"}, toTeam: true,
			change: func(l *letter) { l.team = deleted }, want: []string{"ann@example.com"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLetter(t)
			l.job.Destination.Recipients, l.job.Definition.Actions[0].ToTeam = c.listed, c.toTeam
			if c.change != nil {
				c.change(l)
			}
			require.Equal(t, c.want, l.keptMail(t).To)
		})
	}
}

func TestAMailThatNobodyCanGetIsGivenUp(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		listed []string
		team   func(string) (models.Team, error)
	}{
		"nobody listed, and no team's people": {[]string{}, func(string) (models.Team, error) { return models.Team{}, nil }},
		"nobody listed, and the team deleted": {[]string{}, deleted},
		"one listed who cannot be written to": {[]string{"ann@example.com", "carl at example.com"}, deleted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLetter(t)
			l.job.Destination.Recipients, l.job.Definition.Actions[0].ToTeam = c.listed, true
			l.team = c.team
			verdict, err := l.mail()
			require.NoError(t, err)
			require.Equal(t, models.OutcomeGiveUp, verdict.Outcome)
			require.Equal(t, models.ErrorNoRecipient, verdict.Code)
			require.NotContains(t, verdict.Message, "example.com")
			require.Equal(t, verdict, l.closed[0].Verdict())
			require.Empty(t, l.kept)
		})
	}
}
