package webhook_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	official "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

// aKey is for tests that do not look at signatures.
func aKey() []models.SigningKey { return []models.SigningKey{models.NewSigningKey()} }

// received is a webhook as it arrived.
type received struct {
	header http.Header
	body   []byte
}

// arrive sends a request over the network and returns what came out.
func arrive(t *testing.T, request webhook.Request) received {
	t.Helper()
	var got received
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got.header = r.Header
		got.body, _ = io.ReadAll(r.Body)
	}))
	defer server.Close()
	request.URL = server.URL
	response := newClient(webhook.Limits{}).Post(t.Context(), request)
	require.True(t, response.Verdict.Delivered(), response.Verdict.Message)
	return got
}

// verify asks the library that receivers use.
func (r received) verify(t *testing.T, key models.SigningKey) error {
	t.Helper()
	receiver, err := official.NewWebhook(key.Reveal())
	require.NoError(t, err)
	return receiver.Verify(r.body, r.header)
}

// The vector is the one of the specification's own libraries.
func TestSignatureOfTheSpecification(t *testing.T) {
	t.Parallel()
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	require.NoError(t, err)
	got := arrive(t, webhook.Request{
		ID: "msg_p5jXN8AQM9LWM0D4loKWxJek", Now: time.Unix(1614265330, 999_999_999),
		Body: []byte(`{"test": 2432232314}`), Keys: []models.SigningKey{key},
	})
	require.Equal(t, "1614265330", got.header.Get("webhook-timestamp"))
	require.Equal(t, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", got.header.Get("webhook-signature"))
}

func TestReceiversAcceptEveryKeyInForceAndNoOther(t *testing.T) {
	t.Parallel()
	older, newer := models.NewSigningKey(), models.NewSigningKey()
	for name, c := range map[string]struct {
		keys             []models.SigningKey
		olderOK, newerOK bool
	}{
		"before a rotation": {[]models.SigningKey{older}, true, false},
		"during it":         {[]models.SigningKey{newer, older}, true, true},
		"after it":          {[]models.SigningKey{newer}, false, true},
	} {
		for kind, body := range map[string]string{
			"JSON": `{"a": 1}`, "nothing": "", "bytes": "{\"a\": \"\xff\u2028\"}\r\n\x00", "the largest": strings.Repeat("é", 1<<20),
		} {
			t.Run(name+", "+kind, func(t *testing.T) {
				t.Parallel()
				got := arrive(t, webhook.Request{ID: "dlv_1", Body: []byte(body), Keys: c.keys})
				require.Len(t, strings.Split(got.header.Get("webhook-signature"), " "), len(c.keys))
				require.Equal(t, c.olderOK, got.verify(t, older) == nil)
				require.Equal(t, c.newerOK, got.verify(t, newer) == nil)
			})
		}
	}
}

func TestTheNewestKeySignsFirst(t *testing.T) {
	t.Parallel()
	older, newer := models.NewSigningKey(), models.NewSigningKey()
	request := webhook.Request{ID: "dlv_1", Now: time.Unix(1_800_000_000, 0), Body: []byte(`{}`)}
	signature := func(keys ...models.SigningKey) string {
		request.Keys = keys
		return arrive(t, request).header.Get("webhook-signature")
	}
	require.Equal(t, signature(newer)+" "+signature(older), signature(newer, older))
}

func TestReceiversRefuseWhatWasTamperedWith(t *testing.T) {
	t.Parallel()
	key := models.NewSigningKey()
	for name, tamper := range map[string]func(*received){
		"id":                  func(r *received) { r.header.Set("webhook-id", "dlv_2") },
		"timestamp":           func(r *received) { r.header.Set("webhook-timestamp", unix(time.Now().Add(-time.Minute))) },
		"body":                func(r *received) { r.body[1] = ' ' },
		"a longer body":       func(r *received) { r.body = append(r.body, '\n') },
		"no body":             func(r *received) { r.body = nil },
		"signature":           func(r *received) { r.header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(key)) },
		"no signature":        func(r *received) { r.header.Del("webhook-signature") },
		"a signature cut off": func(r *received) { r.header.Set("webhook-signature", r.header.Get("webhook-signature")[:40]) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := arrive(t, webhook.Request{ID: "dlv_1", Body: []byte(`{"a":1}`), Keys: []models.SigningKey{key}})
			require.NoError(t, got.verify(t, key))
			tamper(&got)
			require.Error(t, got.verify(t, key))
		})
	}
}

// Receivers refuse what is more than 5 minutes off, so that a webhook that was
// overheard cannot be sent again later.
func TestReceiversRefuseWhatIsNotFresh(t *testing.T) {
	t.Parallel()
	for skew, want := range map[time.Duration]error{
		-6 * time.Minute: official.ErrMessageTooOld,
		-4 * time.Minute: nil,
		0:                nil,
		4 * time.Minute:  nil,
		6 * time.Minute:  official.ErrMessageTooNew,
	} {
		t.Run(skew.String(), func(t *testing.T) {
			t.Parallel()
			key := models.NewSigningKey()
			got := arrive(t, webhook.Request{ID: "dlv_1", Now: time.Now().Add(skew), Body: []byte(`{}`), Keys: []models.SigningKey{key}})
			require.ErrorIs(t, got.verify(t, key), want)
		})
	}
}

func TestWithoutAKeyThereIsNoSignature(t *testing.T) {
	t.Parallel()
	got := arrive(t, webhook.Request{ID: "dlv_1", Body: []byte(`{}`), Headers: map[string]string{"webhook-signature": "v1,forged"}})
	require.NotContains(t, got.header, "Webhook-Signature")
}

func unix(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }
