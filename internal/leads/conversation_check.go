package leads

import (
	"fmt"
	"slices"
	"time"

	"leadrail/models"
)

// Bounds of what an agent tells of a conversation. Lengths count characters.
const (
	maxTitle    = 500
	maxMessages = 1000
	maxContent  = 16_000
	// maxProblems is how many messages are told about: whoever gets more wrong
	// gets all of them wrong the same way.
	maxProblems = 20
)

// check returns every problem of the input as one invalid error, or nil.
func (in ConversationInput) check(now time.Time) error {
	problems := slices.Concat(
		checkName("id", in.ID), checkName("agentId", in.AgentID),
		checkLength("title", in.Title, maxTitle), checkLink("url", in.URL), checkMessages(in.Messages, now),
	)
	if len(problems) == 0 {
		return nil
	}
	return &models.Error{Code: models.CodeInvalid, Message: "The conversation has problems.", Fields: problems}
}

// checkName is checkCallerID for an id that must be there.
func checkName(path, callerID string) []models.FieldError {
	if callerID == "" {
		return []models.FieldError{{Field: path, Code: "required", Message: "Name it."}}
	}
	return checkCallerID(path, callerID)
}

func checkLink(path, link string) []models.FieldError {
	if problems := checkLength(path, link, maxURL); link == "" || len(problems) > 0 {
		return problems
	}
	if err := models.CheckLink(link); err != nil {
		return []models.FieldError{{Field: path, Code: "url", Message: err.Error()}}
	}
	return nil
}

func checkMessages(messages []models.Message, now time.Time) []models.FieldError {
	if len(messages) > maxMessages {
		return []models.FieldError{{
			Field: "messages", Code: "max_items", Message: fmt.Sprintf("At most %d messages: send the latest.", maxMessages),
		}}
	}
	var problems []models.FieldError
	for i, message := range messages {
		at := fmt.Sprintf("messages[%d]", i)
		problems = slices.Concat(problems,
			checkCallerID(at+".id", message.ID), checkRole(at+".role", message.Role),
			checkLength(at+".content", message.Content, maxContent), checkTime(at+".createdAt", message.CreatedAt, now),
		)
		if len(problems) >= maxProblems {
			break
		}
	}
	return problems
}

func checkRole(path string, role models.MessageRole) []models.FieldError {
	if role.Valid() {
		return nil
	}
	return []models.FieldError{{Field: path, Code: "option", Message: "A role is user, assistant, system or tool."}}
}
