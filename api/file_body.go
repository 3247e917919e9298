package api

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"slices"

	"leadrail/internal/leads"
	"leadrail/models"
)

// uploadParts are the parts of an upload, each of which there must be once.
func uploadParts() []string { return []string{"formId", "field", "file"} }

// How much of a part is read: one byte more than a file may have tells of one
// that is too large, and what is cut off another part was no id and no name.
const (
	maxFilePart = models.MaxFileSize + 1
	maxTextPart = 1 << 10
)

// readUpload reads each part of an upload once, in whatever order, and nothing
// else.
func readUpload(r *http.Request) (leads.UploadInput, error) {
	reader, err := r.MultipartReader()
	if err != nil {
		return leads.UploadInput{}, malformed("Send multipart/form-data with the parts formId, field and file.")
	}
	var in leads.UploadInput
	read := map[string][]byte{}
	for {
		part, err := reader.NextPart()
		if err == io.EOF { //nolint:errorlint // wrapped, it means that the rest is missing
			break
		}
		if err != nil {
			return leads.UploadInput{}, uploadError(err)
		}
		name := part.FormName()
		if read[name], err = readPart(part, read); err != nil {
			return leads.UploadInput{}, err
		}
		if name == "file" {
			in.Name = part.FileName()
		}
	}
	for _, name := range uploadParts() {
		if _, sent := read[name]; !sent {
			return leads.UploadInput{}, models.InvalidField(name, "required", "Send the parts formId, field and file.")
		}
	}
	in.FormID, in.Field, in.Content = string(read["formId"]), string(read["field"]), read["file"]
	return in, nil
}

// readPart reads a part that is known and new.
func readPart(part *multipart.Part, read map[string][]byte) ([]byte, error) {
	name := part.FormName()
	if !slices.Contains(uploadParts(), name) {
		return nil, unknownField(clip(name), name, uploadParts())
	}
	if _, twice := read[name]; twice {
		return nil, duplicate("duplicate_field", "part", name)
	}
	limit := int64(maxTextPart)
	if name == "file" {
		limit = maxFilePart
	}
	content, err := io.ReadAll(io.LimitReader(part, limit))
	if err != nil {
		return nil, uploadError(err)
	}
	return content, nil
}

func uploadError(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return bodyError(err)
	}
	return malformed("The body did not arrive whole.")
}
