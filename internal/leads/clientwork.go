package leads

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"

	"leadrail/models"
)

// ClientWork is what the visitor's page needs to do its part for a lead.
type ClientWork struct {
	ExecutionMode models.ExecutionMode `json:"executionMode"`
	ClientHandler string               `json:"clientHandler"`
	// ClientToken goes back with the result. It is good for this lead alone, and for
	// one result of each of its runs.
	ClientToken string `json:"clientToken"`
}

func (s *Service) clientWork(submissionID string, definition models.FormDefinition) *ClientWork {
	if !definition.ExecutionMode.InPage() {
		return nil
	}
	return &ClientWork{
		ExecutionMode: definition.ExecutionMode, ClientHandler: definition.ClientHandler,
		ClientToken: s.clientToken(submissionID),
	}
}

// clientToken follows from the id, so that a repeated request gets the same and
// nothing need be stored.
func (s *Service) clientToken(submissionID string) string {
	mac := hmac.New(sha256.New, []byte(s.Secret))
	fmt.Fprintf(mac, "client token %s", submissionID)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// isClientToken compares in constant time.
func (s *Service) isClientToken(token, submissionID string) bool {
	return hmac.Equal([]byte(token), []byte(s.clientToken(submissionID)))
}
