package web_test

import (
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"leadrail/models"
	"leadrail/web"
)

// shape lists the tags of a page with the names of their attributes, as a
// browser sees them, and the links of the page.
func shape(t *testing.T, page []byte) (tags, links []string) {
	t.Helper()
	document, err := html.Parse(bytes.NewReader(page))
	require.NoError(t, err)
	for node := range document.Descendants() {
		if node.Type != html.ElementNode {
			continue
		}
		tag := node.Data
		for _, attribute := range node.Attr {
			tag += " " + attribute.Key
			if attribute.Key == "href" || attribute.Key == "src" {
				links = append(links, attribute.Val)
			}
		}
		tags = append(tags, tag)
	}
	return tags, links
}

// What a stranger wrote makes no tag, no attribute and no link of its own.
func TestStrangersDoNotChangeThePage(t *testing.T) {
	t.Parallel()
	show := map[string]func(models.Mail) (web.Page, error){
		"list": func(mail models.Mail) (web.Page, error) { return pages(mail).List(t.Context()) },
		"mail": func(mail models.Mail) (web.Page, error) { return pages(mail).Mail(t.Context(), mail.ID) },
	}
	for name, show := range show {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plain, err := show(plainMail())
			require.NoError(t, err)
			hostile, err := show(hostileMail())
			require.NoError(t, err)
			want, _ := shape(t, plain.Body)
			got, links := shape(t, hostile.Body)
			require.Equal(t, want, got)
			for _, link := range links {
				target, err := url.Parse(link)
				require.NoError(t, err)
				require.Empty(t, target.Scheme+target.Host)
				require.True(t, strings.HasPrefix(target.Path, web.OutboxPath), link)
			}
		})
	}
}

// policy reads a content security policy.
func policy(t *testing.T, page web.Page, err error) map[string]string {
	t.Helper()
	require.NoError(t, err)
	directives := map[string]string{}
	for directive := range strings.SplitSeq(page.Policy, "; ") {
		name, sources, _ := strings.Cut(directive, " ")
		require.NotContains(t, directives, name)
		directives[name] = sources
	}
	return directives
}

func TestNoPageRunsScriptsOrAsksOtherServers(t *testing.T) {
	t.Parallel()
	mail := hostileMail()
	list, listErr := pages(mail).List(t.Context())
	page, pageErr := pages(mail).Mail(t.Context(), mail.ID)
	for _, own := range []map[string]string{policy(t, list, listErr), policy(t, page, pageErr)} {
		require.Equal(t, map[string]string{
			"default-src": "'none'", "style-src": "'unsafe-inline'", "frame-src": "'self'",
			"base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'",
		}, own)
	}
	body, err := pages(mail).Body(t.Context(), mail.ID)
	require.Equal(t, map[string]string{
		"sandbox": "", "default-src": "'none'", "style-src": "'unsafe-inline'", "img-src": "data:", "frame-ancestors": "'self'",
	}, policy(t, body, err), "it may not even run as our page when it is opened alone")
}
