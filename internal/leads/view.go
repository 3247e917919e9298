package leads

import (
	"leadrail/models"
)

// Submission is a lead as its readers see it.
type Submission struct {
	SubmissionID    string            `json:"submissionId"`
	FormID          string            `json:"formId"`
	FormName        string            `json:"formName"`
	FormVersion     int               `json:"formVersion"`
	AgentID         string            `json:"agentId"`
	ConversationID  string            `json:"conversationId"`
	ConversationURL string            `json:"conversationUrl,omitempty"`
	SessionID       string            `json:"sessionId,omitempty"`
	FormData        models.Document   `json:"formData"`
	FieldsCompleted []string          `json:"fieldsCompleted"`
	Files           []models.LeadFile `json:"files"`
	Signals         models.Document   `json:"signals,omitempty"`
	Context         models.Document   `json:"context,omitempty"`
	Consent         models.Document   `json:"consent,omitempty"`
	ImpressionAt    *models.Timestamp `json:"impressionAt,omitempty"`
	StartedAt       *models.Timestamp `json:"startedAt,omitempty"`
	SubmittedAt     models.Timestamp  `json:"submittedAt"`
	CompletedAt     *models.Timestamp `json:"completedAt"`
	Status          models.Status     `json:"status"`
	// FailureReason says which deliveries gave up and why; null unless failed.
	FailureReason *string `json:"failureReason"`
	// Qualification is null until the lead is qualified.
	Qualification *models.Qualification `json:"qualification"`
	// Routing is null until the lead is routed.
	Routing    *Routing   `json:"routing"`
	Deliveries []Delivery `json:"deliveries"`
}

// Routing is whom a lead was given to, and why. A lead without a team, and a
// team of which nobody was available, have nulls.
type Routing struct {
	Team     *string  `json:"team"`
	Assignee *string  `json:"assignee"`
	Reasons  []string `json:"reasons"`
}

// Delivery is one action of a lead as its readers see it.
type Delivery struct {
	DeliveryID    string                `json:"deliveryId"`
	Action        ActionRef             `json:"action"`
	Type          models.ActionType     `json:"type"`
	Status        models.DeliveryStatus `json:"status"`
	Attempts      []Attempt             `json:"attempts"`
	NextAttemptAt *models.Timestamp     `json:"nextAttemptAt"`
	// ClientResult is what the visitor's page reported, of a lead that is read alone;
	// nil where there is none.
	ClientResult *ClientResult `json:"clientResult,omitempty"`
	// Target is the host that the delivery's newest run goes to instead of the
	// action's own destination; null for there.
	Target *string `json:"target"`
	// Dismissal is null unless the delivery was dismissed.
	Dismissal *Dismissal `json:"dismissal"`
}

// ActionRef names an action.
type ActionRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Attempt is one try of a delivery as its readers see it. An attempt under way
// has no duration yet.
type Attempt struct {
	// N counts the attempts of the delivery from 1, over all runs.
	N          int               `json:"n"`
	Trigger    models.Trigger    `json:"trigger"`
	At         models.Timestamp  `json:"at"`
	DurationMS *int64            `json:"durationMs"`
	HTTPStatus *int              `json:"httpStatus"`
	ErrorCode  *models.ErrorCode `json:"errorCode"`
	Error      *string           `json:"error"`
	// Response is the start of the endpoint's answer.
	Response *string `json:"response"`
	// Address is the IP address and port that was connected to.
	Address *string `json:"address"`
	// Target is the host that the attempt went to instead of the action's own
	// destination; null for there.
	Target *string `json:"target"`
	// Phases is null where nothing was measured.
	Phases *models.Phases `json:"phases"`
}

func (s *Service) view(lead models.Submission) Submission {
	completed := lead.FieldsCompleted
	if completed == nil {
		completed = []string{}
	}
	return Submission{
		SubmissionID:    lead.ID,
		FormID:          lead.FormID,
		FormName:        lead.FormName,
		FormVersion:     lead.FormVersion,
		AgentID:         lead.AgentID,
		ConversationID:  lead.ConversationID,
		ConversationURL: lead.ConversationLink(s.ConversationURL),
		SessionID:       lead.SessionID,
		FormData:        lead.FormData,
		FieldsCompleted: completed,
		Files:           append([]models.LeadFile{}, lead.Files...),
		Signals:         lead.Signals,
		Context:         lead.Context,
		Consent:         lead.Consent,
		ImpressionAt:    models.AtOrNil(lead.ImpressionAt),
		StartedAt:       models.AtOrNil(lead.StartedAt),
		SubmittedAt:     models.At(lead.SubmittedAt),
		CompletedAt:     models.AtOrNil(lead.CompletedAt),
		Status:          lead.Status,
		FailureReason:   orNull(lead.FailureReason),
		Qualification:   lead.Qualification,
		Routing:         viewRouting(lead.Assignment),
		Deliveries:      viewDeliveries(lead.Deliveries),
	}
}

func viewRouting(assignment *models.Assignment) *Routing {
	if assignment == nil {
		return nil
	}
	return &Routing{
		Team: orNull(assignment.Team), Assignee: orNull(assignment.Assignee), Reasons: append([]string{}, assignment.Reasons...),
	}
}

func viewDeliveries(rows []models.Delivery) []Delivery {
	views := make([]Delivery, len(rows))
	for i, row := range rows {
		views[i] = Delivery{
			DeliveryID:    row.ID,
			Action:        ActionRef{ID: row.ActionID, Name: row.ActionName},
			Type:          row.Type,
			Status:        row.Status,
			Attempts:      viewAttempts(row),
			NextAttemptAt: models.AtOrNil(row.NextAttemptAt),
			Target:        orNull(row.Target(row.RunSeq).Host()),
			Dismissal:     viewDismissal(row),
		}
	}
	return views
}

func viewAttempts(delivery models.Delivery) []Attempt {
	views := make([]Attempt, len(delivery.Attempts))
	for i, row := range delivery.Attempts {
		views[i] = Attempt{
			N:          i + 1,
			Trigger:    row.Trigger,
			At:         models.At(row.StartedAt),
			HTTPStatus: orNull(row.HTTPStatus),
			ErrorCode:  orNull(row.ErrorCode),
			Error:      orNull(row.Error),
			Response:   orNull(row.Response),
			Address:    orNull(row.Address),
			Target:     orNull(delivery.Target(row.RunSeq).Host()),
			Phases:     orNull(row.Phases),
		}
		if row.FinishedAt != nil {
			views[i].DurationMS = &row.DurationMS
		}
	}
	return views
}

// orNull makes null of a zero value.
func orNull[T comparable](value T) *T {
	var zero T
	if value == zero {
		return nil
	}
	return &value
}
