package mail

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

const (
	// maxReason is the most that is kept of SendGrid's own words, in characters.
	maxReason = 500
	masked    = "[…]"
	// minPersonal is the shortest text that is looked for; shorter ones are
	// found everywhere.
	minPersonal = 3
)

// addressLike finds whatever holds an at sign, however it is spelt. It takes
// too much rather than too little.
var addressLike = regexp.MustCompile(`(?i)"[^"]*"(?:@|＠|﹫|%40|&#64;|&#x40;)\S*|\S*(?:@|＠|﹫|%40|&#64;|&#x40;)\S*`)

// scrub makes the provider's words fit for workflow history: one line of at
// most 500 characters in which nothing looks like an address and none of the
// secrets is repeated.
func scrub(text string, secrets []string) string {
	for _, secret := range secrets {
		text = strings.ReplaceAll(text, secret, masked)
	}
	return cut(addressLike.ReplaceAllString(oneLine(text), masked), maxReason)
}

// personal lists the texts of a mail that the provider might repeat when it
// complains. Addresses are found by their look.
func (m Message) personal() []string {
	texts := []string{m.Subject, m.ReplyTo.Name}
	for _, recipient := range m.To {
		texts = append(texts, recipient.Name)
	}
	var worth []string
	for _, text := range texts {
		if utf8.RuneCountInString(text) >= minPersonal {
			worth = append(worth, text)
		}
	}
	return worth
}
