package main

import (
	"io"
	"sync"
	"time"

	"go.temporal.io/server/common/log"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

const (
	// Within gateWindow the log takes linesPerMessage lines of one message and
	// linesPerWindow in all. With Postgres away, the server would otherwise
	// repeat a handful of messages hundreds of times a second.
	gateWindow      = 10 * time.Second
	linesPerMessage = 3
	linesPerWindow  = 200
)

// logger is the server's log: JSON lines, rate-limited. A fatal line ends the
// process with exit code 1, which is what the Temporal server expects of it.
type logger struct {
	log.Logger
	gate *gate
}

func newLogger(level string, w io.Writer) *logger {
	enc := log.DefaultZapEncoderConfig
	enc.TimeKey = "time"
	enc.EncodeLevel = zapcore.CapitalLevelEncoder
	enc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	core := zapcore.NewCore(zapcore.NewJSONEncoder(enc), zapcore.Lock(zapcore.AddSync(w)), log.ParseZapLevel(level))
	g := &gate{report: func(dropped int) {
		entry := zapcore.Entry{Level: zapcore.WarnLevel, Time: time.Now(), Message: "log lines dropped"}
		_ = core.Write(entry, []zapcore.Field{zap.Int("count", dropped)})
	}}
	return &logger{Logger: log.NewZapLogger(zap.New(gatedCore{core, g})), gate: g}
}

// flush reports the lines dropped since the last report.
func (l *logger) flush() { l.gate.close() }

// gatedCore asks the gate before a line is encoded.
type gatedCore struct {
	zapcore.Core
	gate *gate
}

// With implements zapcore.Core. Derived loggers share the gate.
func (c gatedCore) With(fields []zapcore.Field) zapcore.Core {
	return gatedCore{c.Core.With(fields), c.gate}
}

// Check implements zapcore.Core. Whatever ends the process always passes.
func (c gatedCore) Check(e zapcore.Entry, ce *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if !c.Enabled(e.Level) || (e.Level <= zapcore.ErrorLevel && !c.gate.pass(e.Message)) {
		return ce
	}
	return ce.AddCore(e, c)
}

// gate lets a bounded number of lines through per window and reports, once at
// the end of a window, how many it kept back. It costs nothing while idle.
type gate struct {
	report func(dropped int)

	mu      sync.Mutex
	timer   *time.Timer // ends the window; nil between windows
	lines   map[string]int
	passed  int
	dropped int
}

func (g *gate) pass(message string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.timer == nil {
		g.lines = map[string]int{}
		g.timer = time.AfterFunc(gateWindow, g.close)
	}
	if g.passed >= linesPerWindow || g.lines[message] >= linesPerMessage {
		g.dropped++
		return false
	}
	g.lines[message]++
	g.passed++
	return true
}

func (g *gate) close() {
	g.mu.Lock()
	dropped := g.dropped
	if g.timer != nil {
		g.timer.Stop()
	}
	g.timer, g.lines, g.passed, g.dropped = nil, nil, 0, 0
	g.mu.Unlock()
	if dropped > 0 {
		g.report(dropped)
	}
}
