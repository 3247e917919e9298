package forms

import (
	"regexp"

	"leadrail/models"
)

// maxHandlerLength is the longest name of a page's handler.
const maxHandlerLength = 128

// handlerPattern takes names of JavaScript, and paths of them.
var handlerPattern = regexp.MustCompile(`^[A-Za-z_$][\w$.-]*$`)

// mode checks who does the work, and that nothing contradicts it.
func (c *checker) mode(in *Input) {
	mode := in.mode()
	switch {
	case !mode.Valid():
		c.addf("executionMode", "unsupported", "The execution mode is %q, %q or %q.", models.ModeWebhook, models.ModeClient, models.ModeBoth)
		return
	case mode == models.ModeClient && in.Webhook != nil:
		c.addf("executionMode", "contradiction",
			`In mode "client" nobody calls the form's webhook: choose "both", or leave webhook out; a webhook among the postActions is called in every mode.`)
	case mode == models.ModeBoth && in.Webhook == nil:
		c.addf("executionMode", "contradiction", `Mode "both" calls the form's webhook as well: give a webhook, or choose "client".`)
	}
	c.clientHandler(mode, in.ClientHandler)
}

func (c *checker) clientHandler(mode models.ExecutionMode, name string) {
	switch {
	case !mode.InPage() && name != "":
		c.addf(clientPath, "contradiction", `In mode "webhook" no handler of the page is called: choose "client" or "both", or leave clientHandler out.`)
	case !mode.InPage():
	case name == "":
		c.addf(clientPath, "required", "Name the handler in the page that does the work.")
	case len(name) > maxHandlerLength:
		c.addf(clientPath, "max_length", "A handler's name has at most %d characters.", maxHandlerLength)
	case !handlerPattern.MatchString(name):
		c.addf(clientPath, "pattern", "A handler's name has letters, digits, _, $, dots and hyphens, and starts with a letter, _ or $.")
	}
}
