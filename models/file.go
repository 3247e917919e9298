package models

import (
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxFileSize is the largest file in bytes that a visitor may upload.
const MaxFileSize = 5 << 20

// maxFileName is the longest name of a file in characters.
const maxFileName = 255

// File describes what a visitor uploaded for one field of a form. Only
// ReferencedAt and SubmissionID ever change.
type File struct {
	ID      string `gorm:"primaryKey"`
	FormID  string
	Field   string
	AgentID string
	// Name is the visitor's, made safe by FileName.
	Name string
	// ContentType is what the bytes look like, never what the visitor claimed.
	ContentType string
	Size        int64
	SHA256      string `gorm:"column:sha256"`
	CreatedAt   time.Time
	// ReferencedAt is when a lead first named the file; nil for one that may be
	// swept away.
	ReferencedAt *time.Time
	// SubmissionID is the stored lead that has the file; nil while there is none.
	SubmissionID *string
}

// FileContent is the bytes of a file, kept apart so that nobody reads them who
// only looks for files.
type FileContent struct {
	FileID  string `gorm:"primaryKey"`
	Content []byte
}

// Upload is a file with its bytes.
type Upload struct {
	File
	Content []byte
}

// LeadFile is what a lead tells of one of its files.
type LeadFile struct {
	FileID      string `json:"fileId"`
	Field       string `json:"field"`
	Name        string `json:"name"`
	ContentType string `json:"contentType"`
	Size        int64  `json:"size"`
}

// ForLead is what the file's lead tells of it.
func (f File) ForLead() LeadFile {
	return LeadFile{FileID: f.ID, Field: f.Field, Name: f.Name, ContentType: f.ContentType, Size: f.Size}
}

// LogValue implements slog.LogValuer: the id, not the visitor's name for it.
func (f File) LogValue() slog.Value { return slog.StringValue(f.ID) }

// LogValue implements slog.LogValuer.
func (c FileContent) LogValue() slog.Value { return slog.StringValue(c.FileID) }

// LogValue implements slog.LogValuer.
func (f LeadFile) LogValue() slog.Value { return slog.StringValue(f.FileID) }

// ServedAs is the content type under which the file may be downloaded: its own
// where that is known to run no scripts, else the type of unknown bytes.
func (f File) ServedAs() string {
	kind, _, _ := strings.Cut(f.ContentType, ";")
	family, _, _ := strings.Cut(kind, "/")
	switch {
	case strings.HasSuffix(kind, "xml"): // SVG and other documents with scripts
	case kind == "text/plain", kind == "text/csv", kind == "application/pdf", kind == "application/zip",
		strings.HasPrefix(kind, "application/vnd."),
		family == "image", family == "audio", family == "video":
		return f.ContentType
	}
	return "application/octet-stream"
}

// TakesFiles reports whether the values of the type are files.
func (t FieldType) TakesFiles() bool { return t == FieldFile || t == FieldImage }

// Takes reports whether a field of the type takes a file of the content type. A
// file field takes any; an image field takes what browsers show and what has no
// scripts, so no SVG.
func (t FieldType) Takes(contentType string) bool {
	switch contentType {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return t.TakesFiles()
	}
	return t == FieldFile
}

// FileName makes a name safe to show and to save under: the last part of a path,
// without control characters, marks that turn the direction of writing, and
// spaces or dots at its ends, and at most 255 characters of it. A name of which
// nothing is left is "file".
func FileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, name)
	name = strings.Trim(name, " .")
	if runes := []rune(name); len(runes) > maxFileName {
		name = strings.TrimRight(string(runes[:maxFileName]), " .")
	}
	if name == "" {
		return "file"
	}
	return name
}
