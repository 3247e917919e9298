package models

import (
	"net/url"
	"strconv"
	"strings"
)

// Target is where one run of a delivery goes, because a replay says so, instead of
// its action's own destination. The zero Target is that destination.
type Target struct {
	DeliveryID string `gorm:"primaryKey"`
	RunSeq     int    `gorm:"primaryKey;autoIncrement:false"`
	URL        string
	// Secret is the SigningKey that the run's webhooks are signed with, sealed for
	// the Owner.
	Secret Sealed
}

// Owner names the row: what belongs to one run opens for no other.
func (t Target) Owner() string { return t.DeliveryID + "/" + strconv.Itoa(t.RunSeq) }

// Elsewhere reports that the run does not go to the action's own destination.
func (t Target) Elsewhere() bool { return t.URL != "" }

// Host is the URL's host, and its port where it names one: what may be shown. The
// rest of a URL may be a secret. It is empty for the zero Target.
func (t Target) Host() string {
	parsed, err := url.Parse(t.URL)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Host)
}
