package leads

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// Replays are where ended leads begin again.
type Replays interface {
	BeginReplay(ctx context.Context, replay store.Replay) (models.Submission, error)
}

// replayTries is how often a lead is looked at that changes at the same time.
const replayTries = 3

// reasonDelivered is the conflict of replaying what was delivered.
const reasonDelivered = "already_delivered"

// ReplayInput names a lead and which of its deliveries are made again.
type ReplayInput struct {
	SubmissionRef

	// Deliveries are ids; absent means those that failed.
	Deliveries []string `json:"deliveries"`
	// Force also takes what was delivered: of those named, or of all.
	Force bool `json:"force"`
	// URL is where the next run goes, with webhooks only; nil for the actions' own
	// destinations.
	URL *string `json:"url"`
}

// OptionalBody says that the request needs no body.
func (ReplayInput) OptionalBody() {}

// ReplayOutput says what is delivered again.
type ReplayOutput struct {
	SubmissionID string        `json:"submissionId"`
	Status       models.Status `json:"status"`
	// RunSeq is the number of the workflow run that delivers, from 1.
	RunSeq int `json:"runSeq"`
	// Deliveries are the ids.
	Deliveries []string `json:"deliveries"`
	// Secret is what the webhooks to another URL are signed with. It is told here
	// and nowhere else; empty where they go to the actions' own destinations.
	Secret string `json:"secret,omitempty"`
}

// Location is where the lead can be read.
func (o ReplayOutput) Location() string { return "/v1/submissions/" + o.SubmissionID }

// Change is what the audit calls the replay.
func (o ReplayOutput) Change() string {
	if o.Secret != "" {
		return "submission.forward"
	}
	return "submission.replay"
}

// Replay delivers again what failed, or what is named. A lead that has ended gets
// another run, which the reconciler starts where the workflow engine is away; in
// one that goes on, what has given up begins anew beside the rest. However many
// ask at once, one of them replays. Another URL takes webhooks of a lead that has
// ended, for one run, and wants the scope admin. Errors are not found, forbidden,
// invalid (a delivery of another lead or, to a URL, of another type; the URL), conflict
// ("nothing_failed", "already_delivered", "run_goes_on") and unavailable.
func (s *Service) Replay(ctx context.Context, in ReplayInput) (ReplayOutput, error) {
	if err := s.checkURL(ctx, in); err != nil {
		return ReplayOutput{}, err
	}
	meant := 0 // the run that the caller knows of
	for range replayTries {
		lead, err := s.asStored(ctx, in.ID)
		if err != nil {
			return ReplayOutput{}, err
		}
		if meant = cmp.Or(meant, lead.RunSeq); lead.RunSeq != meant {
			return ReplayOutput{}, nothingFailed("Somebody replayed the lead at this moment; look at it again.")
		}
		if err := in.check(lead); err != nil {
			return ReplayOutput{}, err
		}
		var out ReplayOutput
		if lead.Status.Terminal() {
			out, err = s.replayEnded(ctx, lead, in)
		} else {
			out, err = s.redeliver(ctx, lead, in)
		}
		if !errors.Is(err, errMoved) {
			return out, err
		}
	}
	return ReplayOutput{}, nothingFailed("The lead changes at this moment; look at it again.")
}

// errMoved says that the lead was not as it was read.
var errMoved = models.Errorf(models.CodeConflict, "The lead changed meanwhile.")

// asStored reads a lead of the caller's whose deliveries matter: while the
// database is away, what its workflow was given is not enough.
func (s *Service) asStored(ctx context.Context, submissionID string) (models.Submission, error) {
	lead, err := s.inDatabase(ctx, submissionID)
	if models.CodeOf(err) == models.CodeNotFound {
		var accepted run
		accepted, err = s.inWorkflow(ctx, submissionID)
		lead = accepted.lead
	}
	if err != nil {
		return models.Submission{}, err
	}
	return lead, models.PrincipalOf(ctx).MayAgent(lead.AgentID)
}

// check refuses what no lead could do.
func (in ReplayInput) check(lead models.Submission) error {
	if in.Deliveries != nil && len(in.Deliveries) == 0 {
		return models.InvalidField("deliveries", "min_items", "Name at least one delivery, or leave the field out.")
	}
	for i, id := range in.Deliveries {
		found := slices.IndexFunc(lead.Deliveries, func(d models.Delivery) bool { return d.ID == id })
		if found < 0 {
			return models.InvalidField(fmt.Sprintf("deliveries[%d]", i), "unknown", "The lead has no such delivery.")
		}
		if lead.Deliveries[found].Status == models.DeliveryDelivered && !in.Force {
			return &models.Error{
				Code: models.CodeConflict, Reason: reasonDelivered,
				Message: fmt.Sprintf("%s was delivered; send force to deliver it again.", id),
			}
		}
	}
	return nil
}

