package main

import dc "go.temporal.io/server/common/dynamicconfig"

// dynamicConfig fits the server to one product on one machine. The stock
// limits protect a shared cluster from its tenants; here the only tenant is
// Leadrail, which bounds itself, and a limit would merely delay its leads.
func dynamicConfig() dc.StaticClient {
	const unlimited = 100_000
	return dc.StaticClient{
		dc.FrontendRPS.Key():                                  unlimited,
		dc.FrontendMaxNamespaceRPSPerInstance.Key():           unlimited,
		dc.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 1_000, // stock: 10
		dc.HistoryRPS.Key():                                   unlimited,
		dc.MatchingRPS.Key():                                  unlimited,

		dc.FrontendPersistenceMaxQPS.Key(): unlimited,
		dc.HistoryPersistenceMaxQPS.Key():  unlimited,
		dc.MatchingPersistenceMaxQPS.Key(): unlimited,
		dc.WorkerPersistenceMaxQPS.Key():   unlimited,

		// One partition: no task waits in a partition nobody polls just now.
		dc.MatchingNumTaskqueueReadPartitions.Key():  1,
		dc.MatchingNumTaskqueueWritePartitions.Key(): 1,

		// The first workflow task and activities of the caller's own process
		// skip the way through matching.
		dc.EnableEagerWorkflowStart.Key():     true,
		dc.EnableActivityEagerExecution.Key(): true,

		// The list of workflows is written once a second, in one go, and of a
		// run that has ended by then only its end. As many tasks at a time as
		// have a connection; the others wait where no deadline runs.
		dc.VisibilityProcessorMaxPollRPS.Key():           1,
		dc.VisibilityTaskBatchSize.Key():                 1_000,
		dc.VisibilityProcessorSchedulerWorkerCount.Key(): visibilityConns,
	}
}
