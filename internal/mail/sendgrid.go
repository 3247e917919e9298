package mail

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sendgrid/rest"
	"github.com/sendgrid/sendgrid-go"
)

const (
	sendEndpoint   = "/v3/mail/send"
	defaultTimeout = 30 * time.Second
)

// Options are the parts of a SendGrid sender.
type Options struct {
	// APIKey needs the permission "Mail Send".
	APIKey string
	// Host by default is https://api.sendgrid.com; https://api.eu.sendgrid.com
	// keeps mail in the European Union.
	Host string
	// From is a sender verified at SendGrid. SendGrid wants it in ASCII, the
	// name as well.
	From Address
	// Dial opens every connection, so it decides where mail may go; there is
	// no default. A refusal of its own is a *models.Error. Proxies in the
	// environment are not used.
	Dial DialFunc
	// Timeout bounds one attempt, the whole answer included; 30 s.
	Timeout time.Duration
	// Now by default is the wall clock; the end of a rate limit is read
	// against it.
	Now func() time.Time
}

// String keeps the key out of text.
func (Options) String() string { return "[SendGrid options]" }

// GoString keeps the key out of text.
func (o Options) GoString() string { return o.String() }

// LogValue implements slog.LogValuer and keeps the key out of logs.
func (o Options) LogValue() slog.Value { return slog.StringValue(o.String()) }

// SendGrid sends through the Web API v3 of Twilio SendGrid. It keeps no
// connection and no state, and is safe for concurrent use.
type SendGrid struct {
	from   Address
	client *rest.Client
	// request makes a request of its own for every mail: those of the library
	// cannot be shared. It holds the key, so that no printing of the struct
	// shows it.
	request func(body []byte) rest.Request
	now     func() time.Time
}

// NewSendGrid makes a SendGrid. The error names every option that cannot work.
func NewSendGrid(options Options) (*SendGrid, error) {
	from, err := checkFrom(options.From)
	host, hostErr := checkHost(options.Host)
	if err := errors.Join(checkKey(options.APIKey), hostErr, err, checkDial(options.Dial)); err != nil {
		return nil, err
	}
	s := &SendGrid{
		from: from,
		client: &rest.Client{HTTPClient: &http.Client{
			Transport: newTransport(options.Dial),
			Timeout:   cmp.Or(options.Timeout, defaultTimeout),
		}},
		request: func(body []byte) rest.Request {
			request := sendgrid.GetRequest(options.APIKey, sendEndpoint, host)
			request.Method, request.Body = rest.Post, body
			return request
		},
		now: options.Now,
	}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// Send posts the mail once and never follows a redirect. A mail that cannot be
// sent at all (no recipient, a recipient that is none, no content) gives up
// without a request. ErrorCancelled means that the caller cancelled ctx.
//
// Any 2xx is a success: 202 for a mail that was taken, 200 in the sandbox. 400
// and 413 give up, with SendGrid's reason less whatever looks personal. All
// else is worth a retry, a refused key too: it is the operator's to mend, and
// must not cost the leads of the meantime.
func (s *SendGrid) Send(ctx context.Context, message Message) (Result, error) {
	message, refusal := message.prepared()
	if refusal != nil {
		return Result{Verdict: *refusal}, nil
	}
	body, err := json.Marshal(requestBody(s.from, message))
	if err != nil {
		return Result{}, fmt.Errorf("encode mail: %w", err)
	}
	request := s.request(body)
	start := time.Now()
	response, err := s.client.SendWithContext(ctx, request)
	if err != nil && ctx.Err() != nil {
		err = ctx.Err() // whatever broke, this is why
	}
	result := Result{Duration: time.Since(start)}
	answer := answer{err: err, now: s.now(), secrets: append(message.personal(), credential(request))}
	if response != nil {
		answer.status, answer.body = response.StatusCode, response.Body
		answer.header = http.Header(response.Headers) // whose Get finds every spelling of a name
		result.ProviderMessageID = providerMessageID(answer.header)
	}
	result.Verdict = answer.verdict()
	return result, nil
}

func providerMessageID(header http.Header) string {
	return opaqueID.FindString(header.Get("X-Message-Id"))
}

// credential is the API key of request, which a gateway in between might
// repeat when it complains.
func credential(request rest.Request) string {
	return strings.TrimPrefix(request.Headers["Authorization"], "Bearer ")
}

func checkKey(key string) error {
	if key == "" || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("the SendGrid API key is empty or has characters that no key has")
	}
	return nil
}

func checkHost(host string) (string, error) {
	if host == "" {
		return "", nil // the library knows
	}
	parsed, err := url.Parse(strings.TrimSuffix(host, "/"))
	if err != nil || parsed.Hostname() == "" || parsed.Scheme != "https" && parsed.Scheme != "http" ||
		parsed.User != nil || parsed.Path != "" || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", errors.New("the SendGrid host is a URL such as https://api.sendgrid.com")
	}
	return parsed.Scheme + "://" + parsed.Host, nil
}

func checkDial(dial DialFunc) error {
	if dial == nil {
		return errors.New("sending mail needs a dial function")
	}
	return nil
}

func checkFrom(from Address) (Address, error) {
	clean, err := NewAddress(from.Name, from.Email)
	if err != nil {
		return Address{}, fmt.Errorf("sender of mail: %w", err)
	}
	if !isASCII(clean.Name) {
		return Address{}, errors.New("sender of mail: SendGrid takes a name in ASCII only")
	}
	return clean, nil
}
