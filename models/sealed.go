package models

import (
	"fmt"
	"log/slog"
)

// Sealed is a ciphertext with the id of its key, made and opened by package
// seal. It is opaque everywhere else: in workflow history, in logs, in the
// database.
type Sealed []byte

// LogValue implements slog.LogValuer.
func (s Sealed) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("[sealed, %d bytes]", len(s)))
}
