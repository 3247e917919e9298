package models_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestTimestampHasOneSpelling(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ in, want string }{
		"UTC":                     {`"2026-11-22T09:30:00Z"`, "2026-11-22T09:30:00.000Z"},
		"milliseconds":            {`"2026-11-22T09:30:00.120Z"`, "2026-11-22T09:30:00.120Z"},
		"nanoseconds are cut":     {`"2026-11-22T09:30:00.999999999Z"`, "2026-11-22T09:30:00.999Z"},
		"a zone":                  {`"2026-11-22T01:30:00+02:00"`, "2026-11-21T23:30:00.000Z"},
		"milliseconds since 1970": {`1703347200000`, "2023-12-23T16:00:00.000Z"},
		"the same as a text":      {`"1703347200000"`, "2023-12-23T16:00:00.000Z"},
		"1970":                    {`0`, "1970-01-01T00:00:00.000Z"},
		"before 1970":             {`-1`, "1969-12-31T23:59:59.999Z"},
		"cut before 1970":         {`"1969-12-31T23:59:59.9999Z"`, "1969-12-31T23:59:59.999Z"},
		"the first":               {`"0001-01-01T00:00:00Z"`, "0001-01-01T00:00:00.000Z"},
		"the last":                {`"9999-12-31T23:59:59.999Z"`, "9999-12-31T23:59:59.999Z"},
		"the last, as a number":   {`253402300799999`, "9999-12-31T23:59:59.999Z"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var at models.Timestamp
			require.NoError(t, json.Unmarshal([]byte(c.in), &at))
			require.Equal(t, time.UTC, at.Location())
			text, err := json.Marshal(at)
			require.NoError(t, err)
			require.Equal(t, `"`+c.want+`"`, string(text))
		})
	}
}

func TestTimestampRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"null where a time must be": `null`,
		"no text":                   `""`,
		"a day":                     `"2026-11-22"`,
		"no zone":                   `"2026-11-22T09:30:00"`,
		"a space":                   `"2026-11-22 09:30:00Z"`,
		"a fraction":                `1703347200000.5`,
		"an exponent":               `1.7e12`,
		"a day that is none":        `"2026-02-30T09:30:00Z"`,
		"the year 0":                `"0000-12-31T23:59:59Z"`,
		"the year 0 in UTC":         `"0001-01-01T00:00:00+01:00"`,
		"the year 10000 in UTC":     `"9999-12-31T23:59:59-01:00"`,
		"ms after 9999":             `253402300800000`,
		"ms before 1":               `-62135596800001`,
		"more than 64 bits":         `99999999999999999999`,
		"an object":                 `{}`,
		"true":                      `true`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := struct {
				At models.Timestamp `json:"at"`
			}{}
			err := json.Unmarshal([]byte(`{"at":`+text+`}`), &in)
			var wrong *json.UnmarshalTypeError
			require.ErrorAs(t, err, &wrong)
			require.Zero(t, in.At)
		})
	}
}

func TestAbsentTimestamp(t *testing.T) {
	t.Parallel()
	require.Nil(t, models.AtOrNil(nil))
	moment := time.Date(2026, 11, 22, 10, 30, 0, 1_999_999, time.FixedZone("", 3600))
	require.Equal(t, time.Date(2026, 11, 22, 9, 30, 0, 1_000_000, time.UTC), models.AtOrNil(&moment).Time)
	in := struct {
		At *models.Timestamp `json:"at"`
	}{}
	require.NoError(t, json.Unmarshal([]byte(`{"at":null}`), &in))
	require.Nil(t, in.At)
}

// requireRoundTrip checks that a time that was accepted can be written, and
// read again as it is.
func requireRoundTrip(t *testing.T, first models.Timestamp) {
	t.Helper()
	require.True(t, first.Year() >= 1 && first.Year() <= 9999)
	text, err := json.Marshal(first)
	require.NoError(t, err)
	require.Len(t, string(text), len(models.TimestampLayout)+2)
	var second models.Timestamp
	require.NoError(t, json.Unmarshal(text, &second))
	require.Equal(t, first, second)
}

func FuzzTimestampUnmarshalJSON(f *testing.F) {
	for _, seed := range []string{`"2026-11-22T09:30:00.5+01:00"`, `1703347200000`, `"-1"`, `null`, `"0001-01-01T00:00:00+23:59"`, `-9223372036854775808`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var at models.Timestamp
		if at.UnmarshalJSON(data) == nil {
			requireRoundTrip(t, at)
		} else {
			require.Zero(t, at)
		}
	})
}

func FuzzTimestampUnmarshalParam(f *testing.F) {
	for _, seed := range []string{"2026-11-22T09:30:00,5Z", "1703347200000", "+1", "9999-12-31T23:59:59-23:59", "9223372036854775807"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var at models.Timestamp
		if at.UnmarshalParam(text) == nil {
			requireRoundTrip(t, at)
		} else {
			require.Zero(t, at)
		}
	})
}
