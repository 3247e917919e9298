package analytics_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/analytics"
	"leadrail/internal/store"
	"leadrail/models"
)

// counts is a database of functions.
type counts struct {
	forms   func(context.Context, store.FormFilter) ([]store.FormRecord, error)
	tallies func(context.Context, []string) (map[string]store.Tally, error)
}

func (c counts) Forms(ctx context.Context, filter store.FormFilter) ([]store.FormRecord, error) {
	return c.forms(ctx, filter)
}

func (c counts) Tallies(ctx context.Context, formIDs []string) (map[string]store.Tally, error) {
	return c.tallies(ctx, formIDs)
}

// formsOf lists so many forms, the newest first.
func formsOf(many int) func(context.Context, store.FormFilter) ([]store.FormRecord, error) {
	return func(_ context.Context, filter store.FormFilter) (page []store.FormRecord, _ error) {
		for i := many; i > 0 && len(page) < filter.Limit; i-- {
			formID := fmt.Sprintf("form_%04d", i)
			if filter.Before == "" || formID < filter.Before {
				page = append(page, store.FormRecord{Form: models.Form{ID: formID, Name: fmt.Sprintf("form %d", i)}})
			}
		}
		return page, nil
	}
}

func TestAReportOfEachForm(t *testing.T) {
	t.Parallel()
	service := analytics.Service{Store: counts{formsOf(2), func(context.Context, []string) (map[string]store.Tally, error) {
		return map[string]store.Tally{"form_0001": {
			FormID: "form_0001", Impressions: 8, Starts: 4, Submissions: 2, Completed: 1, Failed: 1, AvgCompletionMS: 1500.4,
		}}, nil
	}}}
	reports, err := service.FormReports(t.Context(), "agent_1")
	require.NoError(t, err)
	quarter, half, average := 0.25, 0.5, 1500*time.Millisecond+400*time.Microsecond
	require.Empty(t, cmp.Diff([]analytics.FormReport{
		{FormID: "form_0002", FormName: "form 2"},
		{
			FormID: "form_0001", FormName: "form 1", Impressions: 8, Starts: 4, Submissions: 2, Completed: 1, Failed: 1,
			ConversionRate: &quarter, DropOffRate: &half, AvgCompletion: &average,
		},
	}, reports))
}

func TestARateIsAFraction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tally               store.Tally
		conversion, dropOff any
	}{
		"nothing":                       {store.Tally{}, nil, nil},
		"nobody sent it":                {store.Tally{Impressions: 3, Starts: 2}, 0.0, 1.0},
		"more leads than were started":  {store.Tally{Impressions: 3, Starts: 2, Submissions: 3}, 1.0, 0.0},
		"more leads than anybody shown": {store.Tally{Impressions: 1, Submissions: 3}, 1.0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := analytics.Service{Store: counts{formsOf(1), func(context.Context, []string) (map[string]store.Tally, error) {
				return map[string]store.Tally{"form_0001": c.tally}, nil
			}}}
			reports, err := service.FormReports(t.Context(), "agent_1")
			require.NoError(t, err)
			require.Equal(t, c.conversion, valueOf(reports[0].ConversionRate))
			require.Equal(t, c.dropOff, valueOf(reports[0].DropOffRate))
		})
	}
}

func valueOf(rate *float64) any {
	if rate == nil {
		return nil
	}
	return *rate
}

func TestEveryFormIsReportedOn(t *testing.T) {
	t.Parallel()
	for _, many := range []int{models.MaxLimit - 1, models.MaxLimit, models.MaxLimit + 1, 2*models.MaxLimit + 1} {
		asked := 0
		service := analytics.Service{Store: counts{formsOf(many), func(_ context.Context, formIDs []string) (map[string]store.Tally, error) {
			asked++
			require.Len(t, formIDs, many)
			return nil, nil //nolint:nilnil // no form has leads
		}}}
		reports, err := service.FormReports(t.Context(), "agent_1")
		require.NoError(t, err)
		require.Len(t, reports, many)
		require.Equal(t, 1, asked, "one query counts for all forms")
	}
}

func TestNothingIsCountedForAnAgentWithoutForms(t *testing.T) {
	t.Parallel()
	reports, err := (&analytics.Service{Store: counts{forms: formsOf(0)}}).FormReports(t.Context(), "agent_1")
	require.NoError(t, err)
	require.Empty(t, reports)
}

func TestAReportIsOfTheCallersAgents(t *testing.T) {
	t.Parallel()
	var asked []string
	service := analytics.Service{Store: counts{forms: func(_ context.Context, filter store.FormFilter) ([]store.FormRecord, error) {
		asked = filter.AgentIDs
		return nil, nil
	}}}
	bound := models.WithPrincipal(t.Context(), models.Principal{KeyID: "key_1", AgentIDs: []string{"agent_1"}})
	_, err := service.FormReports(bound, "agent_1")
	require.NoError(t, err)
	require.Equal(t, []string{"agent_1"}, asked)
	_, err = service.FormReports(bound, "agent_2")
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
}

func TestAReportDoesNotKeepTheDatabaseBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		service := analytics.Service{Store: counts{formsOf(1), func(ctx context.Context, _ []string) (map[string]store.Tally, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}}}
		_, err := service.FormReports(t.Context(), "agent_1")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 5*time.Second, time.Since(began))
	})
}
