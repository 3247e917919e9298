package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"leadrail/models"
)

// CreateTeam stores a new team. A conflict means that the name is taken.
func (s *Store) CreateTeam(ctx context.Context, team models.Team) error {
	return teamError(s.db.WithContext(ctx).Create(&team).Error, team)
}

// ReplaceTeam stores a team's new definition. Members who stay keep their
// standing in the assignment. Errors are not found and conflict.
func (s *Store) ReplaceTeam(ctx context.Context, team models.Team) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := lockTeam(tx, team.ID); err != nil {
			return err
		}
		err := tx.Model(&team).Select("Name", "Emails", "UpdatedAt").Updates(&team).Error
		if err != nil {
			return err
		}
		emails := make([]string, len(team.Members))
		for i, member := range team.Members {
			emails[i] = member.Email
		}
		gone := tx.Where("team_id = ?", team.ID)
		if len(emails) > 0 {
			gone = gone.Where("email NOT IN ?", emails)
		}
		if err := gone.Delete(&models.Member{}).Error; err != nil {
			return err
		}
		if len(team.Members) == 0 {
			return nil
		}
		return tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "team_id"}, {Name: "email"}},
			DoUpdates: clause.AssignmentColumns([]string{"position", "weight", "capacity", "hours", "time_zone", "away"}),
		}).Create(&team.Members).Error
	})
	return teamError(err, team)
}

func teamError(err error, team models.Team) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return &models.Error{
			Code: models.CodeConflict, Reason: "name_taken",
			Message: fmt.Sprintf("Another team is called %q.", team.Name),
		}
	}
	return wrap(err, "write team")
}

// lockTeam makes assignments and changes of one team wait for each other.
func lockTeam(tx *gorm.DB, id string) error {
	var team models.Team
	err := tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Select("id").Take(&team, "id = ?", id).Error
	return read(err, "team")
}

// Team reads a team with its members.
func (s *Store) Team(ctx context.Context, id string) (models.Team, error) {
	var team models.Team
	if err := withMembers(s.db.WithContext(ctx)).Take(&team, "id = ?", id).Error; err != nil {
		return models.Team{}, read(err, "team")
	}
	return team, nil
}

// Teams reads every team, by name.
func (s *Store) Teams(ctx context.Context) ([]models.Team, error) {
	var teams []models.Team
	if err := withMembers(s.db.WithContext(ctx)).Order("name").Find(&teams).Error; err != nil {
		return nil, wrap(err, "read teams")
	}
	return teams, nil
}

// DeleteTeam removes a team. Leads keep the name of the team they went to.
func (s *Store) DeleteTeam(ctx context.Context, id string) error {
	deleted := s.db.WithContext(ctx).Delete(&models.Team{}, "id = ?", id)
	if deleted.Error == nil && deleted.RowsAffected == 0 {
		return models.Errorf(models.CodeNotFound, "There is no such team.")
	}
	return wrap(deleted.Error, "delete team")
}

func withMembers(db *gorm.DB) *gorm.DB {
	return db.Preload("Members", func(tx *gorm.DB) *gorm.DB { return tx.Order("position") })
}

// Routing reads how leads are routed; the zero Routing where nobody said.
func (s *Store) Routing(ctx context.Context) (models.Routing, error) {
	routing := models.Routing{ID: 1, Rules: []models.RoutingRule{}}
	err := s.db.WithContext(ctx).Take(&routing, "id = 1").Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Routing{}, wrap(err, "read routing")
	}
	return routing, nil
}

// SaveRouting replaces how leads are routed.
func (s *Store) SaveRouting(ctx context.Context, routing models.Routing) error {
	routing.ID = 1
	err := s.db.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).Create(&routing).Error
	return wrap(err, "write routing")
}
