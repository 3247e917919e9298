package leads

import (
	"context"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// fileBudget bounds how long the files of a lead may take; a lead without files
// does not ask for any.
const fileBudget = time.Second

// attachments are the files that come with a lead, while it is checked.
type attachments struct {
	form         models.Form
	submissionID string
	// fields are those of the form that take files.
	fields []models.Field
	// inline are the files that came as data URLs, by field.
	inline map[string]inlineFile
}

// inlineFile is a file inside the form data, or what is wrong with it.
type inlineFile struct {
	upload  models.Upload
	problem *models.FieldError
}

// attached finds the files in form data. A data URL is replaced by the id that
// its file will have: the same whenever the request is repeated. Nothing is
// stored yet, because a field that is hidden is dropped with its file.
func (s *Service) attached(form models.Form, definition models.FormDefinition, submissionID string, data map[string]any) attachments {
	files := attachments{form: form, submissionID: submissionID, inline: map[string]inlineFile{}}
	for _, field := range definition.Fields {
		if !field.Type.TakesFiles() {
			continue
		}
		files.fields = append(files.fields, field)
		if text, ok := data[field.Name].(string); ok && isDataURL(text) {
			inline := s.readInline(files, field, text)
			files.inline[field.Name] = inline
			data[field.Name] = inline.upload.ID
		}
	}
	return files
}

func (s *Service) readInline(files attachments, field models.Field, text string) inlineFile {
	content, ok := decodeDataURL(text)
	upload := s.newFile(files.form, field.Name, "", content)
	upload.ID = id.Derived(id.File, s.Secret, files.submissionID, field.Name, upload.SHA256)
	upload.ReferencedAt = &upload.CreatedAt
	if !ok {
		return inlineFile{upload: upload, problem: fileProblem(field, "file", "a data URL is encoded in base64")}
	}
	return inlineFile{upload: upload, problem: checkFile(field, upload.File)}
}

// problems are those of data URLs in fields that are shown.
func (a attachments) problems(accepted map[string]any) []models.FieldError {
	var problems []models.FieldError
	for _, field := range a.fields {
		if problem := a.inline[field.Name].problem; problem != nil && accepted[field.Name] != nil {
			problems = append(problems, *problem)
		}
	}
	return problems
}

// keep stores the files of accepted form data, or marks them as named by a
// lead, and describes them in the form's order. From here on they stay, also
// when nothing becomes of the lead: whether it was accepted is not always known.
// Errors are invalid (a file that the lead cannot have) and unavailable.
func (s *Service) keep(ctx context.Context, a attachments, accepted map[string]any) ([]models.LeadFile, error) {
	var uploads []models.Upload
	named := map[string]string{}
	for _, field := range a.fields {
		fileID, given := accepted[field.Name].(string)
		inline, sent := a.inline[field.Name]
		switch {
		case !given:
		case sent:
			uploads = append(uploads, inline.upload)
		default:
			named[field.Name] = fileID
		}
	}
	if len(named)+len(uploads) == 0 {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, fileBudget)
	defer cancel()
	byField, err := s.refer(ctx, a, named)
	if err != nil {
		return nil, err
	}
	if len(uploads) > 0 {
		if err := s.Files.SaveFiles(ctx, uploads); err != nil {
			return nil, err
		}
	}
	for _, upload := range uploads {
		byField[upload.Field] = upload.File
	}
	return a.describe(byField), nil
}

// refer finds the uploaded files that a lead names by their fields.
func (s *Service) refer(ctx context.Context, a attachments, named map[string]string) (map[string]models.File, error) {
	byField := map[string]models.File{}
	if len(named) == 0 {
		return byField, nil
	}
	found, err := s.Files.ReferFiles(ctx, store.FileReferences{
		SubmissionID: a.submissionID, FormID: a.form.ID, IDs: named, At: s.Now().UTC(),
	})
	if err != nil {
		return nil, err
	}
	for _, file := range found {
		byField[file.Field] = file
	}
	var problems []models.FieldError
	for _, field := range a.fields {
		if named[field.Name] == "" {
			continue
		}
		file, known := byField[field.Name]
		if !known {
			problems = append(problems, *fileProblem(field, "file", "there is no such file any more; upload it again"))
		} else if problem := checkFile(field, file); problem != nil {
			problems = append(problems, *problem)
		}
	}
	if len(problems) > 0 {
		return nil, invalidSubmission(problems)
	}
	return byField, nil
}

func (a attachments) describe(byField map[string]models.File) []models.LeadFile {
	var files []models.LeadFile
	for _, field := range a.fields {
		if file, ok := byField[field.Name]; ok {
			files = append(files, file.ForLead())
		}
	}
	return files
}
