package store

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"leadrail/models"
)

// Routing reads how leads are routed: nowhere, until somebody says.
func (s *Store) Routing(ctx context.Context) (models.Routing, error) {
	routing, err := takeRouting(s.db.WithContext(ctx))
	return routing, wrap(err, "read routing")
}

// takeRouting reads the one row, which the migrations made.
func takeRouting(db *gorm.DB) (models.Routing, error) {
	var routing models.Routing
	err := db.Take(&routing, "id = 1").Error
	return routing, err
}

// SaveRouting replaces how leads are routed. A conflict means that a team
// which it names does not exist, or does no more.
func (s *Store) SaveRouting(ctx context.Context, routing models.Routing) error {
	routing.ID = 1
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if _, err := takeRouting(forUpdate(tx)); err != nil {
			return err
		}
		named := slices.Compact(slices.Sorted(slices.Values(routing.Teams())))
		var known int64
		if err := tx.Model(&models.Team{}).Where("id IN ?", named).Count(&known).Error; err != nil {
			return err
		}
		if int(known) < len(named) {
			return models.Errorf(models.CodeConflict, "A team was deleted meanwhile: read the teams again and repeat the change.")
		}
		return tx.Save(&routing).Error
	})
	return wrap(err, "write routing")
}

// DeleteTeam removes a team. Leads keep the name of the team they went to. A
// conflict means that the routing still names it; the lock on the routing
// keeps it from doing so at the same moment.
func (s *Store) DeleteTeam(ctx context.Context, id string) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		routing, err := takeRouting(forUpdate(tx))
		if err != nil {
			return err
		}
		if slices.Contains(routing.Teams(), id) {
			return &models.Error{
				Code: models.CodeConflict, Reason: "team_in_use",
				Message: "The routing sends leads to this team: change the routing first.",
			}
		}
		deleted := tx.Delete(&models.Team{}, "id = ?", id)
		if deleted.Error == nil && deleted.RowsAffected == 0 {
			return gorm.ErrRecordNotFound
		}
		return deleted.Error
	})
	return read(err, "team")
}
