package rules_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/rules"
	"leadrail/models"
)

// taken reports whether a member with these hours takes a lead at a moment.
func taken(t *testing.T, zone, at string, hours ...models.Hours) bool {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, at)
	require.NoError(t, err)
	email, _, _ := rules.Assign([]models.Member{{Email: "a", TimeZone: zone, Hours: hours}}, moment)
	return email != ""
}

func TestWorkingHours(t *testing.T) {
	t.Parallel()
	office := models.Hours{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:30"}
	night := models.Hours{Days: []string{"fri"}, From: "22:00", To: "06:00"}
	late := models.Hours{Days: []string{"sun"}, From: "20:00", To: "24:00"}
	broken := models.Hours{From: "nine", To: "17:00"}
	for at, want := range map[string]struct{ office, night, late bool }{
		"2026-11-20T08:59:59Z": {},
		"2026-11-20T09:00:00Z": {office: true},
		"2026-11-20T17:29:59Z": {office: true},
		"2026-11-20T17:30:00Z": {},
		"2026-11-20T05:59:00Z": {}, // Friday morning belongs to Thursday's night
		"2026-11-20T21:59:59Z": {},
		"2026-11-20T22:00:00Z": {night: true},
		"2026-11-20T23:59:59Z": {night: true},
		"2026-11-21T00:00:00Z": {night: true},
		"2026-11-21T05:59:59Z": {night: true},
		"2026-11-21T06:00:00Z": {},
		"2026-11-21T12:00:00Z": {}, // a Saturday
		"2026-11-21T22:00:00Z": {},
		"2026-11-22T19:59:59Z": {},
		"2026-11-22T23:59:59Z": {late: true},
		"2026-11-23T00:00:00Z": {},
	} {
		require.Equal(t, want.office, taken(t, "", at, office), "office at %s", at)
		require.Equal(t, want.night, taken(t, "UTC", at, night), "night at %s", at)
		require.Equal(t, want.late, taken(t, "", at, late), "late at %s", at)
		require.Equal(t, want.office || want.night, taken(t, "", at, office, night), "both at %s", at)
		require.True(t, taken(t, "", at), "without hours at %s", at)
		require.True(t, taken(t, "", at, models.Hours{From: "00:00", To: "24:00"}), "every day at %s", at)
		require.False(t, taken(t, "", at, broken), "malformed at %s", at)
	}
}

func TestWorkingHoursGoByTheClockOnTheWall(t *testing.T) {
	t.Parallel()
	const berlin, york = "Europe/Berlin", "America/New_York"
	morning := models.Hours{From: "09:00", To: "10:00"}
	early := models.Hours{From: "02:00", To: "03:00"}
	night := models.Hours{Days: []string{"sat"}, From: "22:00", To: "06:00"}
	for _, c := range []struct {
		zone, at string
		hours    models.Hours
		want     bool
	}{
		// Berlin is an hour ahead of UTC in winter and two in summer.
		{berlin, "2026-03-28T08:00:00Z", morning, true},
		{berlin, "2026-03-29T08:00:00Z", morning, false},
		{berlin, "2026-03-29T07:00:00Z", morning, true},
		{berlin, "2026-10-25T07:59:59Z", morning, false},
		{berlin, "2026-10-25T08:00:00Z", morning, true},
		// The hour from two to three does not exist when clocks go forward …
		{berlin, "2026-03-29T00:59:59Z", early, false},
		{berlin, "2026-03-29T01:00:00Z", early, false},
		// … and comes twice when they go back.
		{berlin, "2026-10-25T00:00:00Z", early, true},
		{berlin, "2026-10-25T01:59:59Z", early, true},
		{berlin, "2026-10-25T02:00:00Z", early, false},
		// A night over the change ends at six on the wall.
		{berlin, "2026-03-29T03:59:59Z", night, true},
		{berlin, "2026-03-29T04:00:00Z", night, false},
		{berlin, "2026-10-25T04:59:59Z", night, true},
		{berlin, "2026-10-25T05:00:00Z", night, false},
		{york, "2026-03-08T12:59:59Z", morning, false},
		{york, "2026-03-08T13:00:00Z", morning, true},
		{york, "2026-03-07T13:00:00Z", morning, false},
		{york, "2026-03-07T14:00:00Z", morning, true},
	} {
		require.Equal(t, c.want, taken(t, c.zone, c.at, c.hours), "%s %s %v", c.zone, c.at, c.hours)
	}
}