// chosen are the deliveries of an ended lead that are meant.
func (in ReplayInput) chosen(lead models.Submission) []string {
	var ids []string
	for _, delivery := range lead.Deliveries {
		meant := slices.Contains(in.Deliveries, delivery.ID)
		if in.Deliveries == nil && delivery.Type != models.ActionClient { // the page may be gone
			meant = delivery.Status == models.DeliveryFailed || in.Force && delivery.Status == models.DeliveryDelivered
		}
		if meant {
			ids = append(ids, delivery.ID)
		}
	}
	return ids
}

// replayEnded takes an ended lead to its next run.
func (s *Service) replayEnded(ctx context.Context, ended models.Submission, in ReplayInput) (ReplayOutput, error) {
	ids := in.chosen(ended)
	if len(ids) == 0 {
		return ReplayOutput{}, nothingFailed(fmt.Sprintf(
			"The lead has ended as %s and nothing failed that the server delivers; name what is to be delivered again, with force where it was delivered.",
			ended.Status))
	}
	if err := in.webhooksOnly(ended, ids); err != nil {
		return ReplayOutput{}, err
	}
	targets, secret := s.targets(in, ended.RunSeq+1, ids)
	lead, err := s.Store.BeginReplay(ctx, store.Replay{
		SubmissionID: ended.ID, RunSeq: ended.RunSeq, DeliveryIDs: ids, Named: in.Deliveries != nil, At: s.Now(), Targets: targets,
	})
	if models.CodeOf(err) == models.CodeConflict {
		return ReplayOutput{}, errMoved
	}
	if err != nil {
		return ReplayOutput{}, err
	}
	out := ReplayOutput{SubmissionID: lead.ID, Status: lead.Status, RunSeq: lead.RunSeq, Deliveries: ids, Secret: secret}
	if err := s.startReplay(ctx, lead); err != nil && models.CodeOf(err) != models.CodeUnavailable {
		return ReplayOutput{}, err
	}
	return out, nil
}

func (s *Service) startReplay(ctx context.Context, lead models.Submission) error {
	plain, err := json.Marshal(lead)
	if err != nil {
		return fmt.Errorf("encode lead: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), steerBudget)
	defer cancel()
	return s.Workflows.StartReplay(ctx, lead, s.Sealer.Seal(plain, lead.ID))
}

// redeliver asks the run that goes on.
func (s *Service) redeliver(ctx context.Context, lead models.Submission, in ReplayInput) (ReplayOutput, error) {
	if err := in.inOneRun(lead); err != nil {
		return ReplayOutput{}, err
	}
	for _, delivery := range lead.Deliveries {
		if delivery.Status == models.DeliveryDelivered && slices.Contains(in.Deliveries, delivery.ID) {
			return ReplayOutput{}, nothingFailed("What was delivered is replayed once the lead's run has ended; cancel it to end it now.")
		}
	}
	steering, cancel := context.WithTimeout(ctx, steerBudget)
	defer cancel()
	ids, err := s.Workflows.Redeliver(steering, lead.ID, redeliverCall(lead, in), in.Deliveries)
	if models.CodeOf(err) == models.CodeNotFound {
		return ReplayOutput{}, s.moved(ctx, lead)
	}
	if err != nil {
		return ReplayOutput{}, err
	}
	return ReplayOutput{SubmissionID: lead.ID, Status: lead.Status, RunSeq: lead.RunSeq, Deliveries: ids}, nil
}

// moved tells why the lead has no open run though its row says so.
func (s *Service) moved(ctx context.Context, lead models.Submission) error {
	now, err := s.asStored(ctx, lead.ID)
	if err != nil {
		return err
	}
	if now.Status.Terminal() {
		return errMoved
	}
	if now.RunSeq > 1 {
		return nothingFailed("A replay of the lead is about to begin.")
	}
	return nothingFailed("The lead's workflow has ended without an outcome; it becomes failed within minutes and can be replayed then.")
}

// redeliverCall names what a caller sees: the same for every click on it, another
// one once an attempt was made.
func redeliverCall(lead models.Submission, in ReplayInput) string {
	var call strings.Builder
	fmt.Fprintf(&call, "redeliver:%d", lead.RunSeq)
	for _, delivery := range lead.Deliveries {
		if in.Deliveries == nil || slices.Contains(in.Deliveries, delivery.ID) {
			fmt.Fprintf(&call, ":%s:%d", delivery.ID, len(delivery.Attempts))
		}
	}
	return call.String()
}

func nothingFailed(message string) error {
	return &models.Error{Code: models.CodeConflict, Reason: workflows.ReasonNothingFailed, Message: message}
}
