package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

func TestAuditIsReadNewestFirstByTargetAndKey(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	lines := []models.Audit{
		{ID: "aud_0", At: minute(0), KeyID: "key_1", Action: "form.create", Target: "form_1", RequestID: "req_1"},
		{ID: "aud_1", At: minute(1), KeyID: models.AdminID, Action: "form.replace", Target: "form_1"},
		{ID: "aud_2", At: minute(2), KeyID: "key_1", Action: "team.delete", Target: "team_1"},
	}
	for _, line := range lines {
		require.NoError(t, s.SaveAudit(t.Context(), line))
	}
	for name, test := range map[string]struct {
		filter store.AuditFilter
		want   []int
	}{
		"all":               {store.AuditFilter{Limit: 9}, []int{2, 1, 0}},
		"a page":            {store.AuditFilter{Limit: 2}, []int{2, 1}},
		"the page after":    {store.AuditFilter{Limit: 2, Before: "aud_1"}, []int{0}},
		"of a target":       {store.AuditFilter{Limit: 9, Target: "form_1"}, []int{1, 0}},
		"of a key":          {store.AuditFilter{Limit: 9, KeyID: "key_1"}, []int{2, 0}},
		"of both":           {store.AuditFilter{Limit: 9, KeyID: "key_1", Target: "form_1"}, []int{0}},
		"of another target": {store.AuditFilter{Limit: 9, Target: "form_2"}, nil},
	} {
		found, err := s.Audit(t.Context(), test.filter)
		require.NoError(t, err, name)
		want := []models.Audit{}
		for _, i := range test.want {
			want = append(want, lines[i])
		}
		require.Empty(t, cmp.Diff(want, found), name)
	}
}
