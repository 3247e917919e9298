package api_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/auth"
	"leadrail/models"
)

// pipes accepts connections without buffers, whose deadlines go by the test's clock.
type pipes struct {
	peers  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case peer := <-p.peers:
		return peer, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p pipes) Close() error {
	close(p.closed)
	return nil
}

func (pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

// followOver follows a lead over a connection up to its first event. Over is closed
// when nobody serves the stream any more.
func followOver(t *testing.T) (peer net.Conn, over <-chan struct{}) {
	t.Helper()
	handler, served := (&oneLead{}).api(nil), make(chan struct{})
	listener := pipes{peers: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{
		ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			defer close(served)
			handler.ServeHTTP(w, r)
		}),
	}
	go func() { _ = server.Serve(listener) }() // it always ends with an error: it was closed
	t.Cleanup(func() { server.Close() })
	peer, accepted := net.Pipe()
	listener.peers <- accepted
	t.Cleanup(func() { peer.Close() })
	_, err := io.WriteString(peer, "GET /v1/submissions/sub_1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer "+adminKey+"\r\n\r\n")
	require.NoError(t, err)
	for lines := bufio.NewReader(peer); ; {
		line, err := lines.ReadString('\n')
		require.NoError(t, err)
		if line == "event: progress\n" {
			return peer, served
		}
	}
}

func TestAStreamEndsWhenItsReaderLeaves(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		peer, over := followOver(t)
		require.NoError(t, peer.Close())
		began := time.Now()
		<-over
		require.Zero(t, time.Since(began), "not at the next event")
	})
}

func TestAStreamEndsWhenItsReaderDoesNotRead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, over := followOver(t)
		began := time.Now()
		<-over
		require.Equal(t, 25*time.Second, time.Since(began), "the next beat is written for 10 seconds")
	})
}

// A key that follows too much is told when to come again.
func TestAKeyHasItsShareOfTheStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		key := auth.NewKey()
		handler := (&oneLead{}).api(&oneKey{key: models.Key{ID: "key_1", Kind: models.KeySecret, Scopes: []models.Scope{models.ScopeRead}}})
		ctx, leave := context.WithCancel(t.Context())
		follow := func() *httptest.ResponseRecorder {
			request := httptest.NewRequestWithContext(ctx, http.MethodGet, "/v1/submissions/sub_1/events", http.NoBody)
			request.Header.Set("Authorization", "Bearer "+key)
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			return answer
		}
		for range 250 {
			go follow()
		}
		synctest.Wait()
		answer := follow()
		require.Equal(t, http.StatusTooManyRequests, answer.Code)
		require.Equal(t, "too_many_streams", decoded(t, answer)["code"])
		require.Equal(t, "2", answer.Header().Get("Retry-After"))
		leave()
		synctest.Wait()
	})
}
