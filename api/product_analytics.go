package api

import (
	"context"

	"leadrail/internal/analytics"
)

type productAnalytics struct{ analytics *analytics.Service }

// toolReport is how a tool does. Rates are fractions.
type toolReport struct {
	ToolID              string   `json:"toolId"`
	ToolName            string   `json:"toolName"`
	Impressions         int      `json:"impressions"`
	Started             int      `json:"started"`
	Submitted           int      `json:"submitted"`
	Successful          int      `json:"successful"`
	Failed              int      `json:"failed"`
	ConversionRate      *float64 `json:"conversionRate"`
	DropOffRate         *float64 `json:"dropOffRate"`
	AvgCompletionTimeMS *int64   `json:"avgCompletionTimeMs"`
}

func (p productAnalytics) tools(ctx context.Context, in toolsOf) ([]toolReport, error) {
	if err := required("agentId", in.AgentID); err != nil {
		return nil, err
	}
	reports, err := p.analytics.FormReports(ctx, in.AgentID)
	if err != nil {
		return nil, err
	}
	views := make([]toolReport, len(reports))
	for i, form := range reports {
		views[i] = toolReport{
			ToolID: form.FormID, ToolName: form.FormName, Impressions: form.Impressions, Started: form.Starts,
			Submitted: form.Submissions, Successful: form.Completed, Failed: form.Failed,
			ConversionRate: form.ConversionRate, DropOffRate: form.DropOffRate,
		}
		if form.AvgCompletion != nil {
			ms := form.AvgCompletion.Milliseconds()
			views[i].AvgCompletionTimeMS = &ms
		}
	}
	return views, nil
}
