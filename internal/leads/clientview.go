package leads

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"leadrail/models"
)

// ClientResult is what a visitor's page reported, as readers of its lead see it.
type ClientResult struct {
	Success bool   `json:"success"`
	Message string `json:"message"`
	// Data is null where the page sent none.
	Data models.Document  `json:"data"`
	At   models.Timestamp `json:"at"`
}

// addClientResult adds what the page reported in the newest run that waited for it.
func (s *Service) addClientResult(ctx context.Context, lead models.Submission, shown []Delivery) error {
	at := slices.IndexFunc(lead.Deliveries, func(d models.Delivery) bool { return d.Type == models.ActionClient })
	if at < 0 {
		return nil
	}
	result, err := s.Store.ClientResult(ctx, lead.ID, lead.Deliveries[at].RunSeq)
	if models.CodeOf(err) == models.CodeNotFound || err == nil && result.Outcome == models.ClientNothing {
		return nil
	}
	if err != nil {
		return err
	}
	var report models.ClientReport
	plain, err := s.Sealer.Open(result.Report, lead.ID)
	if err == nil {
		err = json.Unmarshal(plain, &report)
	}
	if err != nil {
		return fmt.Errorf("open client result: %w", err)
	}
	shown[at].ClientResult = &ClientResult{
		Success: result.Outcome == models.ClientSucceeded, Message: report.Message, Data: report.Data, At: models.At(result.At),
	}
	return nil
}
