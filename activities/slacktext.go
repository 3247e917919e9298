package activities

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"leadrail/internal/store"
)

const (
	// maxSlackText is the longest message, in characters.
	maxSlackText = 3000
	// wordJoiner (U+2060) is not seen, and keeps Slack from taking what is
	// around it for a link or a mention.
	wordJoiner = "\u2060"
	// testMark starts whatever people read of a lead that was made up.
	testMark = "[Test] "
)

var (
	// slackPlaceholder is {{name}}, with or without spaces inside the braces.
	slackPlaceholder = regexp.MustCompile(`\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}`)
	// slackMention is what calls a whole channel where names are linked.
	slackMention = regexp.MustCompile(`(?i)@(channel|here|everyone)\b`)
	// slackDomain is an address, which stays as it is to be copied, or the dot
	// of what Slack may take for a web address.
	slackDomain = regexp.MustCompile(`[\p{L}\p{N}._%+\-]+@[\p{L}\p{N}.\-]+|[\p{L}\p{N}\-]\.\p{L}{2}`)
	// slackTail is markup that a cut left open: an entity, or a link.
	slackTail = regexp.MustCompile(`(&[a-z]{0,3}|<[^<>\n]*)$`)
)

// slackLinks are empty where there is nothing to link to.
type slackLinks struct{ conversation, lead string }

// slackText writes the message. The template is its author's and may use all of
// Slack's markup; values come from strangers and have none.
func slackText(job store.Job, links slackLinks) (string, error) {
	values, err := slackValues(job, links)
	if err != nil {
		return "", err
	}
	action, _ := job.Action()
	template := cmp.Or(action.MessageTemplate, defaultSlackTemplate(job, links))
	if job.Test {
		template = testMark + template
	}
	return cutSlack(slackPlaceholder.ReplaceAllStringFunc(template, func(match string) string {
		return values[strings.Trim(match, "{} \t\r\n\f\v")]
	})), nil
}

// slackValues are what placeholders stand for, escaped; an unknown name stands
// for nothing. A form's own field comes before a name of ours.
func slackValues(job store.Job, links slackLinks) (map[string]string, error) {
	lead := job.Submission
	values := map[string]string{
		"formName":        escapeSlack(job.Definition.Name),
		"team":            escapeSlack(lead.Team),
		"assignee":        escapeSlack(lead.Assignee),
		"conversationUrl": slackURL(links.conversation),
		"leadUrl":         slackURL(links.lead),
	}
	if score := scoreOf(job.Definition, lead); score != nil {
		values["score"], values["tier"] = strconv.Itoa(score.Score), escapeSlack(score.Tier)
	}
	for _, field := range job.Definition.Fields {
		delete(values, field.Name)
	}
	fields, _, err := mailFields(job.Definition, lead.FormData)
	if err != nil {
		return nil, err
	}
	for _, field := range fields {
		values[field.Name] = escapeSlack(field.Value)
	}
	return values, nil
}

// defaultSlackTemplate names the form, every field of the lead and, where they
// are known, its page and its conversation.
func defaultSlackTemplate(job store.Job, links slackLinks) string {
	lines := []string{"*New lead: {{formName}}*"}
	data, _ := job.Submission.FormData.Object() // slackValues has read it
	for _, field := range job.Definition.Fields {
		if _, given := data[field.Name]; given {
			lines = append(lines, "*"+escapeSlack(cmp.Or(field.Label, field.Name))+":* {{"+field.Name+"}}")
		}
	}
	if links.lead != "" {
		lines = append(lines, "<{{leadUrl}}|Open the lead>")
	}
	if links.conversation != "" {
		lines = append(lines, "<{{conversationUrl}}|Read the conversation>")
	}
	return strings.Join(lines, "\n")
}

// slackEscapes are the three characters of Slack's markup (docs.slack.dev,
// "Formatting message text", Escaping text), and what starts a link.
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "://", ":"+wordJoiner+"//")

// escapeSlack makes a stranger's text plain: no link, no mention, no control
// characters but new lines and tabs, and none that turn text around.
func escapeSlack(text string) string {
	text = strings.ToValidUTF8(text, string(utf8.RuneError))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	text = strings.Map(func(r rune) rune {
		turns := r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
		if unicode.IsControl(r) && r != '\n' && r != '\t' || turns {
			return -1
		}
		return r
	}, text)
	text = slackDomain.ReplaceAllStringFunc(slackEscapes.Replace(text), func(match string) string {
		if strings.Contains(match, "@") {
			return match
		}
		return strings.Replace(match, ".", "."+wordJoiner, 1)
	})
	return slackMention.ReplaceAllString(text, "@"+wordJoiner+"$1")
}

// slackURL makes a link of ours fit to stand in <…|…>.
func slackURL(url string) string {
	return strings.NewReplacer("&", "&amp;", "<", "%3C", ">", "%3E", "|", "%7C").Replace(url)
}

// cutSlack shortens a message to what is sent, and never in the middle of an
// entity or a link.
func cutSlack(text string) string {
	if utf8.RuneCountInString(text) <= maxSlackText {
		return text
	}
	return slackTail.ReplaceAllString(string([]rune(text)[:maxSlackText-1]), "") + "…"
}
