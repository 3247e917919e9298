package mail

import (
	"maps"
	"regexp"
	"slices"

	sgmail "github.com/sendgrid/sendgrid-go/helpers/mail"
)

const (
	// deliveryKey is the custom argument that holds Message.ID.
	deliveryKey = "deliveryId"
	// maxIDs keeps the custom arguments below SendGrid's 10,000 bytes.
	maxIDs = 20
)

// opaqueID has no room for an address or a sentence.
var opaqueID = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,128}$`)

// requestBody writes the mail in SendGrid's words. Nothing in it is a template
// or a substitution: what a stranger wrote stays as it is.
func requestBody(from Address, message Message) *sgmail.SGMailV3 {
	return &sgmail.SGMailV3{
		From:    email(from),
		ReplyTo: email(message.ReplyTo),
		Subject: message.Subject,
		Personalizations: []*sgmail.Personalization{{
			To:         emails(message.To),
			CustomArgs: customArgs(message),
		}},
		Content:          contents(message.Content),
		TrackingSettings: noTracking(),
	}
}

// contents lists the parts from plain to rich, the order SendGrid insists on.
func contents(content Content) []*sgmail.Content {
	var parts []*sgmail.Content
	if content.Text != "" {
		parts = append(parts, sgmail.NewContent("text/plain", content.Text))
	}
	if content.HTML != "" {
		parts = append(parts, sgmail.NewContent("text/html", content.HTML))
	}
	return parts
}

// noTracking overrides the account's settings. Rewritten links would lead
// colleagues, and whoever a mail is forwarded to, past a third party; the pixel
// is a remote image; and nobody unsubscribes from their own leads.
func noTracking() *sgmail.TrackingSettings {
	off := new(bool)
	return &sgmail.TrackingSettings{
		ClickTracking:        &sgmail.ClickTrackingSetting{Enable: off, EnableText: off},
		OpenTracking:         &sgmail.OpenTrackingSetting{Enable: off},
		SubscriptionTracking: &sgmail.SubscriptionTrackingSetting{Enable: off},
	}
}

// customArgs picks the opaque ids, in an order that is always the same.
func customArgs(message Message) map[string]string {
	args := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(message.IDs)) {
		if value := message.IDs[key]; len(args) < maxIDs && opaqueID.MatchString(key) && opaqueID.MatchString(value) {
			args[key] = value
		}
	}
	if opaqueID.MatchString(message.ID) {
		args[deliveryKey] = message.ID
	}
	return args
}

func emails(addresses []Address) []*sgmail.Email {
	list := make([]*sgmail.Email, len(addresses))
	for i, address := range addresses {
		list[i] = email(address)
	}
	return list
}

// email returns nil, which is left out, for no address.
func email(address Address) *sgmail.Email {
	if address.Email == "" {
		return nil
	}
	return sgmail.NewEmail(address.Name, address.Email)
}
