package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// callTimeout bounds each call of the API.
const callTimeout = 10 * time.Second

// client calls the API.
type client struct {
	base string
	key  string
	http *http.Client
}

func newClient(base, key string) client {
	return client{base: base, key: key, http: &http.Client{Timeout: callTimeout, Transport: &http.Transport{}}}
}

// request is one call; a nil body is none.
type request struct {
	method string
	path   string
	body   any
}

// refusal is an answer of the API that is not 2xx.
type refusal struct {
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func (r refusal) Error() string { return r.Detail }

// call makes a request and decodes the answer. The error is a refusal, or says
// that there was no answer.
func (c client) call(ctx context.Context, r request, answer any) error {
	var body bytes.Buffer
	if r.body != nil {
		if err := json.NewEncoder(&body).Encode(r.body); err != nil {
			return err
		}
	}
	call, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, &body)
	if err != nil {
		return err
	}
	call.Header.Set("Authorization", "Bearer "+c.key)
	response, err := c.http.Do(call)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusMultipleChoices {
		refused := refusal{Detail: response.Status}
		_ = json.NewDecoder(response.Body).Decode(&refused) // an error means that the status says it all
		refused.Status = response.StatusCode
		return refused
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// check finds out whether this is a "leadrail up" that takes the key. The error
// says what to do.
func (c client) check(ctx context.Context) error {
	err := c.call(ctx, request{method: http.MethodGet, path: ReceiverPath}, &struct{}{})
	if err == nil || ctx.Err() != nil {
		return err
	}
	refused, answered := errors.AsType[refusal](err)
	switch {
	case !answered:
		return fmt.Errorf("nothing answers at %s: start leadrail up in another terminal, and the demo with the same LEADRAIL_LISTEN (%w)", c.base, err)
	case refused.Status == http.StatusUnauthorized:
		return errors.New("the admin key is not that of the running leadrail up: start the demo in the same folder, or with the same LEADRAIL_DATA_DIR and LEADRAIL_ADMIN_KEY")
	case refused.Status == http.StatusNotFound:
		return fmt.Errorf("what runs at %s is not leadrail up: only that has the receiver that the demo's webhooks go to", c.base)
	}
	return err
}

// list reads all pages of a list.
func list[T any](ctx context.Context, c client, path string) ([]T, error) {
	var all []T
	for cursor := ""; ; {
		var page struct {
			Data       []T     `json:"data"`
			NextCursor *string `json:"nextCursor"`
		}
		query := url.Values{"limit": {"200"}, "cursor": {cursor}}
		if err := c.call(ctx, request{method: http.MethodGet, path: path + "?" + query.Encode()}, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Data...)
		if page.NextCursor == nil {
			return all, nil
		}
		cursor = *page.NextCursor
	}
}
