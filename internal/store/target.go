package store

import (
	"context"

	"leadrail/models"
)

// Target reads where a run of a delivery goes that a replay sent elsewhere. It is
// not found for any other.
func (s *Store) Target(ctx context.Context, deliveryID string, runSeq int) (models.Target, error) {
	var target models.Target
	err := s.db.WithContext(ctx).Take(&target, "delivery_id = ? AND run_seq = ?", deliveryID, runSeq).Error
	return target, read(err, "target")
}

// addTargets reads where the leads' deliveries were sent elsewhere. Only a replay
// does that: where there was none, nothing is asked.
func (s *Store) addTargets(ctx context.Context, leads []models.Submission) error {
	replayed := map[string]*models.Delivery{}
	ids := []string{}
	for _, lead := range leads {
		for i := range lead.Deliveries {
			if delivery := &lead.Deliveries[i]; delivery.RunSeq > 1 {
				replayed[delivery.ID] = delivery
				ids = append(ids, delivery.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var targets []models.Target
	err := s.db.WithContext(ctx).Order("delivery_id, run_seq").Find(&targets, "delivery_id IN ?", ids).Error
	for _, target := range targets {
		delivery := replayed[target.DeliveryID]
		delivery.Targets = append(delivery.Targets, target)
	}
	return wrap(err, "read targets")
}
