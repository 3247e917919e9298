package models

import "time"

// Team is a group of people that leads are routed to.
type Team struct {
	ID string `gorm:"primaryKey"`
	// Name is unique.
	Name string `gorm:"unique"`
	// Emails are told of every lead of the team by actions that say so.
	Emails    []string `gorm:"serializer:json;type:jsonb"`
	Members   []Member `gorm:"foreignKey:TeamID"`
	CreatedAt time.Time
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// Member is a person of a team who takes leads. Its JSON form is what the
// team's owner writes and reads, without the state of the assignment.
type Member struct {
	TeamID string `gorm:"primaryKey" json:"-"`
	// Email identifies the member within the team.
	Email string `gorm:"primaryKey" json:"email"`
	// Position is the member's place in the team's list, counted from 0.
	Position int `json:"-"`
	// Weight is the member's share of the leads, relative to the others'; 0
	// counts as 1.
	Weight int `json:"weight"`
	// Capacity is the most leads per day of the member's time zone; 0 means no
	// limit.
	Capacity int `json:"capacity"`
	// Hours are the working hours, in the member's time zone; none means always.
	Hours []Hours `gorm:"serializer:json;type:jsonb" json:"hours"`
	// TimeZone is an IANA name such as "Europe/Berlin"; empty means UTC.
	TimeZone string `json:"timeZone"`
	// Away members take no leads.
	Away bool `json:"away"`

	// Credit is the member's standing in the round robin: the part of a lead
	// that it is owed or, negative, ahead of its share. The unit is that of
	// rules.Assign; 0 is the standing of one who has had no turn yet.
	Credit int64 `json:"-"`
	// Day is the day of Taken in the member's time zone, "2006-01-02"; empty
	// before the first lead.
	Day string `json:"-"`
	// Taken is how many leads the member was given that day.
	Taken int `json:"-"`
}

// TableName names the table.
func (Member) TableName() string { return "team_members" }

// Hours are one range of working hours, by the clock on the wall: where it is
// set forward or back, so are they. From belongs to the range, To does not. A
// range whose From is later than its To runs over midnight, and its days are
// those on which it starts: {["fri"], "22:00", "06:00"} ends on Saturday.
type Hours struct {
	// Days are "mon" to "sun"; none means every day.
	Days []string `json:"days"`
	// From is between "00:00" and "23:59", To between "00:00" and "24:00".
	From string `json:"from"`
	To   string `json:"to"`
}

// Routing decides which team gets a lead. There is one for the installation.
type Routing struct {
	// ID is always 1.
	ID int `gorm:"primaryKey;autoIncrement:false"`
	// Rules name teams by id; the first one that holds decides.
	Rules []RoutingRule `gorm:"serializer:json;type:jsonb"`
	// FallbackTeam is the id of the team for leads that no rule catches; empty
	// leaves them without a team.
	FallbackTeam string
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
}

// TableName names the table.
func (Routing) TableName() string { return "routing" }

// Teams lists the ids of the teams that the routing names, some of them
// perhaps more than once.
func (r Routing) Teams() []string {
	var teams []string
	for _, rule := range r.Rules {
		teams = append(teams, rule.Team)
	}
	if r.FallbackTeam != "" {
		teams = append(teams, r.FallbackTeam)
	}
	return teams
}

// Assignment is where a lead was routed, and why.
type Assignment struct {
	// TeamID is the team's id, empty for none.
	TeamID string `json:"teamId,omitempty"`
	// Team is the name that the team had then, empty for none.
	Team string `json:"team"`
	// Assignee is the member's address; empty when nobody was available.
	Assignee string `json:"assignee"`
	// Reasons are sentences for people.
	Reasons []string `json:"reasons"`
	// At is when the lead was routed.
	At time.Time `json:"at"`
}
