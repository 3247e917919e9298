// Package mailtest holds SendGrid to its documents, for tests: a fake of the
// one route that this product uses, and the Checker behind it, which a mail
// has to pass as it would have to there.
//
//	provider := mailtest.NewSendGrid(t, http.StatusServiceUnavailable)
//	… SENDGRID_HOST=provider.URL, any API key …
//	provider.Mails("dlv_1") // two: the one answered 503, then the one taken
//
// mail-send.schema.json describes the request in our own words, in JSON Schema
// 2020-12, from the documented fields and limits; it knows no field that the
// documents do not, and Check adds the limits that a schema cannot express.
//
// SendGrid publishes an OpenAPI description of its own: github.com/twilio/sendgrid-oai,
// spec/json/tsg_mail_v3.json. It is not kept here. With the environment
// variable LEADRAIL_SENDGRID_SPEC naming a copy of that file, every mail has to
// pass it too, made strict: it then allows no unknown fields, and custom_args
// is the object that SendGrid takes, not the string that the file says.
//
// Production code never imports this package.
package mailtest
