package api_test

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/activities"
	"leadrail/models"
	"leadrail/workflows"
)

// bookingForm is one whose page does the work.
func bookingForm(name string) object {
	form := aForm(name)
	form["executionMode"], form["clientHandler"], form["successMessage"] = "client", "app.book", "Thanks!"
	return form
}

// visit is a page that has submitted a form.
type visit struct {
	*service
	// key is the page's, lead what its submission was answered with.
	key  string
	lead object
	path string
}

func newVisit(t *testing.T, s *service) visit {
	t.Helper()
	_, key := s.key(t, pageKey())
	v := visit{service: s, key: key}
	v.lead = s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", v.fromPage(),
		sending(t, object{"formId": s.create(t, bookingForm("book_demo")), "formData": object{"email": "a@b.co"}}))
	v.path = "/v1/submissions/" + v.lead["submissionId"].(string)
	return v
}

func (v visit) fromPage() option {
	return func(r *http.Request) {
		as(v.key)(r)
		r.Header.Set("Origin", page)
	}
}

// report sends what the page reports, with its token.
func (v visit) report(t *testing.T, result object, options ...option) (int, object) {
	t.Helper()
	body := object{"token": v.lead["clientToken"]}
	maps.Copy(body, result)
	answer := v.call(t, http.MethodPost, v.path+"/client-result", append([]option{v.fromPage(), sending(t, body)}, options...)...)
	return answer.Code, decoded(t, answer)
}

func TestAPageReportsWhatItsHandlerDid(t *testing.T) {
	t.Parallel()
	v := newVisit(t, newService(t))
	require.Empty(t, cmp.Diff(object{
		"submissionId": v.lead["submissionId"], "status": "pending", "successMessage": "Thanks!",
		"executionMode": "client", "clientHandler": "app.book", "clientToken": v.lead["clientToken"],
	}, v.lead), "this, and nothing else")

	result := object{"success": true, "message": "Booked.", "data": object{"room": 7}}
	want := object{"submissionId": v.lead["submissionId"], "status": "pending"}
	status, answer := v.report(t, result)
	require.Equal(t, http.StatusAccepted, status)
	require.Empty(t, cmp.Diff(want, answer))
	status, answer = v.report(t, result)
	require.Equal(t, http.StatusOK, status, "the same again")
	require.Empty(t, cmp.Diff(want, answer))
	status, answer = v.report(t, object{"success": false})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "already_reported", answer["code"])

	delivery := v.read(t, http.StatusOK, http.MethodGet, v.path)["deliveries"].([]any)[0].(object)
	require.Equal(t, "client", delivery["type"])
	require.Equal(t, "client", delivery["action"].(object)["name"])
	require.Equal(t, "pending", delivery["status"])
	shown := delivery["clientResult"].(object)
	require.NotEmpty(t, shown["at"])
	delete(shown, "at")
	require.Empty(t, cmp.Diff(object{"success": true, "message": "Booked.", "data": object{"room": 7.0}}, shown))
}

func TestReportsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	v := newVisit(t, s)
	plain := s.submit(t, object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.co"}})
	_, submitter := s.key(t, secretKey([]string{"submit"}))
	_, reader := s.key(t, secretKey([]string{"read"}))
	path, post := v.path+"/client-result", http.MethodPost
	fine := sending(t, object{"success": true, "token": v.lead["clientToken"]})
	without := sending(t, object{"success": true})
	for _, r := range []refusal{
		{"no key", post, path, []option{withoutKey(), fine}, 401, "unauthorized", ""},
		{"a key that may not submit", post, path, []option{as(reader), fine}, 403, "forbidden", ""},
		{"another page", post, path, []option{as(v.key), with("Origin", "https://other.example.com"), fine}, 403, "origin_not_allowed", ""},
		{"a page without the token", post, path, []option{v.fromPage(), without}, 403, "invalid_client_token", ""},
		{"a server without it", post, path, []option{as(submitter), without}, 403, "invalid_client_token", ""},
		{
			"a token of another lead", post, "/v1/submissions/" + plain + "/client-result",
			[]option{v.fromPage(), fine},
			403, "invalid_client_token", "",
		},
		{"no such lead", post, "/v1/submissions/sub_none/client-result", []option{without}, 404, "not_found", ""},
		{"a lead without work for a page", post, "/v1/submissions/" + plain + "/client-result", []option{without}, 409, "no_client_handler", ""},
		{"no body", post, path, []option{v.fromPage()}, 400, "malformed", ""},
		{"an unknown field", post, path, []option{sending(t, object{"success": true, "succes": true})}, 400, "unknown_field", "succes"},
		{"no outcome", post, path, []option{sending(t, object{"message": "x"})}, 422, "invalid", "success"},
		{"an outcome in words", post, path, []option{sending(t, object{"success": "yes"})}, 422, "invalid", "success"},
		{"a list for data", post, path, []option{sending(t, object{"success": true, "data": []any{1}})}, 422, "invalid", "data"},
		{"too long a message", post, path, []option{sending(t, object{"success": true, "message": strings.Repeat("x", 2001)})}, 422, "invalid", "message"},
		{"too much data", post, path, []option{sending(t, object{"success": true, "data": object{"x": strings.Repeat("x", 64<<10)}})}, 422, "invalid", "data"},
		{"far too much", post, path, []option{sending(t, object{"success": true, "data": object{"x": strings.Repeat("x", 256<<10)}})}, 413, "too_large", ""},
	} {
		t.Run(r.name, func(t *testing.T) { s.requireRefusal(t, r) })
	}
	status, _ := v.report(t, object{"success": true})
	require.Equal(t, http.StatusAccepted, status, "none of these was taken for the report")
}

