package rules_test

import (
	"encoding/json"
	"fmt"
	"time"

	"leadrail/internal/rules"
	"leadrail/models"
)

func ExampleHolds() {
	var condition models.Condition
	err := json.Unmarshal([]byte(`{"all": [
		{"field": "budget", "op": "gte", "value": 5000},
		{"not": {"field": "email", "op": "matches", "value": "@example\\.com$"}}
	]}`), &condition)
	if err != nil {
		fmt.Println(err)
	}
	lead := rules.Facts{Data: map[string]any{"budget": 9000, "email": "ada@example.org"}}
	fmt.Println(rules.Holds(condition, lead))
	// Output: true
}

func ExampleCheck() {
	schema := rules.Schema{Fields: []models.Field{{Name: "budget", Type: models.FieldNumber}}}
	condition := models.Condition{Not: &models.Condition{Field: "budgte", Op: models.OpGte, Value: 5000}}
	for _, problem := range rules.Check("when", condition, schema) {
		fmt.Println(problem.Field, problem.Code, problem.Message)
	}
	// Output: when.not.field unknown_field "budgte" is not known. Did you mean "budget"?
}

func ExampleAssign() {
	members := []models.Member{{Email: "ada@example.com", Weight: 2}, {Email: "bob@example.com", Weight: 1}}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for range 3 {
		var email string
		email, members, _ = rules.Assign(members, now)
		fmt.Println(email)
	}
	// Output:
	// ada@example.com
	// bob@example.com
	// ada@example.com
}
