package leads

import (
	"context"
	"fmt"
	"slices"

	"leadrail/models"
)

// URLs says which URLs webhooks may go to.
type URLs interface {
	// CheckURL returns nil, or what is wrong in words for its author.
	CheckURL(rawURL string) error
}

// reasonRunGoesOn is the conflict of sending a lead elsewhere whose run goes on.
const reasonRunGoesOn = "run_goes_on"

// checkURL refuses another URL to whoever may not name one, and one that webhooks
// may not go to.
func (s *Service) checkURL(ctx context.Context, in ReplayInput) error {
	if in.URL == nil {
		return nil
	}
	if !models.PrincipalOf(ctx).Has(models.ScopeAdmin) {
		return models.Errorf(models.CodeForbidden, "Only a key with the scope admin may send a lead to another URL.")
	}
	if err := s.URLs.CheckURL(*in.URL); err != nil {
		return models.InvalidField("url", "invalid", err.Error())
	}
	return nil
}

// webhooksOnly refuses to send anything else to a URL.
func (in ReplayInput) webhooksOnly(lead models.Submission, ids []string) error {
	if in.URL == nil {
		return nil
	}
	for _, delivery := range lead.Deliveries {
		if delivery.Type == models.ActionWebhook || !slices.Contains(ids, delivery.ID) {
			continue
		}
		field := "deliveries"
		if i := slices.Index(in.Deliveries, delivery.ID); i >= 0 {
			field = fmt.Sprintf("deliveries[%d]", i)
		}
		return models.InvalidField(field, "webhook", fmt.Sprintf(
			"%s is of type %q: name the webhooks that are to go to the URL.", delivery.ID, delivery.Type))
	}
	return nil
}

// targets has the deliveries of a run go to the URL, if there is one, signed with a
// new secret that is returned in the clear.
func (s *Service) targets(in ReplayInput, runSeq int, ids []string) (targets []models.Target, secret string) {
	if in.URL == nil {
		return nil, ""
	}
	key := models.NewSigningKey()
	for _, id := range ids {
		target := models.Target{DeliveryID: id, RunSeq: runSeq, URL: *in.URL}
		target.Secret = s.Sealer.Seal(key, target.Owner())
		targets = append(targets, target)
	}
	return targets, key.Reveal()
}

// inOneRun refuses to mix URLs in a run that goes on: where a run goes is decided
// when it begins.
func (in ReplayInput) inOneRun(lead models.Submission) error {
	var message string
	switch {
	case in.URL != nil:
		message = "The lead's run goes on, and another URL is for a run of its own: cancel the lead first, or wait for its end."
	case slices.ContainsFunc(lead.Deliveries, func(d models.Delivery) bool { return d.Target(lead.RunSeq).Elsewhere() }):
		message = "The lead's run goes to another URL: cancel the lead first, or wait for its end."
	default:
		return nil
	}
	return &models.Error{Code: models.CodeConflict, Reason: reasonRunGoesOn, Message: message}
}
