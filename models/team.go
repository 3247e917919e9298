package models

import "time"

// Team is a group of people that leads are routed to.
type Team struct {
	ID   string `gorm:"primaryKey"`
	Name string
	// Emails are told of every lead of the team by actions that say so.
	Emails    []string `gorm:"serializer:json;type:jsonb"`
	Members   []Member `gorm:"foreignKey:TeamID"`
	CreatedAt time.Time
	UpdatedAt time.Time
}

// Member is one person of a team who takes leads.
type Member struct {
	TeamID string `gorm:"primaryKey"`
	Email  string `gorm:"primaryKey"`
	// Position is the member's place in the team's list.
	Position int
	// Weight is the member's share of the leads, relative to the others'.
	Weight int
	// Capacity is the most leads a day, in the member's time zone; 0 means no
	// limit.
	Capacity int
	// Hours are when the member takes leads; none means always.
	Hours []Hours `gorm:"serializer:json;type:jsonb"`
	// TimeZone is an IANA name such as "Europe/Berlin"; empty means UTC.
	TimeZone string
	Away     bool

	// Turn, Day and Taken are the state of the fair assignment: the member's
	// standing in the round, and how many leads it took on Day.
	Turn  int
	Day   string
	Taken int
}

// TableName names the table.
func (Member) TableName() string { return "team_members" }

// Hours is a span of the day on some days of the week.
type Hours struct {
	// Days are "mon" to "sun".
	Days []string `json:"days"`
	// From and To are "HH:MM"; a span whose end is not after its start goes on
	// past midnight.
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
	UpdatedAt    time.Time
}

// TableName names the table.
func (Routing) TableName() string { return "routing" }

// Assignment is where a lead was routed, and why.
type Assignment struct {
	// Team is the team's name, empty for none.
	Team string `json:"team"`
	// Assignee is the member's address; empty when nobody was available.
	Assignee string   `json:"assignee"`
	Reasons  []string `json:"reasons"`
}
