package api_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACallWhoseAnswerWasLostIsRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		add   object
		leads int
	}{
		"with an idempotency key":            {object{"idempotencyKey": "order-7"}, 1},
		"in the same conversation":           {object{"conversationId": "conv_1"}, 1},
		"when nothing tells that it is that": {object{}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newService(t)
			lead := object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.example"}}
			maps.Copy(lead, c.add)
			first := use(t, s.connect(t, adminKey, nil), "capture_lead", lead)
			lead["waitSeconds"] = 0
			second := use(t, s.connect(t, adminKey, nil), "capture_lead", lead)
			require.NotContains(t, first, "repeated")
			require.Equal(t, c.leads == 1, second["repeated"] == true)
			require.Equal(t, c.leads == 1, second["submissionId"] == first["submissionId"])
			require.Len(t, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions")["data"], c.leads)
		})
	}
}

func TestAnotherLeadNeedsAnotherKey(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	client := s.connect(t, adminKey, nil)
	lead := func(email, conversation string) object {
		return object{"formId": form, "formData": object{"email": email}, "conversationId": conversation}
	}
	ids := map[any]bool{}
	for _, arguments := range []object{lead("a@b.example", "conv_1"), lead("b@b.example", "conv_1"), lead("a@b.example", "conv_2")} {
		ids[use(t, client, "capture_lead", arguments)["submissionId"]] = true
	}
	require.Len(t, ids, 3, "other answers or another conversation")

	keyed := lead("c@b.example", "conv_1")
	keyed["idempotencyKey"] = "order-7"
	use(t, client, "capture_lead", keyed)
	keyed["formData"] = object{"email": "d@b.example"}
	require.Equal(t, "idempotency_key_reused", misuse(t, client, "capture_lead", keyed)["code"])
}

func TestRESTAndMCPShareIdempotencyKeys(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead := object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.example"}}
	id := s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", with("Idempotency-Key", "order-7"), sending(t, lead))["submissionId"]
	lead["idempotencyKey"] = "order-7"
	again := use(t, s.connect(t, adminKey, nil), "capture_lead", lead)
	require.Equal(t, id, again["submissionId"])
	require.Equal(t, true, again["repeated"])
}
