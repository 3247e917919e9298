package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

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

// ErrRelayed says that another relay is at work on the intake.
var ErrRelayed = errors.New("another relay has the intake")

// Bounds of a relay's hold on the intake. The lock is the database's own, of any
// number that nothing else uses; a relay that freezes loses it with its
// transaction.
const (
	relayLock    = 7_204_615_093_128
	relayIdleFor = "10s"
)

// RelayIntake takes the oldest leads, has their workflows started, and forgets
// those that were. It returns how many it took. One relay at a time does so, or
// leads would overtake each other: for the others it is ErrRelayed. Leads whose
// start failed stay, and so do all of a batch whose relay dies: a workflow that is
// started twice exists once.
func (s *Store) RelayIntake(ctx context.Context, limit int, start func([]models.Intake) Relayed) (taken int, err error) {
	var waiting bool
	err = s.db.WithContext(ctx).Raw("SELECT EXISTS (SELECT 1 FROM intake WHERE conflict = '')").Scan(&waiting).Error
	if err != nil || !waiting {
		return 0, wrap(err, "look into the intake")
	}
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := holdIntake(tx); err != nil {
			return err
		}
		var batch []models.Intake
		if err := tx.Order("seq").Limit(limit).Find(&batch, "conflict = ''").Error; err != nil || len(batch) == 0 {
			return err
		}
		taken = len(batch)
		return settle(tx, start(batch))
	})
	return taken, wrap(err, "relay intake")
}

// holdIntake makes the transaction the one that relays, or returns ErrRelayed.
func holdIntake(tx *gorm.DB) error {
	var held bool
	err := tx.Raw("SELECT set_config('idle_in_transaction_session_timeout', ?, true) <> '' AND pg_try_advisory_xact_lock(?)",
		relayIdleFor, relayLock).Scan(&held).Error
	if err == nil && !held {
		return ErrRelayed
	}
	return err
}

// Stored counts those of the leads that are submissions by now.
func (s *Store) Stored(ctx context.Context, ids []string) (int, error) {
	var stored int64
	err := s.db.WithContext(ctx).Model(&models.Submission{}).Where("id IN ?", ids).Count(&stored).Error
	return int(stored), wrap(err, "count submissions")
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
