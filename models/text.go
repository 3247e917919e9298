package models

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckCallerID refuses an id that a caller chose and that could not be
// stored or searched for. The empty id is fine: it means "none".
func CheckCallerID(id string) error {
	if utf8.RuneCountInString(id) > MaxCallerID {
		return fmt.Errorf("an id has at most %d characters", MaxCallerID)
	}
	if strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return errors.New("an id has no control characters")
	}
	return nil
}
