package app

import (
	"leadrail/internal/config"
	"leadrail/internal/mail"
)

// Open to the black-box tests, which could only reach them by running
// everything.
var (
	WithLocalKeys  = withLocalKeys
	WithStoredKeys = withStoredKeys

	WithLocalMail               = withLocalMail
	NewSender                   = newSender
	RequireProvider             = requireProvider
	Undecided       mail.Sender = undecided{}
)

// HasOutbox reports whether there is an outbox to show.
func HasOutbox(c config.Config) bool { return Parts{config: c}.outbox() != nil }
