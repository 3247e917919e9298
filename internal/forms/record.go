package forms

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// record makes what is stored of an input. An action keeps the id that its
// name has had in this form, also when it was removed in between.
func (s *Service) record(form models.Form, in *Input, stored []models.Destination) (store.FormRecord, error) {
	known := map[string]models.Destination{}
	for _, destination := range stored {
		known[destination.Name] = destination
	}
	definition := in.definition()
	var destinations []models.Destination
	for i, action := range in.actions() {
		destination, err := s.destination(form, action, known[action.Name])
		if err != nil {
			return store.FormRecord{}, err
		}
		definition.Actions[i].ID = destination.ActionID
		destinations = append(destinations, destination)
	}
	return store.FormRecord{
		Form: form,
		Version: models.FormVersion{
			FormID: form.ID, Version: form.Version, Definition: definition, CreatedAt: form.UpdatedAt,
		},
		Destinations: destinations,
	}, nil
}

func (s *Service) destination(form models.Form, action ActionInput, stored models.Destination) (models.Destination, error) {
	destination := models.Destination{
		ActionID: stored.ActionID, FormID: form.ID, Name: action.Name, Type: action.Type, URL: action.URL,
		Enabled: enabled(action.Enabled), UpdatedAt: form.UpdatedAt,
	}
	if action.Type == models.ActionEmail {
		destination.Recipients = append([]string{}, action.To...)
	}
	if destination.ActionID == "" {
		destination.ActionID = id.New(id.Action)
	} else if stored.Type != destination.Type {
		return models.Destination{}, models.InvalidField(action.path+".name", "taken",
			"The form has, or had, an action of this name and another type, which its leads keep: choose another name.")
	}
	if !destination.Enabled {
		destination.DisabledReason = stored.DisabledReason
	}
	return s.sealSecrets(destination, action, stored)
}

// sealSecrets fills in what is stored sealed.
func (s *Service) sealSecrets(destination models.Destination, action ActionInput, stored models.Destination) (models.Destination, error) {
	switch {
	case action.WebhookURL == Mask && len(stored.SealedURL) == 0:
		return destination, models.InvalidField(action.path+".webhookUrl", "masked", "No URL is stored for this action: send one.")
	case action.WebhookURL == Mask:
		destination.SealedURL = stored.SealedURL
	case action.WebhookURL != "":
		destination.SealedURL = s.Sealer.Seal([]byte(action.WebhookURL), destination.ActionID)
	}
	headers, err := s.keepMasked(action, stored)
	if err != nil || len(headers) == 0 {
		return destination, err
	}
	plain, err := json.Marshal(headers)
	if err != nil {
		return destination, fmt.Errorf("encode headers: %w", err)
	}
	destination.Headers = s.Sealer.Seal(plain, destination.ActionID)
	return destination, nil
}

// keepMasked puts the stored values back where the author sent the mask.
func (s *Service) keepMasked(action ActionInput, stored models.Destination) (map[string]string, error) {
	old, err := s.openHeaders(stored)
	if err != nil {
		return nil, err
	}
	kept := maps.Clone(action.Headers)
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		if kept[name] != Mask {
			continue
		}
		value, known := old[name]
		if !known {
			return nil, models.InvalidField(action.path+".headers."+name, "masked", "No value is stored for this header: send one.")
		}
		kept[name] = value
	}
	return kept, nil
}

func (s *Service) openHeaders(destination models.Destination) (map[string]string, error) {
	headers := map[string]string{}
	if len(destination.Headers) == 0 {
		return headers, nil
	}
	plain, err := s.Sealer.Open(destination.Headers, destination.ActionID)
	if err != nil {
		return nil, fmt.Errorf("open headers: %w", err)
	}
	if err := json.Unmarshal(plain, &headers); err != nil {
		return nil, fmt.Errorf("open headers: %w", err)
	}
	return headers, nil
}
