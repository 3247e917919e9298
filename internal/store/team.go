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
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := tx.Omit("Members").Create(&team).Error; err != nil {
			return err
		}
		return saveMembers(tx, team)
	})
	return teamError(err, team)
}

// ReplaceTeam stores a team's new definition. Members who stay keep their
// standing in the assignment. Errors are not found and conflict.
func (s *Store) ReplaceTeam(ctx context.Context, team models.Team) error {
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if _, err := lockTeam(tx, team.ID); err != nil {
			return read(err, "team")
		}
		if err := tx.Model(&team).Select("Name", "Emails", "UpdatedAt").Updates(&team).Error; err != nil {
			return err
		}
		staying := []string{""} // an empty list would keep everybody
		for _, member := range team.Members {
			staying = append(staying, member.Email)
		}
		err := tx.Delete(&models.Member{}, "team_id = ? AND email NOT IN ?", team.ID, staying).Error
		if err != nil {
			return err
		}
		return saveMembers(tx, team)
	})
	return teamError(err, team)
}

// saveMembers writes what the owner of a team says of its members, and not
// where they stand in the assignment.
func saveMembers(tx *gorm.DB, team models.Team) error {
	if len(team.Members) == 0 {
		return nil
	}
	rows := make([]models.Member, len(team.Members))
	for i, member := range team.Members {
		member.TeamID, member.Position = team.ID, i
		rows[i] = member
	}
	return tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "team_id"}, {Name: "email"}},
		DoUpdates: clause.AssignmentColumns([]string{"position", "weight", "capacity", "hours", "time_zone", "away"}),
	}).Create(&rows).Error
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

// lockTeam makes assignments and changes of one team wait for each other, and
// reads its id and name.
func lockTeam(tx *gorm.DB, id string) (models.Team, error) {
	var team models.Team
	err := forUpdate(tx).Select("id", "name").Take(&team, "id = ?", id).Error
	return team, err
}

func forUpdate(tx *gorm.DB) *gorm.DB {
	return tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
}

// Team reads a team with its members, in their order.
func (s *Store) Team(ctx context.Context, id string) (models.Team, error) {
	var team models.Team
	if err := withMembers(s.db.WithContext(ctx)).Take(&team, "id = ?", id).Error; err != nil {
		return models.Team{}, read(err, "team")
	}
	return team, nil
}

// TeamFilter selects a page of teams.
type TeamFilter struct {
	// After, when set, is the name that the page continues behind.
	After string
	// Limit is the size of the page; it must be positive.
	Limit int
}

// Teams reads a page of teams with their members, by name.
func (s *Store) Teams(ctx context.Context, filter TeamFilter) ([]models.Team, error) {
	query := withMembers(s.db.WithContext(ctx)).Order("name").Limit(filter.Limit)
	if filter.After != "" {
		query = query.Where("name > ?", filter.After)
	}
	var teams []models.Team
	if err := query.Find(&teams).Error; err != nil {
		return nil, wrap(err, "read teams")
	}
	return teams, nil
}

// TeamNames reads the name of every team, by id.
func (s *Store) TeamNames(ctx context.Context) (map[string]string, error) {
	var teams []models.Team
	if err := s.db.WithContext(ctx).Select("id", "name").Find(&teams).Error; err != nil {
		return nil, wrap(err, "read teams")
	}
	names := make(map[string]string, len(teams))
	for _, team := range teams {
		names[team.ID] = team.Name
	}
	return names, nil
}

func withMembers(db *gorm.DB) *gorm.DB {
	return db.Preload("Members", func(tx *gorm.DB) *gorm.DB { return tx.Order("position") })
}
