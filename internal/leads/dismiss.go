package leads

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"leadrail/internal/store"
	"leadrail/models"
)

// maxDismissReason is the longest reason, in characters.
const maxDismissReason = 500

// reasonNotUndelivered is the conflict of dismissing what did not give up.
const reasonNotUndelivered = "not_undelivered"

// DismissInput names a delivery that gave up, and says why it is not to be made.
type DismissInput struct {
	DeliveryID string `json:"-" uri:"deliveryId"`
	// Reason is one line of 1 to 500 characters.
	Reason string `json:"reason"`
}

// Dismiss takes a delivery out of the ledger without making it. Its lead stays
// failed, and a replay that names it makes it after all. To do so twice is to do
// so once. Errors are not found, forbidden, invalid (the reason), conflict
// ("not_undelivered": it has not given up, its lead's run goes on, or it was
// dismissed by somebody else or for another reason) and unavailable.
func (l *Ledger) Dismiss(ctx context.Context, in DismissInput) (UndeliveredDelivery, error) {
	if err := in.check(); err != nil {
		return UndeliveredDelivery{}, err
	}
	found, err := l.Store.Delivery(ctx, in.DeliveryID)
	if err == nil {
		err = models.PrincipalOf(ctx).MayAgent(found.AgentID)
	}
	if err != nil {
		return UndeliveredDelivery{}, err
	}
	by := models.PrincipalOf(ctx).KeyID
	err = l.Store.Dismiss(ctx, store.Dismissal{DeliveryID: found.ID, By: by, Reason: in.Reason, At: l.Now()})
	if err != nil {
		return UndeliveredDelivery{}, err
	}
	now, err := l.Store.Delivery(ctx, found.ID)
	if err != nil {
		return UndeliveredDelivery{}, err
	}
	if now.Status != models.DeliveryDismissed || now.DismissedBy != by || now.DismissReason != in.Reason {
		return UndeliveredDelivery{}, notUndelivered(now.Status)
	}
	return viewUndelivered(now), nil
}

func (in DismissInput) check() error {
	if strings.TrimSpace(in.Reason) == "" {
		return models.InvalidField("reason", "required", "Say why the delivery is not to be made.")
	}
	if utf8.RuneCountInString(in.Reason) > maxDismissReason || strings.ContainsFunc(in.Reason, unicode.IsControl) {
		return models.InvalidField("reason", "invalid", "A reason is one line of at most 500 characters.")
	}
	return nil
}

func notUndelivered(status models.DeliveryStatus) error {
	message := fmt.Sprintf("The delivery is %s; what has failed can be dismissed.", status)
	switch status {
	case models.DeliveryFailed:
		message = "The lead is being replayed; look at the delivery again when that has ended."
	case models.DeliveryDismissed:
		message = "The delivery was dismissed already, by somebody else or for another reason."
	case models.DeliveryPending, models.DeliveryRetrying, models.DeliveryDelivered:
	}
	return &models.Error{Code: models.CodeConflict, Reason: reasonNotUndelivered, Message: message}
}