func TestWhoeverMayWriteReportsWithoutAToken(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, writer := s.key(t, secretKey([]string{"write"}, "agent_site"))
	fails := sending(t, object{"success": false, "message": "No room."})
	s.read(t, http.StatusAccepted, http.MethodPost, newVisit(t, s).path+"/client-result", as(writer), fails)
}

// The lead may be further away than the report that follows it.
func TestAReportIsTakenWhileTheLeadIsInTheIntake(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.runs.startCapture = func(context.Context, workflows.CaptureInput, workflows.Labels) error { return temporalAway() }
	s.runs.steerErr = temporalAway()
	v := newVisit(t, s)
	status, _ := v.report(t, object{"success": true})
	require.Equal(t, http.StatusAccepted, status)
	require.Equal(t, "pending", v.read(t, http.StatusOK, http.MethodGet, v.path)["status"])
}

func TestAReportAfterTheEndIsTooLate(t *testing.T) {
	t.Parallel()
	v := newVisit(t, newService(t))
	v.endWait(t, models.ErrorTimeout)
	status, answer := v.report(t, object{"success": true})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "lead_ended", answer["code"])
}

func TestALeadWhosePageFailedIsInTheLedger(t *testing.T) {
	t.Parallel()
	v := newVisit(t, newService(t))
	status, _ := v.report(t, object{"success": false, "message": "The calendar of Ann is full."})
	require.Equal(t, http.StatusAccepted, status)
	v.endWait(t, "")

	lead := v.read(t, http.StatusOK, http.MethodGet, v.path)
	require.Equal(t, "failed", lead["status"])
	require.NotContains(t, lead["failureReason"], "Ann", "the page's words stand with the attempt alone")
	attempt := lead["deliveries"].([]any)[0].(object)["attempts"].([]any)[0].(object)
	require.Equal(t, "handler_failed", attempt["errorCode"])
	require.Equal(t, "The calendar of Ann is full.", attempt["error"])
	require.Equal(t, "first", attempt["trigger"])
	page := v.read(t, http.StatusOK, http.MethodGet, "/v1/undelivered?errorCode=handler_failed")
	require.Len(t, page["data"], 1)

	answer := v.read(t, http.StatusConflict, http.MethodPost, v.path+"/replay", sending(t, ""))
	require.Equal(t, "nothing_failed", answer["code"], "the page is gone")
	delivery := lead["deliveries"].([]any)[0].(object)["deliveryId"].(string)
	v.read(t, http.StatusAccepted, http.MethodPost, v.path+"/replay", sending(t, object{"deliveries": []string{delivery}}))
	status, _ = v.report(t, object{"success": true})
	require.Equal(t, http.StatusAccepted, status, "the token is good for one report of each run")
	status, answer = v.report(t, object{"success": false})
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "already_reported", answer["code"])
}

// endWait does what the lead's run does when its page has reported, or the run waits
// no longer for the reason.
func (v visit) endWait(t *testing.T, reason models.ErrorCode) {
	t.Helper()
	lead, err := v.store.Submission(t.Context(), v.lead["submissionId"].(string))
	require.NoError(t, err)
	delivery := lead.Deliveries[0]
	client := &activities.Client{Store: v.store, Sealed: v.keyring, Now: v.clock}
	found, err := client.LookForResult(t.Context(), activities.ClientInput{
		SubmissionID: lead.ID, End: reason,
		DeliverInput: activities.DeliverInput{DeliveryID: delivery.ID, RunSeq: 1, N: 1, Trigger: models.TriggerFirst},
	})
	require.NoError(t, err)
	require.True(t, found.Known)
	require.NoError(t, v.store.Finalize(t.Context(), lead.ID, 1, models.Conclusion{Outcomes: []models.DeliveryOutcome{{
		DeliveryID: delivery.ID, Label: "client", Attempts: 1, Verdict: found.Verdict,
	}}}, v.clock()))
}

func TestAFormWithWorkForThePageCanBeReadAndSentBack(t *testing.T) {
	t.Parallel()
	s := newService(t)
	path := "/v1/forms/" + s.create(t, bookingForm("book_demo"))
	read := s.read(t, http.StatusOK, http.MethodGet, path)
	require.Equal(t, "app.book", read["clientHandler"])
	require.Equal(t, 2.0, s.read(t, http.StatusOK, http.MethodPut, path, sending(t, read))["version"])
	plain := s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+s.create(t, aForm("contact_form")))
	require.Nil(t, plain["clientHandler"])
	s.read(t, http.StatusOK, http.MethodPut, "/v1/forms/"+plain["id"].(string), sending(t, plain))
	s.read(t, http.StatusOK, http.MethodGet, path+"/versions")
	require.Equal(t, "client", s.read(t, http.StatusOK, http.MethodGet, path+"/public")["executionMode"])

	form := bookingForm("both")
	form["webhook"] = object{"url": "https://example.com/leads"}
	s.requireRefusal(t, refusal{"a contradiction", http.MethodPost, "/v1/forms", []option{sending(t, form)}, 422, "invalid", "executionMode"})
}
