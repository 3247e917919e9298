package forms

import (
	"encoding/json"
	"fmt"
)

// Input is the form as its author would send it back unchanged.
func (v View) Input() (Input, error) {
	var in Input
	encoded, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(encoded, &in)
	}
	if err != nil {
		return Input{}, fmt.Errorf("edit a form: %w", err)
	}
	return in, nil
}
