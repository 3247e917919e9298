package forms

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"leadrail/models"
)

// Bounds of a definition.
const (
	maxFields     = 200
	maxOptions    = 1000
	maxActions    = 20
	maxNameLength = 64
	maxTextLength = 2000
	maxHeaders    = 50
)

var namePattern = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// DestinationChecker refuses URLs and headers that could never be delivered
// to, while their author is still there to correct them.
type DestinationChecker interface {
	CheckURL(url string) error
	CheckHeaders(headers map[string]string) error
}

// checker collects the problems of one definition.
type checker struct {
	destinations DestinationChecker
	problems     []models.FieldError
}

// check returns every problem of the input as one invalid error, or nil.
func check(in *Input, destinations DestinationChecker) error {
	c := &checker{destinations: destinations}
	c.form(in)
	c.fields(in.Fields)
	c.actions(in)
	if len(c.problems) == 0 {
		return nil
	}
	return &models.Error{
		Code:    models.CodeInvalid,
		Message: "the form definition has problems",
		Fields:  c.problems,
	}
}

func (c *checker) addf(path, code, format string, args ...any) {
	c.problems = append(c.problems, models.FieldError{
		Field: path, Code: code, Message: fmt.Sprintf(format, args...),
	})
}

func (c *checker) form(in *Input) {
	if err := models.CheckCallerID(in.AgentID); err != nil {
		c.addf("agentId", "invalid", "%s", err)
	} else if in.AgentID == "" {
		c.addf("agentId", "required", "Name the agent that shows the form.")
	}
	c.name("name", in.Name)
	if in.ExecutionMode != "" && in.ExecutionMode != "webhook" {
		c.addf("executionMode", "unsupported", `The execution mode is "webhook".`)
	}
	c.text("title", in.Title)
	c.text("description", in.Description)
	c.text("submitLabel", in.SubmitLabel)
	c.text("successMessage", in.SuccessMessage)
	c.text("errorMessage", in.ErrorMessage)
}

func (c *checker) name(path, name string) {
	switch {
	case name == "":
		c.addf(path, "required", "Give a name.")
	case len(name) > maxNameLength:
		c.addf(path, "max_length", "A name has at most %d characters.", maxNameLength)
	case !namePattern.MatchString(name):
		c.addf(path, "pattern", "A name has lower-case letters, digits and underscores, and starts with no digit.")
	}
}

func (c *checker) text(path, text string) {
	if utf8.RuneCountInString(text) > maxTextLength {
		c.addf(path, "max_length", "At most %d characters.", maxTextLength)
	}
	if strings.ContainsRune(text, 0) {
		c.addf(path, "invalid", "The character U+0000 cannot be stored.")
	}
}

func (c *checker) actions(in *Input) {
	if len(in.PostActions) > maxActions {
		c.addf("postActions", "max_items", "At most %d actions.", maxActions)
		return
	}
	seen := map[string]bool{}
	for _, action := range in.actions() {
		path := action.path
		c.action(path, action)
		if path != ownPath && action.Name == webhookName {
			c.addf(path+".name", "reserved", "The name %q belongs to the form's own webhook.", webhookName)
		}
		if seen[action.Name] {
			c.addf(path+".name", "duplicate", "Another action of the form is called %q.", action.Name)
		}
		seen[action.Name] = true
	}
}

func (c *checker) action(path string, action ActionInput) {
	c.name(path+".name", action.Name)
	if !action.Type.Valid() {
		c.addf(path+".type", "unsupported", "The type of an action is %q.", models.ActionWebhook)
		return
	}
	if !action.Response.Valid() {
		c.addf(path+".response", "invalid", `The response rule is "json" or "any".`)
	}
	if err := c.destinations.CheckURL(action.URL); err != nil {
		c.addf(path+".url", "invalid", "%s", err)
	}
	if len(action.Headers) > maxHeaders {
		c.addf(path+".headers", "max_items", "At most %d headers.", maxHeaders)
	} else if err := c.destinations.CheckHeaders(withoutMasks(action.Headers)); err != nil {
		c.addf(path+".headers", "invalid", "%s", err)
	}
	c.schedule(path+".retrySchedule", action.RetrySchedule)
}

// withoutMasks empties the values that stand for stored ones, which were
// checked when they came.
func withoutMasks(headers map[string]string) map[string]string {
	shown := make(map[string]string, len(headers))
	for name, value := range headers {
		if value == Mask {
			value = ""
		}
		shown[name] = value
	}
	return shown
}

func (c *checker) schedule(path string, schedule []models.Duration) {
	if len(schedule) > models.MaxRetries {
		c.addf(path, "max_items", "At most %d retries.", models.MaxRetries)
	}
	for i, wait := range schedule {
		if wait < 0 || wait > models.MaxRetryWait {
			c.addf(fmt.Sprintf("%s[%d]", path, i), "range", "A wait is between 0s and %s.", models.MaxRetryWait)
		}
	}
}
