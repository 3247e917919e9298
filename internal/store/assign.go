package store

import (
	"errors"
	"time"

	"gorm.io/gorm"

	"leadrail/internal/rules"
	"leadrail/models"
)

// assign gives a lead to the member of a team whose turn it is at now, and
// moves the turn on. The lock on the team lasts until tx ends, so assignments
// of one team wait for each other and none is counted twice; a rollback takes
// the turn back. A team that is gone is no error: the lead stays unassigned,
// and the reasons say so.
func assign(tx *gorm.DB, teamID string, now time.Time) (models.Assignment, error) {
	team, err := lockTeam(tx, teamID)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return models.Assignment{Reasons: []string{"the team was deleted meanwhile"}}, nil
	}
	if err != nil {
		return models.Assignment{}, err
	}
	// Only now: a statement sees what was stored when it began, and this one
	// must see the turn of whoever held the lock before.
	if err := tx.Order("position").Find(&team.Members, "team_id = ?", teamID).Error; err != nil {
		return models.Assignment{}, err
	}
	assignee, next, reasons := rules.Assign(team.Members, now)
	if assignee != "" {
		err = saveTurn(tx, next)
	}
	return models.Assignment{TeamID: team.ID, Team: team.Name, Assignee: assignee, Reasons: reasons}, err
}

// saveTurn writes where the members of a team stand, in one statement.
func saveTurn(tx *gorm.DB, members []models.Member) error {
	rows := make([]map[string]any, len(members))
	for i, member := range members {
		rows[i] = map[string]any{"email": member.Email, "credit": member.Credit, "day": member.Day, "taken": member.Taken}
	}
	encoded, err := models.NewDocument(rows)
	if err != nil {
		return err
	}
	return tx.Exec(`
		UPDATE team_members SET credit = m.credit, day = m.day, taken = m.taken
		FROM jsonb_to_recordset(?::jsonb) AS m (email text, credit bigint, day text, taken bigint)
		WHERE team_members.team_id = ? AND team_members.email = m.email
		      AND (team_members.credit, team_members.day, team_members.taken) <> (m.credit, m.day, m.taken)`,
		encoded, members[0].TeamID).Error
}
