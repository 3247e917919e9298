package activities

// RunState is how a lead's newest run stands.
type RunState struct {
	// End is how it ended; empty while it goes on.
	End RunEnd
	// RunSeq is the number that it was started with. It is known once the run
	// has ended.
	RunSeq int
}

// RunEnd is how a run ended, as a failure reason names it.
type RunEnd string

// The ends of runs, of those too that write how their lead ended.
const (
	RunTerminated RunEnd = "workflow_terminated"
	RunTimedOut   RunEnd = "workflow_timed_out"
	RunFailed     RunEnd = "workflow_failed"
	RunCancelled  RunEnd = "workflow_cancelled"
	RunCompleted  RunEnd = "workflow_completed"
	// RunLost: Temporal does not know it, or does no more.
	RunLost RunEnd = "workflow_lost"
)

// reason is the failure reason of a lead whose run ended so and left it open.
func (e RunEnd) reason() string {
	return string(e) + ": " + runEnds[e] + " before everything was delivered"
}

// replayReason is the failure reason of a replay of many leads whose workflow ended
// so and left it open.
func (e RunEnd) replayReason() string {
	return string(e) + ": " + runEnds[e] + " before all leads had begun anew; replay the rest"
}

var runEnds = map[RunEnd]string{
	RunTerminated: "somebody terminated the workflow",
	RunTimedOut:   "the workflow ran into a time limit",
	RunFailed:     "the workflow failed",
	RunCancelled:  "the workflow was cancelled",
	RunCompleted:  "the workflow ended",
	RunLost:       "the workflow disappeared from Temporal",
}
