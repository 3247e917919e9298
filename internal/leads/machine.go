package leads

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"leadrail/models"
)

// errTrapped says that a submission is a machine's. Whoever sent it is answered
// as if it were accepted, and so learns nothing.
var errTrapped = errors.New("the honeypot is filled in")

// trapped takes the honeypot of a form out of the data, and reports whether it was
// filled in. A box that is not ticked and blanks are nothing that a machine
// fills in, and a person's browser may send them.
func trapped(definition models.FormDefinition, data map[string]any) bool {
	if definition.Honeypot == "" {
		return false
	}
	value := data[definition.Honeypot]
	delete(data, definition.Honeypot)
	switch value := value.(type) {
	case nil:
		return false
	case bool:
		return value
	case string:
		return strings.TrimSpace(value) != ""
	case []any:
		return len(value) > 0
	}
	return true
}

// checkPace refuses a form that was filled in faster than a person can. The time
// counts from startedAt, or else from impressionAt. One that is as far after now
// comes from a clock that is ahead, which says nothing about the pace.
func checkPace(definition models.FormDefinition, in CaptureInput, now time.Time) []models.FieldError {
	least := time.Duration(definition.MinFillSeconds) * time.Second
	began := in.StartedAt
	if began == nil {
		began = in.ImpressionAt
	}
	switch {
	case least <= 0:
		return nil
	case began == nil:
		return []models.FieldError{{Field: "startedAt", Code: "required", Message: "Say when the visitor began to fill the form in."}}
	case now.Sub(began.Time).Abs() < least:
		return []models.FieldError{{
			Field: "startedAt", Code: "too_fast", Message: fmt.Sprintf("Nobody fills this form in within %s. Wait a moment and send it again.", least),
		}}
	}
	return nil
}
