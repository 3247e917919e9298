package leads

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"leadrail/models"
)

// Bounds that keep every accepted document storable as jsonb.
const (
	maxDepth        = 32
	maxFormData     = 512 << 10 // in bytes, without files: a workflow engine takes no more than 2 MiB
	maxNumberLength = 64
)

// readInput decodes the form data and reports whatever else in the input is not
// right, or could not be stored: it must be refused now, because after the 202
// there is nobody left to tell.
func readInput(in CaptureInput, now time.Time) (map[string]any, []models.FieldError) {
	data, problems := readDocument("formData", in.FormData)
	problems = slices.Concat(problems, checkCallerID("conversationId", in.ConversationID), checkCallerID("sessionId", in.SessionID))
	if len(in.FormData) == 0 {
		problems = append(problems, models.FieldError{
			Field: "formData", Code: "required", Message: "Send the form's data as an object.",
		})
	}
	_, broken := readDocument("signals", in.Signals)
	problems = slices.Concat(problems, broken, checkTimes(in, now), in.Context.check(), in.Consent.check(now))
	slices.SortStableFunc(problems, func(a, b models.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return data, problems
}

func checkCallerID(path, callerID string) []models.FieldError {
	if err := models.CheckCallerID(callerID); err != nil {
		return []models.FieldError{{Field: path, Code: "invalid", Message: err.Error()}}
	}
	return nil
}

func readDocument(path string, document models.Document) (map[string]any, []models.FieldError) {
	object, err := document.Object()
	if err != nil {
		return nil, []models.FieldError{{Field: path, Code: "type", Message: "This is a JSON object."}}
	}
	problems := unstorable(path, object, 0)
	if !models.IsUnicode(document) {
		problems = append(problems, models.FieldError{Field: path, Code: "invalid_text", Message: "A text is not valid Unicode."})
	}
	return object, problems
}

// unstorable walks a decoded document for what Postgres refuses in jsonb:
// U+0000, numbers out of range, and nesting that is a trap rather than data.
func unstorable(path string, value any, depth int) []models.FieldError {
	if depth > maxDepth {
		return []models.FieldError{{Field: path, Code: "depth", Message: fmt.Sprintf("At most %d levels deep.", maxDepth)}}
	}
	switch value := value.(type) {
	case string:
		return unstorableText(path, value)
	case json.Number:
		return unstorableNumber(path, value)
	case []any:
		var problems []models.FieldError
		for i, item := range value {
			problems = append(problems, unstorable(fmt.Sprintf("%s[%d]", path, i), item, depth+1)...)
		}
		return problems
	case map[string]any:
		var problems []models.FieldError
		for _, key := range slices.Sorted(maps.Keys(value)) {
			at := path + "." + key
			problems = append(problems, unstorableText(path, key)...)
			problems = append(problems, unstorable(at, value[key], depth+1)...)
		}
		return problems
	}
	return nil
}

func unstorableText(path, text string) []models.FieldError {
	if !strings.ContainsRune(text, 0) {
		return nil
	}
	return []models.FieldError{{Field: path, Code: "invalid_text", Message: "The character U+0000 cannot be stored."}}
}

func unstorableNumber(path string, number json.Number) []models.FieldError {
	parsed, err := strconv.ParseFloat(number.String(), 64)
	underflow := parsed == 0 && strings.ContainsAny(mantissa(number.String()), "123456789")
	if err == nil && !underflow && len(number) <= maxNumberLength {
		return nil
	}
	return []models.FieldError{{Field: path, Code: "invalid_number", Message: "The number is out of range."}}
}

// mantissa cuts the exponent off a number's text.
func mantissa(number string) string {
	digits, _, _ := strings.Cut(strings.ToLower(number), "e")
	return digits
}
