package mailtest_test

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"leadrail/internal/mail/mailtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const mailBody = `{"personalizations":[{"to":[{"email":"bob@example.com","name":"Bob"}],"custom_args":{"deliveryId":"%s"}}],
	"from":{"email":"leads@example.com"},"reply_to":{"email":"ada@example.com"},"subject":"Hello",
	"content":[{"type":"text/plain","value":"text"},{"type":"text/html","value":"<p>html</p>"}]}`

// answer is what the fake said.
type answer struct {
	status int
	header http.Header
	body   string
}

// post sends body as the product does, but for what change does to it.
func post(t *testing.T, url, body string, change ...func(*http.Request)) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/v3/mail/send", strings.NewReader(body))
	require.NoError(t, err)
	request.Close = true
	request.Header.Set("Authorization", "Bearer SG.test")
	request.Header.Set("Content-Type", "application/json")
	for _, change := range change {
		change(request)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer{response.StatusCode, response.Header, string(text)}
}

func TestFakeFollowsItsScript(t *testing.T) {
	t.Parallel()
	fake := mailtest.NewSendGrid(t, http.StatusServiceUnavailable)
	fake.Answer(http.StatusTooManyRequests, http.StatusOK)
	for i, want := range []int{503, 429, 200, 202, 202} {
		require.Equal(t, want, post(t, fake.URL, fmt.Sprintf(mailBody, fmt.Sprintf("dlv_%d", i%2))).status)
	}
	require.Len(t, fake.All(), 5)
	want := mailtest.Mail{
		APIKey: "SG.test", From: mailtest.Address{Email: "leads@example.com"}, To: []mailtest.Address{{Email: "bob@example.com", Name: "Bob"}},
		ReplyTo: mailtest.Address{Email: "ada@example.com"}, Subject: "Hello", Text: "text", HTML: "<p>html</p>", IDs: map[string]string{"deliveryId": "dlv_1"},
	}
	refused, taken := want, want
	refused.Status, taken.Status = 429, 202
	require.Equal(t, []mailtest.Mail{refused, taken}, fake.Mails("dlv_1"))
	require.Empty(t, fake.Mails("dlv_2"))
}

func TestFakeAnswersLikeSendGrid(t *testing.T) {
	t.Parallel()
	fake := mailtest.NewSendGrid(t, http.StatusUnauthorized, http.StatusTooManyRequests)
	body := fmt.Sprintf(mailBody, "dlv_1")

	require.JSONEq(t, `{"errors":[{"message":"Unauthorized","field":null,"help":null}]}`, post(t, fake.URL, body).body)

	reset, err := strconv.ParseInt(post(t, fake.URL, body).header.Get("X-RateLimit-Reset"), 10, 64)
	require.NoError(t, err)
	require.WithinDuration(t, time.Now(), time.Unix(reset, 0), time.Minute)

	taken := post(t, fake.URL, body)
	require.Equal(t, http.StatusAccepted, taken.status)
	require.NotEmpty(t, taken.header.Get("X-Message-Id"))
}

func TestFakeReportsRequestsThatSendGridWouldNotTake(t *testing.T) {
	t.Parallel()
	good := fmt.Sprintf(mailBody, "dlv_1")
	for name, test := range map[string]struct {
		body   string
		change func(*http.Request)
		report string
	}{
		"method":       {good, func(r *http.Request) { r.Method = http.MethodPut }, "no such route: PUT /v3/mail/send"},
		"path":         {good, func(r *http.Request) { r.URL.Path = "/v3/mail" }, "no such route: POST /v3/mail"},
		"no key":       {good, func(r *http.Request) { r.Header.Del("Authorization") }, "no API key"},
		"empty key":    {good, func(r *http.Request) { r.Header.Set("Authorization", "Bearer ") }, "no API key"},
		"basic":        {good, func(r *http.Request) { r.SetBasicAuth("a", "b") }, "no API key"},
		"content type": {good, func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, "not application/json"},
		"body":         {`{"from":{"email":"leads@example.com"}}`, func(*http.Request) {}, "personalizations"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			recorder := &recorder{TB: t}
			fake := mailtest.NewSendGrid(recorder)
			require.Equal(t, http.StatusBadRequest, post(t, fake.URL, test.body, test.change).status)
			require.Contains(t, recorder.report, test.report)
			require.Empty(t, fake.All())
		})
	}
}

// recorder is a test that takes failure for a result.
type recorder struct {
	testing.TB

	report string
}

func (r *recorder) Errorf(format string, args ...any) { r.report = fmt.Sprintf(format, args...) }
