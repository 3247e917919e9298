package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// failed makes a form with a webhook and that many leads of it whose deliveries
// gave up, and returns the ids of the form and the deliveries.
func (s *service) failed(t *testing.T, name string, leads int) (form string, deliveries []string) {
	t.Helper()
	definition := aForm(name)
	definition["webhook"] = object{"url": "https://hooks.example.com/lead"}
	form = s.create(t, definition)
	for range leads {
		deliveries = append(deliveries, s.failLead(t, s.submit(t, object{"formId": form, "formData": object{"email": "a@b.co"}})))
	}
	return form, deliveries
}

// ledger reads a page of what was not delivered.
func (s *service) ledger(t *testing.T, query string) (page object, deliveries []string) {
	t.Helper()
	page = s.read(t, http.StatusOK, http.MethodGet, "/v1/undelivered"+query)
	deliveries = []string{}
	for _, row := range page["data"].([]any) {
		deliveries = append(deliveries, row.(object)["deliveryId"].(string))
	}
	return page, deliveries
}

func TestUndelivered(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form, deliveries := s.failed(t, "contact_form", 1)
	lead := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions?formId="+form)["data"].([]any)[0].(object)
	action := lead["deliveries"].([]any)[0].(object)["action"].(object)
	page, _ := s.ledger(t, "")
	require.Empty(t, cmp.Diff(object{
		"data": []any{object{
			"deliveryId": deliveries[0], "submissionId": lead["submissionId"], "formId": form, "formName": "contact_form",
			"agentId": "agent_site", "action": action, "type": "webhook", "status": "failed",
			"errorCode": "timeout", "httpStatus": nil, "error": "", "attempts": 0.0,
			"failedAt": lead["completedAt"], "submittedAt": lead["submittedAt"], "dismissal": nil,
		}},
		"nextCursor": nil,
		"totals": object{
			"deliveries": 1.0, "leads": 1.0, "oldestAt": lead["completedAt"],
			"byForm":   []any{object{"formId": form, "formName": "contact_form", "count": 1.0}},
			"byAction": []any{object{"actionId": action["id"], "actionName": action["name"], "type": "webhook", "count": 1.0}},
			"byCode":   []any{object{"errorCode": "timeout", "count": 1.0}},
		},
	}, page))
}

func TestUndeliveredIsFilteredAndPaged(t *testing.T) {
	t.Parallel()
	s := newService(t)
	one, first := s.failed(t, "one", 3)
	other, second := s.failed(t, "other", 2)
	for query, want := range map[string][]string{
		"":                                   append(append([]string{}, first...), second...),
		"?formId=" + other:                   second,
		"?agentId=agent_other":               {},
		"?action=webhook&formId=" + one:      first,
		"?errorCode=timeout&limit=1":         first[:1],
		"?errorCode=gone":                    {},
		"?to=2026-11-22T09:30:00Z":           {},
		"?from=2026-11-22T09:30:00Z&limit=4": append(append([]string{}, first...), second[0]),
	} {
		_, got := s.ledger(t, query)
		require.Equal(t, want, got, query)
	}
	page, got := s.ledger(t, "?limit=2")
	require.InDelta(t, 5, page["totals"].(object)["deliveries"], 0, "of all pages")
	next, rest := s.ledger(t, "?cursor="+page["nextCursor"].(string))
	require.Nil(t, next["totals"])
	require.Equal(t, append(append([]string{}, first...), second...), append(got, rest...))
	s.read(t, http.StatusBadRequest, http.MethodGet, "/v1/undelivered?form="+one)
	s.read(t, http.StatusUnprocessableEntity, http.MethodGet, "/v1/undelivered?limit=201")
	s.read(t, http.StatusUnprocessableEntity, http.MethodGet, "/v1/undelivered?cursor=x")
	s.read(t, http.StatusUnprocessableEntity, http.MethodGet, "/v1/undelivered?errorCode=timed_out")
}

func TestABoundKeySeesWhatOfItsAgentsWasNotDelivered(t *testing.T) {
	t.Parallel()
	s := newService(t)
	foreign(t, s)
	_, own := s.failed(t, "own_form", 1)
	_, bound := s.key(t, secretKey(everything(), "agent_site"))
	page := s.read(t, http.StatusOK, http.MethodGet, "/v1/undelivered", as(bound))
	require.Len(t, page["data"], 1)
	require.InDelta(t, 1, page["totals"].(object)["deliveries"], 0, "counts tell nothing of others")
	s.read(t, http.StatusOK, http.MethodPost, "/v1/undelivered/"+own[0]+"/dismiss", as(bound), sending(t, object{"reason": "seen"}))
	all, _ := s.ledger(t, "")
	require.Len(t, all["data"], 1)
}

func TestDismiss(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, deliveries := s.failed(t, "contact_form", 2)
	path := "/v1/undelivered/" + deliveries[0] + "/dismiss"
	dismiss := sending(t, object{"reason": "entered by hand"})
	row := s.read(t, http.StatusOK, http.MethodPost, path, dismiss)
	require.Equal(t, deliveries[0], row["deliveryId"])
	require.Equal(t, "dismissed", row["status"])
	require.Equal(t, "admin", row["dismissal"].(object)["by"])
	require.Equal(t, "entered by hand", row["dismissal"].(object)["reason"])
	require.Equal(t, row, s.read(t, http.StatusOK, http.MethodPost, path, dismiss), "a second click")

	_, left := s.ledger(t, "")
	require.Equal(t, deliveries[1:], left)
	lead := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+row["submissionId"].(string))
	require.Equal(t, "failed", lead["status"])
	require.Equal(t, "dismissed", lead["deliveries"].([]any)[0].(object)["status"])
	audited := s.read(t, http.StatusOK, http.MethodGet, "/v1/audit?target="+deliveries[0])["data"].([]any)
	require.Equal(t, "delivery.dismiss", audited[0].(object)["action"])

	replay := "/v1/submissions/" + row["submissionId"].(string) + "/replay"
	s.read(t, http.StatusConflict, http.MethodPost, replay, sending(t, ""))
	again := s.read(t, http.StatusAccepted, http.MethodPost, replay, sending(t, object{"deliveries": deliveries[:1]}))
	require.Equal(t, []any{deliveries[0]}, again["deliveries"], "where it is named")
	s.failLead(t, row["submissionId"].(string))
	page, left := s.ledger(t, "")
	require.ElementsMatch(t, deliveries, left, "and here it is again")
	for _, back := range page["data"].([]any) {
		require.Nil(t, back.(object)["dismissal"])
	}
}

func TestDismissRefuses(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, deliveries := s.failed(t, "contact_form", 2)
	path := "/v1/undelivered/" + deliveries[0] + "/dismiss"
	for body, code := range map[string]string{
		`{}`: "required", `{"reason":" "}`: "required", `{"reason":"` + strings.Repeat("x", 501) + `"}`: "invalid", `{"reason":"a\u000ab"}`: "invalid",
	} {
		refused := s.read(t, http.StatusUnprocessableEntity, http.MethodPost, path, sending(t, body))
		require.Equal(t, code, refused["errors"].([]any)[0].(object)["code"], body)
	}
	reason := sending(t, object{"reason": "no more"})
	s.read(t, http.StatusNotFound, http.MethodPost, "/v1/undelivered/dlv_none/dismiss", reason)
	_, reader := s.key(t, secretKey([]string{"read"}))
	s.read(t, http.StatusForbidden, http.MethodPost, path, reason, as(reader))

	s.read(t, http.StatusOK, http.MethodPost, path, reason)
	_, writer := s.key(t, secretKey([]string{"write"}))
	other := s.read(t, http.StatusConflict, http.MethodPost, path, reason, as(writer))
	require.Equal(t, "not_undelivered", other["code"], "somebody else's dismissal stands")

	lead, err := s.store.Delivery(t.Context(), deliveries[1])
	require.NoError(t, err)
	s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions/"+lead.SubmissionID+"/replay", sending(t, ""))
	replayed := s.read(t, http.StatusConflict, http.MethodPost, "/v1/undelivered/"+deliveries[1]+"/dismiss", reason)
	require.Equal(t, "not_undelivered", replayed["code"])
	require.Contains(t, replayed["detail"], "pending")
}
