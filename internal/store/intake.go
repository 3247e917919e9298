package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// SaveIntake keeps an accepted lead until its workflow is started. A lead that
// is known already, here or as a submission, is not saved again; saved is then
// false.
func (s *Store) SaveIntake(ctx context.Context, lead models.Intake) (saved bool, err error) {
	result := s.db.WithContext(ctx).Exec(`
		INSERT INTO intake (id, form_id, form_version, form_name, agent_id, digest, lead, accepted_at, conflict)
		SELECT ?, ?, ?::bigint, ?, ?, ?, ?::bytea, ?::timestamptz, ''
		WHERE NOT EXISTS (SELECT 1 FROM submissions WHERE id = ?)
		ON CONFLICT (id) DO NOTHING`,
		lead.ID, lead.FormID, lead.FormVersion, lead.FormName, lead.AgentID, lead.Digest, []byte(lead.Lead), lead.AcceptedAt, lead.ID)
	return result.RowsAffected == 1, wrap(result.Error, "save intake")
}

// Intake reads a lead that waits for its workflow.
func (s *Store) Intake(ctx context.Context, id string) (models.Intake, error) {
	var lead models.Intake
	if err := s.db.WithContext(ctx).Take(&lead, "id = ?", id).Error; err != nil {
		return models.Intake{}, read(err, "submission")
	}
	return lead, nil
}

// Acceptance reads what a stored or waiting lead is recognised by.
func (s *Store) Acceptance(ctx context.Context, id string) (models.Acceptance, error) {
	var found models.Acceptance
	err := s.db.WithContext(ctx).Raw(`
		SELECT digest, form_version FROM submissions WHERE id = ?
		UNION ALL SELECT digest, form_version FROM intake WHERE id = ? LIMIT 1`, id, id).Take(&found).Error
	if err != nil {
		return models.Acceptance{}, read(err, "submission")
	}
	return found, nil
}

// IntakeDepth counts what waits.
func (s *Store) IntakeDepth(ctx context.Context) (models.IntakeDepth, error) {
	var depth models.IntakeDepth
	err := s.db.WithContext(ctx).Raw(`
		SELECT count(*) FILTER (WHERE conflict = '') AS waiting, count(*) FILTER (WHERE conflict <> '') AS conflicts,
		       min(accepted_at) FILTER (WHERE conflict = '') AS oldest FROM intake`).Scan(&depth).Error
	return depth, wrap(err, "count intake")
}

// Relayed is what became of the leads of one batch.
type Relayed struct {
	// Started are the ids of leads whose workflows exist now.
	Started []string
	// Conflicts are the reasons, by id, of leads that can never be started.
	Conflicts map[string]string
}

// RelayIntake takes the oldest leads that no other relay holds, has their
// workflows started, and forgets those that were. It returns how many it took.
// Leads whose start failed stay, and so do all of a batch whose relay dies: a
// workflow that is started twice exists once.
func (s *Store) RelayIntake(ctx context.Context, limit int, start func([]models.Intake) Relayed) (taken int, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		var batch []models.Intake
		err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate, Options: clause.LockingOptionsSkipLocked}).
			Order("seq").Limit(limit).Find(&batch, "conflict = ''").Error
		if err != nil || len(batch) == 0 {
			return err
		}
		taken = len(batch)
		return settle(tx, start(batch))
	})
	return taken, wrap(err, "relay intake")
}

// settle removes what was started and marks what conflicts.
func settle(tx *gorm.DB, relayed Relayed) error {
	if len(relayed.Started) > 0 {
		if err := tx.Delete(&models.Intake{}, "id IN ?", relayed.Started).Error; err != nil {
			return err
		}
	}
	for id, reason := range relayed.Conflicts { // of the rarest: two bodies under one key
		if err := tx.Model(&models.Intake{}).Where("id = ?", id).Update("conflict", reason).Error; err != nil {
			return err
		}
	}
	return nil
}

// InstallationSecret reads the secret that is the same on every machine of the
// installation, and was made with its database.
func (s *Store) InstallationSecret(ctx context.Context) (string, error) {
	var secret string
	err := s.db.WithContext(ctx).Raw("SELECT secret FROM installation WHERE id = 1").Scan(&secret).Error
	return secret, wrap(err, "read the installation's secret")
}
