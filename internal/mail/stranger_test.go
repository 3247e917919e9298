package mail_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"leadrail/internal/mail"
	"leadrail/models"
)

func TestLinesOfAValue(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"one":                           "    one\n",
		"":                              "    –\n",
		"\r\n \t\n\u2028":               "    –\n",
		"a\nb\rc\r\nd\ve\ff":            "    a\n    b\n    c\n    d\n    e\n    f\n",
		"a\u0085b\u2028c\u2029d":        "    a\n    b\n    c\n    d\n",
		"\n\na\n\n\nb\n\n":              "    a\n\n\n    b\n",
		"  a\tb \t\nc":                  "      a\tb\n    c\n",
		"a\x00\x1b[1m\x7f\u009bb":       "    a[1mb\n",
		"a\xffb":                        "    a\uFFFDb\n",
		"pay\u202e\u2066me\u2069\u202c": "    payme\n",
		"-- \nSent by X":                "    --\n    Sent by X\n",
	} {
		content, err := mail.Lead{FormName: "f", Fields: []mail.Field{{Name: "a", Value: value}}}.Render("")
		require.NoError(t, err)
		require.Contains(t, content.Text, "\na\n"+want+"\n", "%q", value)
	}
}

// A stranger decides what stands in a mail, never what it is made of: whatever
// the values are, the mail has the elements of a harmless one.
func FuzzHTML(f *testing.F) {
	hostile := hostileLead()
	for _, field := range hostile.Fields {
		f.Add(field.Value, field.Value, hostile.LeadURL)
	}
	for _, value := range []string{
		"</title>", "</style>", "<!--", "-->", "<![CDATA[", "<plaintext>", "<template>", "&lt;script&gt;", "&#x3c;b>", "\x00<b>", "<\x00b>",
		"＜b＞", "\ufeff<b>", "+ADw-b+AD4-", "\u2028<b>\r<i>\n", "",
	} {
		f.Add(value, value, value)
	}
	for _, address := range []string{
		"https://example.com/\"onclick=alert(1)", "HTTPS://example.com/?a='b'&c=<d>", "http://example.com\t", "javascript://example.com/%0a1", "https://a@b.co",
		"https://example.com/?\u202e\x7f#\xff", "https://<b>/",
	} {
		f.Add("a", "b", address)
	}
	f.Fuzz(func(t *testing.T, text, other, address string) {
		lead := strangers(text, other, address)
		content, err := lead.Render("")
		require.NoError(t, err)
		elements, links := dissect(t, content.HTML)
		for _, link := range links {
			requireWebAddress(t, link)
		}
		harmless := strangers("a", "b", "")
		if len(links) > 0 {
			harmless = strangers("a", "b", "https://example.com/")
		}
		content, err = harmless.Render("")
		require.NoError(t, err)
		want, _ := dissect(t, content.HTML)
		require.Equal(t, want, elements)
	})
}

// Every line of the text part that is not indented is one of ours.
func FuzzText(f *testing.F) {
	for _, value := range []string{"a\nb", "-- \nSent by X", "a\r-- ", "a\u2028-- ", "a\u0085b", "a\vb\fc", "\u202e", "\x00", ""} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		lead := func(value string) mail.Lead {
			return mail.Lead{
				FormName: "f", Fields: []mail.Field{{Name: "a", Value: value}, {Name: "b", Value: value}},
				Team: "x" + value, Assignee: "x" + value, AgentID: "x" + value,
				LeadURL: "https://example.com/",
			}
		}
		got, err := lead(value).Render("")
		require.NoError(t, err)
		want, err := lead("harmless").Render("")
		require.NoError(t, err)
		require.Equal(t, outer(want.Text), outer(got.Text))
	})
}

// strangers makes a lead in which every text comes from outside. Team and
// Assignee are shown only when they say something.
func strangers(text, other, address string) mail.Lead {
	return mail.Lead{
		FormName: "x" + text, Title: "x" + other,
		Fields: []mail.Field{{Name: "a", Label: text, Value: other}, {Name: "b", Label: other, Value: text}},
		Qualification: &models.Qualification{
			Tier: "x" + text, Qualified: true, Reasons: []models.Reason{{Rule: text, Points: 1}, {Rule: other, Points: 2}},
		},
		Team: "x" + text, Assignee: "x" + other, AgentID: "x" + text, Status: models.Status("x" + other), SubmittedAt: at(),
		LeadURL: address, ConversationURL: address,
	}
}

// dissect lists the elements of a page with their attributes, and what it links
// to. The lines of a value, which are all alike, count as one.
func dissect(t *testing.T, page string) (elements, links []string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	for node := range root.Descendants() {
		switch node.Type {
		default: // text
		case html.ElementNode:
			element := strings.Repeat(" ", depth(node)) + node.Data
			for _, attribute := range node.Attr {
				if attribute.Key == "href" {
					links = append(links, attribute.Val)
					attribute.Val = ""
				}
				element += " " + attribute.Namespace + ":" + attribute.Key + "=" + attribute.Val
			}
			elements = append(elements, element)
		case html.CommentNode, html.DoctypeNode:
			elements = append(elements, "<!"+node.Data)
		}
	}
	return slices.CompactFunc(elements, func(a, b string) bool { return a == b && strings.TrimSpace(a) == "div :dir=auto" }), links
}

func depth(node *html.Node) int {
	depth := 0
	for range node.Ancestors() {
		depth++
	}
	return depth
}

func requireWebAddress(t *testing.T, link string) {
	t.Helper()
	parsed, err := url.Parse(link)
	require.NoError(t, err)
	require.Contains(t, []string{"http", "https"}, parsed.Scheme)
	require.NotEmpty(t, parsed.Host)
	require.Nil(t, parsed.User)
	require.False(t, strings.ContainsFunc(link, func(r rune) bool { return r <= ' ' || r > '~' }), "%q", link)
}

// outer lists the lines that begin without a space, wherever a reader of mail
// might see the start of a line.
func outer(text string) []string {
	lines := strings.FieldsFunc(text, func(r rune) bool {
		return r != '\t' && unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp)
	})
	return slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "    ") })
}
