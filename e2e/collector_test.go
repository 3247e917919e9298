package e2e_test

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// traceCollector takes spans over OTLP and HTTP, as OpenTelemetry's does.
type traceCollector struct {
	*httptest.Server

	mu    sync.Mutex
	spans []*spans.Span
}

func newTraceCollector(t *testing.T) *traceCollector {
	t.Helper()
	c := &traceCollector{}
	c.Server = httptest.NewServer(http.HandlerFunc(c.take))
	t.Cleanup(c.Close)
	return c
}

func (c *traceCollector) take(w http.ResponseWriter, r *http.Request) {
	var request collector.ExportTraceServiceRequest
	body, err := io.ReadAll(r.Body)
	if err != nil || r.URL.Path != "/v1/traces" || proto.Unmarshal(body, &request) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, resource := range request.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			c.spans = append(c.spans, scope.GetSpans()...)
		}
	}
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// trace is every span so far of the trace in which one has this attribute, in the
// order in which they began.
func (c *traceCollector) trace(attribute, value string) []*spans.Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := ""
	for _, span := range c.spans {
		if attributeOf(span, attribute) == value {
			id = string(span.GetTraceId())
		}
	}
	var found []*spans.Span
	for _, span := range c.spans {
		if string(span.GetTraceId()) == id {
			found = append(found, span)
		}
	}
	slices.SortFunc(found, func(a, b *spans.Span) int { return cmp.Compare(a.GetStartTimeUnixNano(), b.GetStartTimeUnixNano()) })
	return found
}

// text is all that was taken, for looking for what must not be in it.
func (c *traceCollector) text() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all strings.Builder
	for _, span := range c.spans {
		all.WriteString(span.String())
	}
	return all.String()
}

func attributeOf(span *spans.Span, name string) string {
	for _, each := range span.GetAttributes() {
		if each.GetKey() == name {
			return each.GetValue().GetStringValue()
		}
	}
	return ""
}

// tree shows a trace to a person, each span under what caused it.
func tree(trace []*spans.Span) string {
	var text strings.Builder
	if len(trace) > 0 {
		fmt.Fprintf(&text, "trace %s\n", hex.EncodeToString(trace[0].GetTraceId()))
	}
	known := map[string]bool{}
	for _, span := range trace {
		known[string(span.GetSpanId())] = true
	}
	var show func(parent string, depth int)
	show = func(parent string, depth int) {
		for _, span := range trace {
			above := string(span.GetParentSpanId())
			if !known[above] {
				above = ""
			}
			if above != parent {
				continue
			}
			begin := time.Duration(span.GetStartTimeUnixNano() - trace[0].GetStartTimeUnixNano())
			took := time.Duration(span.GetEndTimeUnixNano() - span.GetStartTimeUnixNano())
			fmt.Fprintf(&text, "%s%-*s %8s +%s", strings.Repeat("  ", depth), 52-2*depth, span.GetName(),
				begin.Round(time.Millisecond), took.Round(100*time.Microsecond))
			for _, each := range span.GetAttributes() {
				if !strings.HasPrefix(each.GetKey(), "temporal") {
					fmt.Fprintf(&text, " %s=%s", each.GetKey(), shown(each.GetValue().GetStringValue(), each.GetValue().GetIntValue()))
				}
			}
			text.WriteString("\n")
			show(string(span.GetSpanId()), depth+1)
		}
	}
	show("", 0)
	return text.String()
}

func shown(text string, number int64) string {
	if text != "" {
		return text
	}
	return fmt.Sprint(number)
}
