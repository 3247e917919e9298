package app_test

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/app"
	"leadrail/internal/config"
	"leadrail/internal/nettest"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	outbound "leadrail/internal/webhook"
	"leadrail/models"
)

// insideAddresses are hosts of one kind each that nobody may be led to.
func insideAddresses() []string {
	return []string{
		"127.0.0.1", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "192.0.0.1",
		"198.18.0.1", "240.0.0.1", "255.255.255.255", "224.0.0.1", "[::ffff:127.0.0.1]", "[::ffff:a9fe:a9fe]",
		"[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[::7f00:1]", "[::ffff:0:7f00:1]", "[fec0::1]", "[fd00:ec2::254]",
		"2130706433", "0x7f.1", "0177.0.0.1", "127.1", "localhost", "localhost.",
	}
}

// A test of an action, a Slack message and a mail are led past no forbidden
// address either: the kernel of a namespace of its own sees no connection.
func TestNoWayOutLeadsInside(t *testing.T) {
	t.Parallel()
	nettest.Alone(t, requireNoWayInside)
}

func requireNoWayInside(t *testing.T) {
	t.Helper()
	keyring, err := seal.ParseKeyring(seal.GenerateKey("test"))
	require.NoError(t, err)
	guard := outbound.NewGuard()
	trial := app.NewTrial(guard, keyring, slog.New(slog.DiscardHandler))
	before := nettest.Sent(t)
	for _, host := range insideAddresses() {
		url := "http://" + host + "/"
		for _, kind := range []models.ActionType{models.ActionWebhook, models.ActionSlack} {
			attempt, err := trial.Try(t.Context(), aTrial(kind, url, keyring))
			require.NoError(t, err)
			require.Contains(t, []models.ErrorCode{models.ErrorAddressRefused, models.ErrorDNS}, attempt.ErrorCode, "%s to %s", kind, host)
		}
		sender, err := app.NewSender(config.Config{
			Mail: config.MailSendGrid, SendGridAPIKey: "SG.key", SendGridHost: "http://" + host, MailFrom: "leads@example.com",
		}, nil, guard)
		require.NoError(t, err)
		result, err := sender.Send(t.Context(), aMessage())
		require.NoError(t, err)
		require.False(t, result.Verdict.Delivered(), host)
	}
	require.Equal(t, before.Opened, nettest.Sent(t).Opened, "connections that were opened")
	require.Empty(t, nettest.Sockets(t))
}

// aTrial is a job that was made up for an action of the kind.
func aTrial(kind models.ActionType, url string, keyring *seal.Keyring) store.Job {
	job := store.Job{
		Test:       true,
		Delivery:   models.Delivery{ID: "dlv_test", ActionID: "act_1"},
		Submission: models.Submission{ID: "sub_test", FormData: models.Document(`{}`)},
		Definition: models.FormDefinition{Name: "contact", Actions: []models.Action{{ID: "act_1", Type: kind}}},
		Destination: models.Destination{
			ActionID: "act_1", FormID: "form_1", Type: kind, URL: url, SealedURL: keyring.Seal([]byte(url), "act_1"),
		},
		Attempt: models.Attempt{N: 1},
	}
	secret := app.NewSecret(keyring)
	job.Secret = &secret
	return job
}
