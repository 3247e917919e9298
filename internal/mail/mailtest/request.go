package mailtest

import (
	"strings"
)

// request is the part of a request that is read here.
type request struct {
	Personalizations []struct {
		To         []Address         `json:"to"`
		CC         []Address         `json:"cc"`
		BCC        []Address         `json:"bcc"`
		CustomArgs map[string]string `json:"custom_args"`
	} `json:"personalizations"`
	From       Address           `json:"from"`
	ReplyTo    Address           `json:"reply_to"`
	Subject    string            `json:"subject"`
	CustomArgs map[string]string `json:"custom_args"`
	Content    []struct {
		Type  string `json:"type"`
		Value string `json:"value"`
	} `json:"content"`
}

// Address is a mailbox as it stands in a request.
type Address struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Mail is one that the fake was asked to send.
type Mail struct {
	// Status is what the request was answered with; only a 2xx takes a mail.
	Status int
	// APIKey is the one the request carried.
	APIKey  string
	From    Address
	To      []Address
	ReplyTo Address
	Subject string
	Text    string
	HTML    string
	// IDs are the custom arguments.
	IDs map[string]string
}

// mails lists the mails of a request, one for each personalization.
func (r request) mails(status int, key string) []Mail {
	var mails []Mail
	for _, personalization := range r.Personalizations {
		mail := Mail{
			Status: status, APIKey: key,
			From: r.From, To: personalization.To, ReplyTo: r.ReplyTo,
			Subject: r.Subject, IDs: personalization.CustomArgs,
		}
		for _, part := range r.Content {
			switch part.Type {
			case "text/plain":
				mail.Text = part.Value
			case "text/html":
				mail.HTML = part.Value
			}
		}
		mails = append(mails, mail)
	}
	return mails
}

// repeated reports whether an address stands in list twice, in whatever case.
func repeated(list []Address) bool {
	seen := make(map[string]bool, len(list))
	for _, address := range list {
		key := strings.ToLower(address.Email)
		if seen[key] {
			return true
		}
		seen[key] = true
	}
	return false
}
