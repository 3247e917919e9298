package loadtest

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Ledger knows of every lead what became of it. It is safe for concurrent use.
type Ledger struct {
	mu    sync.Mutex
	leads map[string]*Entry
	// refused are the requests that were not accepted, by reason.
	refused map[string]int
}

// Entry is one lead, by its submission id.
type Entry struct {
	// AcceptedAt is when the 202 came, Latency how long it took; both zero for a
	// lead that arrived without an answer having come.
	AcceptedAt time.Time
	Latency    time.Duration
	// Arrivals are when its webhook came, and under which webhook-id.
	Arrivals []Arrival
}

// Arrival is one webhook as the sink got it.
type Arrival struct {
	At        time.Time
	WebhookID string
}

// NewLedger makes an empty Ledger.
func NewLedger() *Ledger {
	return &Ledger{leads: map[string]*Entry{}, refused: map[string]int{}}
}

func (l *Ledger) entry(id string) *Entry {
	found := l.leads[id]
	if found == nil {
		found = &Entry{}
		l.leads[id] = found
	}
	return found
}

// Accept notes that a lead was accepted.
func (l *Ledger) Accept(id string, sent time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	entry := l.entry(id)
	entry.AcceptedAt, entry.Latency = now, now.Sub(sent)
}

// Refuse notes that a request was not accepted.
func (l *Ledger) Refuse(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused[reason]++
}

// Arrive notes a webhook.
func (l *Ledger) Arrive(id string, arrival Arrival) {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry := l.entry(id)
	entry.Arrivals = append(entry.Arrivals, arrival)
}

// Summary is the account of a ledger.
type Summary struct {
	Accepted int
	// Delivered leads were accepted and arrived; Lost ones were accepted and did
	// not.
	Delivered int
	Lost      []string
	// Unanswered leads arrived although no answer to their request did.
	Unanswered int
	// Duplicates are arrivals beyond the first of a lead. Disguised ones came
	// under another webhook-id than the first, so no receiver can tell.
	Duplicates int
	Disguised  int
	Refused    map[string]int
	// P50 and P99 are how long answers took, Last is when the last lead arrived.
	P50, P99 time.Duration
	Last     time.Time
}

// Summary adds the ledger up.
func (l *Ledger) Summary() Summary {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := Summary{Refused: maps.Clone(l.refused)}
	var latencies []time.Duration
	for id, entry := range l.leads {
		s.add(id, entry)
		if !entry.AcceptedAt.IsZero() {
			latencies = append(latencies, entry.Latency)
		}
	}
	slices.Sort(latencies)
	s.P50, s.P99 = quantile(latencies, 0.50), quantile(latencies, 0.99)
	return s
}

func (s *Summary) add(id string, entry *Entry) {
	accepted, arrived := !entry.AcceptedAt.IsZero(), len(entry.Arrivals) > 0
	switch {
	case accepted && arrived:
		s.Accepted, s.Delivered = s.Accepted+1, s.Delivered+1
	case accepted:
		s.Accepted, s.Lost = s.Accepted+1, append(s.Lost, id)
	default:
		s.Unanswered++
	}
	for i, arrival := range entry.Arrivals {
		if arrival.At.After(s.Last) {
			s.Last = arrival.At
		}
		if i > 0 {
			s.Duplicates++
		}
		if arrival.WebhookID != entry.Arrivals[0].WebhookID {
			s.Disguised++
		}
	}
}

// Travel is how long leads took from their 202 to their first arrival.
type Travel struct{ P50, P99 time.Duration }

// Travel adds up how long leads took; one that arrived before its 202 took 0.
func (l *Ledger) Travel() Travel {
	l.mu.Lock()
	defer l.mu.Unlock()
	var took []time.Duration
	for _, entry := range l.leads {
		if !entry.AcceptedAt.IsZero() && len(entry.Arrivals) > 0 {
			took = append(took, max(entry.Arrivals[0].At.Sub(entry.AcceptedAt), 0))
		}
	}
	slices.Sort(took)
	return Travel{P50: quantile(took, 0.50), P99: quantile(took, 0.99)}
}

// quantile reads a sorted list.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// Missing reports how many accepted leads have not arrived.
func (l *Ledger) Missing() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	missing := 0
	for _, entry := range l.leads {
		if !entry.AcceptedAt.IsZero() && len(entry.Arrivals) == 0 {
			missing++
		}
	}
	return missing
}

// Accepted lists the ids of accepted leads in the order of their answers.
func (l *Ledger) Accepted() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var ids []string
	for id, entry := range l.leads {
		if !entry.AcceptedAt.IsZero() {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return l.leads[a].AcceptedAt.Compare(l.leads[b].AcceptedAt) })
	return ids
}

// Entry returns what is known of a lead.
func (l *Ledger) Entry(id string) Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	entry := *l.entry(id)
	entry.Arrivals = slices.Clone(entry.Arrivals)
	return entry
}
