package leads

import (
	"context"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/rules"
	"leadrail/internal/store"
	"leadrail/models"
)

// TeamStore keeps teams, and how leads are routed to them.
type TeamStore interface {
	TeamReader
	TeamWriter
	RoutingStore
}

// TeamReader reads teams.
type TeamReader interface {
	Team(ctx context.Context, id string) (models.Team, error)
	Teams(ctx context.Context, filter store.TeamFilter) ([]models.Team, error)
	TeamNames(ctx context.Context) (map[string]string, error)
}

// TeamWriter changes teams.
type TeamWriter interface {
	CreateTeam(ctx context.Context, team models.Team) error
	ReplaceTeam(ctx context.Context, team models.Team) error
	DeleteTeam(ctx context.Context, id string) error
}

// Teams is the use cases of teams and of the routing to them. It is safe for
// concurrent use.
type Teams struct {
	Store TeamStore
	Now   func() time.Time
}

// TeamInput is a team as its owner writes it. ID, CreatedAt and UpdatedAt are
// taken and ignored, so that a team that was read can be sent back.
type TeamInput struct {
	Name string `json:"name"`
	// Emails are told of every lead of the team, besides its assignee.
	Emails  []string        `json:"emails"`
	Members []models.Member `json:"members"`

	ID        string `json:"id"`
	CreatedAt string `json:"createdAt"`
	UpdatedAt string `json:"updatedAt"`
}

// Team is a team as its owner sees it, with the defaults filled in.
type Team struct {
	ID        string           `json:"id"`
	Name      string           `json:"name"`
	Emails    []string         `json:"emails"`
	Members   []models.Member  `json:"members"`
	CreatedAt models.Timestamp `json:"createdAt"`
	UpdatedAt models.Timestamp `json:"updatedAt"`
}

// Target is the team's id.
func (t Team) Target() string { return t.ID }

// TeamRef names a team.
type TeamRef struct {
	ID string `json:"-" uri:"id"`
}

// CreateTeam stores a new team. Errors are invalid (the definition, one problem
// per place) and conflict (the name is taken).
func (t *Teams) CreateTeam(ctx context.Context, in TeamInput) (Team, error) {
	team, err := in.team()
	if err != nil {
		return Team{}, err
	}
	team.ID, team.CreatedAt = id.New(id.Team), t.Now()
	team.UpdatedAt = team.CreatedAt
	if err := t.Store.CreateTeam(ctx, team); err != nil {
		return Team{}, err
	}
	return viewTeam(team), nil
}

// ReplaceTeamInput is a team's new definition.
type ReplaceTeamInput struct {
	TeamRef
	TeamInput
}

// ReplaceTeam changes a team. Members who stay, by their address, keep their
// place in the round robin. Errors are those of CreateTeam, and not found.
func (t *Teams) ReplaceTeam(ctx context.Context, in ReplaceTeamInput) (Team, error) {
	team, err := in.team()
	if err != nil {
		return Team{}, err
	}
	stored, err := t.Store.Team(ctx, in.TeamRef.ID)
	if err != nil {
		return Team{}, err
	}
	team.ID, team.CreatedAt, team.UpdatedAt = stored.ID, stored.CreatedAt, t.Now()
	if err := t.Store.ReplaceTeam(ctx, team); err != nil {
		return Team{}, err
	}
	return viewTeam(team), nil
}

// Team reads a team.
func (t *Teams) Team(ctx context.Context, ref TeamRef) (Team, error) {
	team, err := t.Store.Team(ctx, ref.ID)
	if err != nil {
		return Team{}, err
	}
	return viewTeam(team), nil
}

// TeamListInput selects a page of teams.
type TeamListInput struct {
	Limit  int    `form:"limit"`
	Cursor string `form:"cursor"`
}

// Teams lists teams by name.
func (t *Teams) Teams(ctx context.Context, in TeamListInput) (models.Page[Team], error) {
	limit, err := models.CheckLimit(in.Limit)
	if err != nil {
		return models.Page[Team]{}, err
	}
	after, err := models.ReadCursor[string](in.Cursor)
	if err != nil {
		return models.Page[Team]{}, err
	}
	filter := store.TeamFilter{Limit: limit + 1}
	if after != nil {
		filter.After = *after
	}
	rows, err := t.Store.Teams(ctx, filter)
	if err != nil {
		return models.Page[Team]{}, err
	}
	return models.NewPage(rows, limit, viewTeam, func(last models.Team) string { return last.Name })
}

// DeleteTeam removes a team. Leads keep its name. Errors are not found and
// conflict: the routing names the team.
func (t *Teams) DeleteTeam(ctx context.Context, ref TeamRef) error {
	return t.Store.DeleteTeam(ctx, ref.ID)
}

// team checks the input and fills in the defaults: the weight 1, UTC, and no
// list that is null.
func (in TeamInput) team() (models.Team, error) {
	team := models.Team{Name: in.Name, Emails: append([]string{}, in.Emails...), Members: append([]models.Member{}, in.Members...)}
	if problems := rules.CheckTeam(team); len(problems) > 0 {
		return models.Team{}, &models.Error{Code: models.CodeInvalid, Message: "The team has problems.", Fields: problems}
	}
	for i := range team.Members {
		member := &team.Members[i]
		member.Weight = max(1, member.Weight)
		if member.TimeZone == "" {
			member.TimeZone = "UTC"
		}
		member.Hours = append([]models.Hours{}, member.Hours...)
		for j := range member.Hours {
			member.Hours[j].Days = append([]string{}, member.Hours[j].Days...)
		}
	}
	return team, nil
}

func viewTeam(team models.Team) Team {
	return Team{
		ID:        team.ID,
		Name:      team.Name,
		Emails:    team.Emails,
		Members:   append([]models.Member{}, team.Members...),
		CreatedAt: models.At(team.CreatedAt),
		UpdatedAt: models.At(team.UpdatedAt),
	}
}
