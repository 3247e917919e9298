package e2e_test

import (
	"fmt"
	"time"
)

func (f *flow) debugSlow() {
	ids := f.Ledger.Accepted()
	start := f.Ledger.Entry(ids[0]).AcceptedAt
	var out string
	for _, id := range ids {
		e := f.Ledger.Entry(id)
		if e.Latency > 300*time.Millisecond {
			out += fmt.Sprintf(" %.1f:%d", e.AcceptedAt.Sub(start).Seconds(), e.Latency.Milliseconds())
		}
	}
	f.m.t.Logf("slow: %s", out)
}
