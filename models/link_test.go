package models_test

import (
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestCheckLink(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"https://chat.example.com/c/1?tab=chat&x=1#m2", "http://127.0.0.1:8080/", "HTTPS://EXAMPLE.COM", "https://[2001:db8::1]/x",
		"https://chat.example.com/会話/１?q=日本", "https://example.com/%20%3Cb%3E",
	} {
		require.NoError(t, models.CheckLink(link), link)
	}
	for _, link := range []string{
		"", "x", "/c/1", "//example.com/c", "example.com/c", "https:", "https:///c", "https://:443/", "https:example.com",
		"javascript:alert(1)", "javascript://example.com/%0Aalert(1)", " https://example.com", "https://example.com/a b",
		"https://example.com/\n", "https://example.com/\u2028", "ftp://example.com", "data:text/html,x", "file:///etc/hosts",
		"https://ada@example.com", "https://example.com:pw@evil.example", "https://example.com/<b>", `https://example.com/"`,
		"https://example.com/a|b", `https:\\example.com`, "https://example.com/`", "https://example.com/{conversationId}", "https://exa%mple.com",
		"https://example.com/\u202egnp.exe", "https://exam\u200bple.com",
	} {
		require.Error(t, models.CheckLink(link), "%q", link)
	}
}

// A link that passes leads where it seems to lead, and does not end early where it
// is shown: in a mail, in a message, in an attribute.
func FuzzCheckLink(f *testing.F) {
	for _, seed := range []string{"https://chat.example.com/c/1?x=1&y=2#z", "javascript://x/%0A", "https://a@b/", "http://[::1]:1/", "https://é/\u202e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, link string) {
		if models.CheckLink(link) != nil {
			return
		}
		lower := strings.ToLower(link)
		require.True(t, strings.HasPrefix(lower, "http://") || strings.HasPrefix(lower, "https://"))
		require.NotContains(t, link, "<")
		require.NotContains(t, link, ">")
		require.NotContains(t, link, `"`)
		require.NotContains(t, link, "|")
		require.False(t, strings.ContainsFunc(link, func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }))
		parsed, err := url.Parse(link)
		require.NoError(t, err)
		require.NotEmpty(t, parsed.Host)
		require.Nil(t, parsed.User)
	})
}
