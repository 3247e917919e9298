package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// FormRecord is a form with one version of its definition and the live
// destinations of its actions.
type FormRecord struct {
	Form         models.Form
	Version      models.FormVersion
	Destinations []models.Destination
	// Secret is that of a new form; it is not read back.
	Secret models.Secret
}

// CreateForm stores a new form with its first version. A conflict means that
// the agent has a form of that name.
func (s *Store) CreateForm(ctx context.Context, record FormRecord) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Create(&record.Form).Error; err != nil {
			return err
		}
		if err := tx.Create(&record.Version).Error; err != nil {
			return err
		}
		if record.Secret.FormID != "" {
			if err := tx.Create(&record.Secret).Error; err != nil {
				return err
			}
		}
		return saveDestinations(tx, record.Destinations)
	})
	return formError(err, record.Form)
}

// ReplaceForm stores a new version of a form, whose number is the current one
// plus 1, and updates the destinations. A conflict means that someone else
// changed or deleted the form since, or that the new name is taken.
func (s *Store) ReplaceForm(ctx context.Context, record FormRecord) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		updated := tx.Model(&models.Form{}).
			Where("id = ? AND version = ? AND deleted_at IS NULL", record.Form.ID, record.Form.Version-1).
			Select("AgentID", "Name", "Version", "Enabled", "AlertEmail", "UpdatedAt").
			Updates(&record.Form)
		if updated.Error != nil {
			return updated.Error
		}
		if updated.RowsAffected == 0 {
			return ErrFormChanged()
		}
		if err := tx.Create(&record.Version).Error; err != nil {
			return err
		}
		return saveDestinations(tx, record.Destinations)
	})
	return formError(err, record.Form)
}

func saveDestinations(tx *gorm.DB, destinations []models.Destination) error {
	if len(destinations) == 0 {
		return nil
	}
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "action_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"url", "sealed_url", "headers", "recipients", "enabled", "disabled_reason", "updated_at"}),
	}).Create(&destinations).Error
}

func formError(err error, form models.Form) error {
	var coded *models.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &coded):
		return coded
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return &models.Error{
			Code: models.CodeConflict, Reason: "name_taken",
			Message: fmt.Sprintf("The agent has another form called %q.", form.Name),
		}
	default:
		return wrap(err, "write form")
	}
}

// Form reads a form at its newest version. One that was deleted is not found.
func (s *Store) Form(ctx context.Context, id string) (FormRecord, error) {
	return s.form(ctx, "id = ? AND deleted_at IS NULL", id)
}

func (s *Store) form(ctx context.Context, where, id string) (FormRecord, error) {
	var record FormRecord
	db := s.db.WithContext(ctx)
	if err := db.Take(&record.Form, where, id).Error; err != nil {
		return FormRecord{}, read(err, "form")
	}
	if err := db.Take(&record.Version, "form_id = ? AND version = ?", id, record.Form.Version).Error; err != nil {
		return FormRecord{}, read(err, "form version")
	}
	if err := db.Order("action_id").Find(&record.Destinations, "form_id = ?", id).Error; err != nil {
		return FormRecord{}, wrap(err, "read destinations")
	}
	return record, nil
}

// FormVersion reads one version of a form's definition.
func (s *Store) FormVersion(ctx context.Context, id string, version int) (models.FormVersion, error) {
	var row models.FormVersion
	if err := s.db.WithContext(ctx).Take(&row, "form_id = ? AND version = ?", id, version).Error; err != nil {
		return models.FormVersion{}, read(err, "form version")
	}
	return row, nil
}

// FormVersions reads every version of a form's definition, newest first, also
// those of a form that was deleted. It is not found when the form is unknown.
func (s *Store) FormVersions(ctx context.Context, id string) ([]models.FormVersion, error) {
	var rows []models.FormVersion
	if err := s.db.WithContext(ctx).Order("version DESC").Find(&rows, "form_id = ?", id).Error; err != nil {
		return nil, wrap(err, "read form versions")
	}
	if len(rows) == 0 {
		return nil, models.Errorf(models.CodeNotFound, "There is no such form.")
	}
	return rows, nil
}

// FormFilter selects forms. The zero filter selects all that are not deleted.
type FormFilter struct {
	AgentIDs []string
	// Before, when set, is the id that the page continues after: newest first.
	Before string
	// Limit is the size of the page; it must be positive.
	Limit int
}

// Forms reads a page of forms at their newest versions, newest form first.
func (s *Store) Forms(ctx context.Context, filter FormFilter) ([]FormRecord, error) {
	db := s.db.WithContext(ctx)
	query := db.Where("deleted_at IS NULL").Order("id DESC").Limit(filter.Limit)
	if len(filter.AgentIDs) > 0 {
		query = query.Where("agent_id IN ?", filter.AgentIDs)
	}
	if filter.Before != "" {
		query = query.Where("id < ?", filter.Before)
	}
	var forms []models.Form
	if err := query.Find(&forms).Error; err != nil {
		return nil, wrap(err, "read forms")
	}
	return s.withDefinitions(db, forms)
}

func (s *Store) withDefinitions(db *gorm.DB, forms []models.Form) ([]FormRecord, error) {
	keys := make([][]any, len(forms))
	ids := make([]string, len(forms))
	records := make([]FormRecord, len(forms))
	at := map[string]*FormRecord{}
	for i, form := range forms {
		keys[i], ids[i] = []any{form.ID, form.Version}, form.ID
		records[i].Form = form
		at[form.ID] = &records[i]
	}
	if len(forms) == 0 {
		return records, nil
	}
	var versions []models.FormVersion
	if err := db.Find(&versions, "(form_id, version) IN ?", keys).Error; err != nil {
		return nil, wrap(err, "read form versions")
	}
	for _, version := range versions {
		at[version.FormID].Version = version
	}
	var destinations []models.Destination
	if err := db.Order("action_id").Find(&destinations, "form_id IN ?", ids).Error; err != nil {
		return nil, wrap(err, "read destinations")
	}
	for _, destination := range destinations {
		at[destination.FormID].Destinations = append(at[destination.FormID].Destinations, destination)
	}
	return records, nil
}
