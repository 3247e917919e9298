package forms

import (
	"fmt"
	"regexp"
	"slices"
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
	maxRecipients = 100
	maxSubject    = 255
	maxTemplate   = 3000
	maxReason     = 500
)

var namePattern = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)

// DestinationChecker refuses URLs, headers and recipients that could never be
// delivered to, while their author is still there to correct them.
type DestinationChecker interface {
	CheckURL(url string) error
	CheckHeaders(headers map[string]string) error
	// CheckRecipient takes one address, with or without a name before it.
	CheckRecipient(text string) error
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
	c.rules(in)
	if len(c.problems) == 0 {
		return nil
	}
	return &models.Error{
		Code:    models.CodeInvalid,
		Message: "The form definition has problems.",
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
	c.mode(in)
	c.text("title", in.Title)
	c.text("description", in.Description)
	c.text("submitLabel", in.SubmitLabel)
	c.text("successMessage", in.SuccessMessage)
	c.text("errorMessage", in.ErrorMessage)
	c.traps(in)
	if in.AlertEmail != "" {
		c.recipient("alertEmail", in.AlertEmail)
	}
}

// traps checks what is laid for machines that fill in forms.
func (c *checker) traps(in *Input) {
	if in.Honeypot != "" {
		c.name("honeypot", in.Honeypot)
		if slices.ContainsFunc(in.Fields, func(field models.Field) bool { return field.Name == in.Honeypot }) {
			c.addf("honeypot", "duplicate", "A field of the form is called %q, and people fill that in.", in.Honeypot)
		}
	}
	if in.MinFillSeconds < 0 || in.MinFillSeconds > models.MaxFillSeconds {
		c.addf("minFillSeconds", "range", "Between 0 and %d seconds.", models.MaxFillSeconds)
	}
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
	c.storable(path, text)
}

// storable refuses values that PostgreSQL cannot hold.
func (c *checker) storable(path string, value any) {
	if hasNUL(value) {
		c.addf(path, "invalid", "The character U+0000 cannot be stored.")
	}
}

func hasNUL(value any) bool {
	switch value := value.(type) {
	case string:
		return strings.ContainsRune(value, 0)
	case []any:
		return slices.ContainsFunc(value, hasNUL)
	}
	return false
}
