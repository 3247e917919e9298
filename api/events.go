package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"leadrail/internal/auth"
	"leadrail/internal/leads"
	"leadrail/models"
)

// Bounds of a stream of events.
const (
	// beatEvery keeps proxies from taking a quiet stream for a dead one, and is how
	// long a stream goes on with a key that was revoked.
	beatEvery = 15 * time.Second
	// longestStream is when a caller has to connect again, to another process
	// perhaps.
	longestStream = time.Hour
	// writeWithin is how long a caller may take to read what was sent.
	writeWithin = 10 * time.Second
	// reconnectAfter is when a caller that was cut off should connect again, in
	// milliseconds.
	reconnectAfter = 2000
)

// followLead answers with server-sent events (HTML standard, section 9.2): where a
// lead is, each change, and an event "end" when it is at its end. Whoever saw that
// is answered 204, upon which a browser stops connecting.
func followLead(service *leads.Service, keys *auth.Authenticator) gin.HandlerFunc {
	return func(c *gin.Context) {
		var in leads.FollowInput
		if err := decode(c, &in, nil); err != nil {
			writeProblem(c, err)
			return
		}
		following, err := service.Follow(c.Request.Context(), in)
		if err != nil {
			writeProblem(c, err)
			return
		}
		defer following.Close()
		c.Header("Cache-Control", "no-store")
		if following.Over() {
			c.Status(http.StatusNoContent)
			return
		}
		c.Header("Content-Type", "text/event-stream")
		c.Header("X-Accel-Buffering", "no") // else nginx holds events back
		measured(c)
		stream := stream{out: c.Writer, control: http.NewResponseController(c.Writer), seen: in.Seen}
		stream.revoked = func(ctx context.Context) bool {
			_, err := keys.Authenticate(ctx, c.GetHeader("Authorization"))
			return models.CodeOf(err) == models.CodeUnauthorized
		}
		stream.run(c.Request.Context(), following)
	}
}

// stream is one open answer of events.
type stream struct {
	out     io.Writer
	control *http.ResponseController
	// seen is the id of the last event that the caller knows of.
	seen string
	// revoked reports that the caller's key works no more; not that nobody can be
	// asked.
	revoked func(ctx context.Context) bool
}

// run sends events until the lead is at its end, the caller is gone, too slow or
// not welcome any more, the service stops, or it has lasted long enough.
func (s *stream) run(ctx context.Context, following *leads.Following) {
	ctx, cancel := context.WithTimeout(ctx, longestStream)
	defer cancel()
	beats := time.NewTicker(beatEvery)
	defer beats.Stop()
	s.control.SetReadDeadline(time.Time{}) // an error means a connection without deadlines
	err := s.send(fmt.Sprintf("retry: %d\n\n", reconnectAfter))
	for err == nil {
		select {
		case <-ctx.Done():
			return
		case <-beats.C:
			if s.revoked(ctx) {
				return
			}
			err = s.send(beat(following.Away()))
		case progress, open := <-following.News():
			if !open {
				return
			}
			err = s.tell(progress)
			if progress.Ended() {
				return
			}
		}
	}
}

// beat is a comment, which callers skip. People who watch a stream see why it is
// quiet.
func beat(away bool) string {
	if away {
		return ": the database does not answer, the lead may be further\n\n"
	}
	return ": nothing new\n\n"
}

// tell sends where a lead is, unless the caller knows, and that nothing follows
// where it is at its end.
func (s *stream) tell(progress leads.Progress) error {
	data, err := json.Marshal(progress)
	if err != nil {
		return err
	}
	var events string
	if id := progress.EventID(); id != s.seen {
		events = event("progress", id, data)
		s.seen = id
	}
	if progress.Ended() {
		events += event("end", progress.EndID(), data)
	}
	return s.send(events)
}

func event(name, id string, data []byte) string {
	return fmt.Sprintf("event: %s\nid: %s\ndata: %s\n\n", name, id, data)
}

// send writes at once. The server's own deadline for a whole answer does not hold
// for one that is meant to last.
func (s *stream) send(text string) error {
	s.control.SetWriteDeadline(time.Now().Add(writeWithin)) // an error means a connection without deadlines
	if _, err := io.WriteString(s.out, text); err != nil {
		return err
	}
	return s.control.Flush()
}
