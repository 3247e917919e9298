package leads_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/models"
)

// utm are n campaign parameters.
func utm(n int) map[string]string {
	parameters := map[string]string{}
	for i := range n {
		parameters[fmt.Sprintf("p%02d", i)] = "x"
	}
	return parameters
}

func TestContextIsKeptAsItCame(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		context leads.Context
		kept    string
	}{
		"nothing": {leads.Context{}, `{}`},
		"all": {
			leads.Context{
				Channel: "widget", PageURL: "https://example.com/p?a=1&b=<2>", Referrer: "https://example.com",
				UTM: map[string]string{"source": "ads", "": ""},
			},
			`{"channel":"widget","pageUrl":"https://example.com/p?a=1&b=<2>","referrer":"https://example.com","utm":{"":"","source":"ads"}}`,
		},
		"a page on another port":      {leads.Context{PageURL: "HTTP://localhost:3000"}, `{"pageUrl":"HTTP://localhost:3000"}`},
		"an app that referred":        {leads.Context{Referrer: "android-app://com.example/"}, `{"referrer":"android-app://com.example/"}`},
		"as many parameters as can":   {leads.Context{UTM: utm(20)}, `utm`},
		"a channel as long as can be": {leads.Context{Channel: strings.Repeat("é", 64)}, `é`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := filledIn()
			in.Context = &c.context
			kept := string(newDesk(t).accept(t, in).Context)
			if strings.HasPrefix(c.kept, "{") {
				require.JSONEq(t, c.kept, kept)
			} else {
				require.Contains(t, kept, c.kept)
			}
		})
	}
}

func TestContextIsBounded(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("x", n) }
	for name, c := range map[string]struct {
		context leads.Context
		problem string
	}{
		"a path for a page":       {leads.Context{PageURL: "/pricing"}, "context.pageUrl url"},
		"a script for a page":     {leads.Context{PageURL: "javascript:alert(1)"}, "context.pageUrl url"},
		"a file for a page":       {leads.Context{PageURL: "file:///etc/passwd"}, "context.pageUrl url"},
		"a page that is no URL":   {leads.Context{PageURL: "https://exa mple.com"}, "context.pageUrl url"},
		"a page too long":         {leads.Context{PageURL: "https://example.com/" + long(2029)}, "context.pageUrl max_length"},
		"a referrer too long":     {leads.Context{Referrer: long(2049)}, "context.referrer max_length"},
		"a channel too long":      {leads.Context{Channel: long(65)}, "context.channel max_length"},
		"U+0000":                  {leads.Context{Channel: "\x00"}, "context.channel invalid_text"},
		"too many parameters":     {leads.Context{UTM: utm(21)}, "context.utm max_items"},
		"a parameter too long":    {leads.Context{UTM: map[string]string{"a": long(513)}}, "context.utm max_length"},
		"a name too long":         {leads.Context{UTM: map[string]string{long(65): ""}}, "context.utm max_length"},
		"U+0000 in a parameter":   {leads.Context{UTM: map[string]string{"a": "\x00"}}, "context.utm invalid_text"},
		"U+0000 in such a name":   {leads.Context{UTM: map[string]string{"\x00": "a"}}, "context.utm invalid_text"},
		"a page without its host": {leads.Context{PageURL: "https://"}, "context.pageUrl url"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := filledIn()
			in.Context = &c.context
			require.Equal(t, []string{c.problem}, newDesk(t).problems(t, in))
		})
	}
}

func TestConsentIsKept(t *testing.T) {
	t.Parallel()
	at := models.At(start)
	in := filledIn()
	in.Consent = &leads.Consent{Text: "You may\ncall <me>.", Version: "2026-11", At: &at}
	require.JSONEq(t, `{"text":"You may\ncall <me>.","version":"2026-11","at":"2026-11-22T09:30:00.123Z"}`,
		string(newDesk(t).accept(t, in).Consent))
}

func TestConsentIsBounded(t *testing.T) {
	t.Parallel()
	tomorrow := models.At(start.Add(24 * time.Hour))
	for name, c := range map[string]struct {
		consent leads.Consent
		problem string
	}{
		"a text too long":    {leads.Consent{Text: strings.Repeat("é", 10_001)}, "consent.text max_length"},
		"a version too long": {leads.Consent{Version: strings.Repeat("x", 129)}, "consent.version max_length"},
		"U+0000":             {leads.Consent{Version: "\x00"}, "consent.version invalid_text"},
		"tomorrow":           {leads.Consent{At: &tomorrow}, "consent.at implausible"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := filledIn()
			in.Consent = &c.consent
			require.Equal(t, []string{c.problem}, newDesk(t).problems(t, in))
		})
	}
}
