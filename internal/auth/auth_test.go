package auth_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/models"
)

func TestKeysAreLongAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		key := auth.NewKey()
		require.Regexp(t, `^lr_[A-Za-z0-9_-]{43}$`, key)
		require.False(t, seen[key])
		seen[key] = true
	}
}

func TestAuthorize(t *testing.T) {
	t.Parallel()
	a := auth.NewAuthenticator("lr_admin")
	for header, known := range map[string]bool{
		"Bearer lr_admin":         true,
		"bearer lr_admin":         true,
		"Bearer  lr_admin ":       true,
		"":                        false,
		"lr_admin":                false,
		"Bearer":                  false,
		"Bearer ":                 false,
		"Bearer lr_Admin":         false,
		"Bearer lr_admin2":        false,
		"Basic lr_admin":          false,
		"Bearer lr_admin lr_more": false,
	} {
		for _, scope := range []auth.Scope{auth.ScopeSubmit, auth.ScopeRead, auth.ScopeWrite} {
			err := a.Authorize(header, scope)
			if known {
				require.NoError(t, err, header)
				continue
			}
			require.Equal(t, models.CodeUnauthorized, models.CodeOf(err), header)
			require.NotContains(t, err.Error(), "admin", "a key is never repeated")
		}
	}
}
