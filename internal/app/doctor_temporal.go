package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"leadrail/worker"
	"leadrail/workflows"
)

// pollsEvery is how long a worker that lives can be silent: one poll takes up
// to a minute.
const pollsEvery = 2 * time.Minute

func (d *doctor) checkTemporal(ctx context.Context) []finding {
	connection, err := connectionTo(d.config, slog.New(slog.DiscardHandler))
	if err != nil {
		return failed.sayf("%w", err)
	}
	temporal, err := worker.Dial(ctx, connection)
	switch {
	case err != nil && d.ownTemporal:
		return failed.sayf("leadrail up does not run here: start it, or set TEMPORAL_ADDRESS (%w)", err)
	case err != nil:
		return failed.sayf("start the server, or correct TEMPORAL_ADDRESS (%w)", err)
	}
	d.temporal = temporal
	return passed.sayf("answers at %s", d.config.TemporalAddress)
}

func (d *doctor) checkNamespace(ctx context.Context) []finding {
	name := d.config.TemporalNamespace
	answer, err := d.temporal.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: name})
	var unknown *serviceerror.NamespaceNotFound
	switch {
	case errors.As(err, &unknown):
		return failed.sayf("there is no %q: create it, or correct TEMPORAL_NAMESPACE", name)
	case err != nil:
		return failed.sayf("%w", err)
	}
	days := answer.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration().Hours() / 24
	return passed.sayf("%q keeps finished workflows for %.3g days", name, days)
}

func (d *doctor) checkSearchAttributes(ctx context.Context) []finding {
	answer, err := d.temporal.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{
		Namespace: d.config.TemporalNamespace,
	})
	if err != nil {
		return failed.sayf("%w", err)
	}
	var findings []finding
	for _, key := range workflows.SearchAttributes() {
		name, want := key.GetName(), key.GetValueType()
		switch got, ok := answer.GetCustomAttributes()[name]; {
		case !ok:
			findings = append(findings, failed.sayf("%s is missing: start a worker, which registers it", name)...)
		case got != want:
			findings = append(findings, failed.sayf("%s is of type %s: remove it and register it as %s", name, got, want)...)
		}
	}
	if findings == nil {
		return passed.sayf("all %d are registered", len(workflows.SearchAttributes()))
	}
	return findings
}

func (d *doctor) checkWorker(ctx context.Context) []finding {
	answer, err := d.temporal.DescribeTaskQueue(ctx, workflows.TaskQueue, enums.TASK_QUEUE_TYPE_WORKFLOW)
	if err != nil {
		return failed.sayf("%w", err)
	}
	polling := 0
	for _, poller := range answer.GetPollers() {
		if time.Since(poller.GetLastAccessTime().AsTime()) < pollsEvery {
			polling++
		}
	}
	if polling == 0 {
		return failed.sayf("none polls the task queue %s: start leadrail up, serve or worker", workflows.TaskQueue)
	}
	return passed.sayf("%d on the task queue %s", polling, workflows.TaskQueue)
}
