package localpg

import (
	"fmt"
	"io"
	"os"
	"strings"
)

const (
	// maxLogBytes bounds the log at each start; one older file is kept.
	maxLogBytes = 16 << 20
	// tailBytes of the log are read to say why a start went wrong.
	tailBytes = 4 << 10
)

// serverLog is the file the server writes to and where this run begins in it.
type serverLog struct {
	file  *os.File
	begin int64
}

func (p place) openLog() (*serverLog, error) {
	path := p.path(logName)
	if info, err := os.Stat(path); err == nil && info.Size() > maxLogBytes {
		if err := os.Rename(path, p.path(oldLogName)); err != nil {
			return nil, fmt.Errorf("rotate the postgres log: %w", err)
		}
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("open the postgres log: %w", err)
	}
	begin, err := file.Seek(0, io.SeekEnd)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open the postgres log: %w", err)
	}
	return &serverLog{file: file, begin: begin}, nil
}

// tail returns the end of what this run wrote.
func (l *serverLog) tail() string {
	info, err := l.file.Stat()
	if err != nil {
		return ""
	}
	from := max(l.begin, info.Size()-tailBytes)
	text, err := io.ReadAll(io.NewSectionReader(l.file, from, tailBytes))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

func (l *serverLog) close() { l.file.Close() }
