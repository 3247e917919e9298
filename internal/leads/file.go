package leads

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// FileStore keeps what visitors upload.
type FileStore interface {
	SaveFiles(ctx context.Context, uploads []models.Upload) error
	ReferFiles(ctx context.Context, refs store.FileReferences) ([]models.File, error)
	File(ctx context.Context, id string) (models.Upload, error)
}

// UploadInput is a file for a field of a form.
type UploadInput struct {
	FormID string
	Field  string
	// Name is what the visitor calls the file; it may be empty.
	Name string
	// Content is at most models.MaxFileSize bytes.
	Content []byte
}

// UploadOutput is a file that a lead of the form may name in the field, once,
// within a day.
type UploadOutput struct {
	FileID      string `json:"fileId"`
	Name        string `json:"name"`
	ContentType string `json:"contentType"`
	Size        int64  `json:"size"`
}

// Location is where the file can be read.
func (o UploadOutput) Location() string { return "/v1/files/" + o.FileID }

// Upload stores a file. Errors are not found (the form), forbidden (its agent),
// conflict (it is switched off), invalid (the field takes no files, or not this
// one), too large and unavailable.
func (s *Service) Upload(ctx context.Context, in UploadInput) (UploadOutput, error) {
	if len(in.Content) > models.MaxFileSize {
		return UploadOutput{}, models.Errorf(models.CodeTooLarge, "A file has at most %d bytes.", models.MaxFileSize)
	}
	record, err := s.Store.Form(ctx, in.FormID)
	if err != nil {
		return UploadOutput{}, err
	}
	if err := mayFillIn(ctx, record.Form); err != nil {
		return UploadOutput{}, err
	}
	fields := record.Version.Definition.Fields
	at := slices.IndexFunc(fields, func(field models.Field) bool { return field.Name == in.Field && field.Type.TakesFiles() })
	if at < 0 {
		return UploadOutput{}, models.InvalidField("field", "option", "Name a field of the form that is of type file or image.")
	}
	upload := s.newFile(record.Form, in.Field, in.Name, in.Content)
	upload.ID = id.New(id.File)
	if problem := checkFile(fields[at], upload.File); problem != nil {
		return UploadOutput{}, models.InvalidField("file", problem.Code, problem.Message)
	}
	if err := s.Files.SaveFiles(ctx, []models.Upload{upload}); err != nil {
		return UploadOutput{}, err
	}
	return UploadOutput{FileID: upload.ID, Name: upload.Name, ContentType: upload.ContentType, Size: upload.Size}, nil
}

// FileRef names a file.
type FileRef struct {
	ID string `json:"-" uri:"id"`
}

// File reads a file with its bytes, whether or not a lead has it.
func (s *Service) File(ctx context.Context, ref FileRef) (models.Upload, error) {
	file, err := s.Files.File(ctx, ref.ID)
	if err == nil {
		err = models.PrincipalOf(ctx).MayAgent(file.AgentID)
	}
	if err != nil {
		return models.Upload{}, err
	}
	return file, nil
}

// newFile describes bytes by what they are. A file without a name is called as
// its field.
func (s *Service) newFile(form models.Form, field, name string, content []byte) models.Upload {
	kind := mimetype.Detect(content)
	if name == "" {
		name = field + kind.Extension()
	}
	sum := sha256.Sum256(content)
	return models.Upload{Content: content, File: models.File{
		FormID:      form.ID,
		Field:       field,
		AgentID:     form.AgentID,
		Name:        models.FileName(name),
		ContentType: kind.String(),
		Size:        int64(len(content)),
		SHA256:      hex.EncodeToString(sum[:]),
		CreatedAt:   s.Now().UTC().Truncate(time.Millisecond),
	}}
}

// checkFile says why a file is none for the field; nil where it is one.
func checkFile(field models.Field, file models.File) *models.FieldError {
	if file.Size == 0 {
		return fileProblem(field, "empty", "the file is empty")
	}
	if file.Size > models.MaxFileSize {
		return fileProblem(field, "max_size", fmt.Sprintf("a file has at most %d bytes", models.MaxFileSize))
	}
	if !field.Type.Takes(file.ContentType) {
		return fileProblem(field, "image", "send an image: PNG, JPEG, GIF or WebP")
	}
	return nil
}

// fileProblem is a problem of a lead's file.
func fileProblem(field models.Field, code, message string) *models.FieldError {
	label := field.Label
	if label == "" {
		label = field.Name
	}
	return &models.FieldError{Field: "formData." + field.Name, Code: code, Message: fmt.Sprintf("%s: %s.", label, message)}
}
