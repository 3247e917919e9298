package api_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/internal/auth"
	"leadrail/internal/store"
	"leadrail/models"
)

// changes reads the audit, newest first, as "<action> <target> by <key>".
func (s *service) changes(t *testing.T, query string) []string {
	t.Helper()
	lines := []string{}
	for _, entry := range s.read(t, http.StatusOK, http.MethodGet, "/v1/audit"+query)["data"].([]any) {
		line := entry.(object)
		lines = append(lines, line["action"].(string)+" "+line["target"].(string)+" by "+line["key"].(string))
	}
	return lines
}

func TestChangesAreInTheAudit(t *testing.T) {
	t.Parallel()
	s := newService(t)
	keyID, key := s.key(t, secretKey([]string{"write", "read"}))
	shop := s.read(t, http.StatusCreated, http.MethodPost, "/v1/forms", as(key), sending(t, shopForm("shop_form")))
	form, action := shop["id"].(string), shop["webhook"].(object)["id"].(string)
	s.read(t, http.StatusOK, http.MethodPut, "/v1/forms/"+form, sending(t, shopForm("renamed")))
	s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+form+"/actions/"+action+"/disable", as(key), sending(t, object{"reason": "secret plans"}))
	s.read(t, http.StatusOK, http.MethodPost, "/v1/forms/"+form+"/secret/rotate", sending(t, object{}))
	team := s.read(t, http.StatusCreated, http.MethodPost, "/v1/teams", sending(t, object{"name": "Sales"}))["id"].(string)
	require.Equal(t, http.StatusNoContent, s.call(t, http.MethodDelete, "/v1/teams/"+team).Code)
	s.read(t, http.StatusOK, http.MethodPut, "/v1/routing", sending(t, object{"rules": []any{}}))
	require.Equal(t, http.StatusNoContent, s.call(t, http.MethodDelete, "/v1/keys/"+keyID).Code)

	require.Empty(t, cmp.Diff([]string{
		"key.revoke " + keyID + " by admin", "routing.replace routing by admin", "team.delete " + team + " by admin",
		"team.create " + team + " by admin", "secret.rotate " + form + " by admin", "action.disable " + action + " by " + keyID,
		"form.replace " + form + " by admin", "form.create " + form + " by " + keyID, "key.create " + keyID + " by admin",
	}, s.changes(t, "")))
	require.Equal(t, []string{"action.disable " + action + " by " + keyID, "form.create " + form + " by " + keyID}, s.changes(t, "?key="+keyID))
	require.Equal(t, []string{"team.delete " + team + " by admin", "team.create " + team + " by admin"}, s.changes(t, "?target="+team))
}

func TestWhatWasRefusedOrReadIsNotInTheAudit(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aForm("contact_form"))
	before := s.changes(t, "")
	s.read(t, http.StatusConflict, http.MethodPost, "/v1/forms", sending(t, aForm("contact_form")))
	s.read(t, http.StatusUnauthorized, http.MethodPost, "/v1/forms", withoutKey(), sending(t, aForm("another")))
	s.read(t, http.StatusNotFound, http.MethodDelete, "/v1/teams/team_none")
	s.read(t, http.StatusOK, http.MethodGet, "/v1/forms/"+form+"/secret")
	s.submit(t, object{"formId": form, "formData": object{}})
	require.Equal(t, before, s.changes(t, ""))
}

func TestAChangeTellsItsRequest(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.read(t, http.StatusCreated, http.MethodPost, "/v1/forms", sending(t, aForm("contact_form")), with("X-Request-Id", "mine"))
	line := s.read(t, http.StatusOK, http.MethodGet, "/v1/audit")["data"].([]any)[0].(object)
	require.Equal(t, "mine", line["requestId"])
}

// fullAudit takes no more.
type fullAudit struct{ auth.AuditStore }

func (fullAudit) SaveAudit(context.Context, models.Audit) error {
	return errors.New("the disk is full")
}

func TestAChangeThatTheAuditDoesNotTakeIsInTheLog(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.dependencies.Audit = &auth.Audit{Store: fullAudit{}, Now: time.Now}
	s.handler = api.NewHandler(s.dependencies)
	form := s.create(t, aForm("contact_form"))
	for _, part := range []string{"level=ERROR", "the disk is full", "key=admin", "action=form.create", "target=" + form, "requestId=req_"} {
		require.Contains(t, s.log.String(), part)
	}
}

// patient makes a team also for a caller who has gone.
type patient struct{ *store.Store }

func (p patient) CreateTeam(ctx context.Context, team models.Team) error {
	return p.Store.CreateTeam(context.WithoutCancel(ctx), team)
}

func TestACallerWhoHasGoneHasChangedItAllTheSame(t *testing.T) {
	t.Parallel()
	s := newService(t)
	ctx, leave := context.WithCancel(t.Context())
	s.dependencies.Teams.Now = func() time.Time { leave(); return start } // while the team is made
	s.dependencies.Teams.Store = patient{s.store}
	s.callUnchecked(http.MethodPost, "/v1/teams", with("Authorization", "Bearer "+adminKey), sending(t, object{"name": "Sales"}),
		func(r *http.Request) { *r = *r.WithContext(ctx) })
	require.Len(t, s.changes(t, ""), 1)
}
