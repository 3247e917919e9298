package api

import (
	"context"
	"errors"

	"leadrail/internal/forms"
	"leadrail/models"
)

// How tools are listed and updated.
const (
	toolPage = models.MaxLimit
	// updateTries is how often an update is made anew that another one was faster
	// than.
	updateTries = 3
)

type productTools struct{ forms *forms.Service }

type toolRef struct {
	ID string `json:"-" uri:"id"`
}

type toolsOf struct {
	AgentID string `form:"agentId" json:"-"`
}

func (p productTools) list(ctx context.Context, in toolsOf) ([]toolView, error) {
	views, err := p.all(ctx, in.AgentID)
	if err != nil {
		return nil, err
	}
	tools := make([]toolView, len(views))
	for i, view := range views {
		tools[i] = viewTool(view)
	}
	return tools, nil
}

// all reads the forms of an agent, newest first.
func (p productTools) all(ctx context.Context, agentID string) ([]forms.View, error) {
	if err := required("agentId", agentID); err != nil {
		return nil, err
	}
	var views []forms.View
	for in := (forms.ListInput{AgentID: agentID, Limit: toolPage}); ; {
		page, err := p.forms.Forms(ctx, in)
		if err != nil {
			return nil, err
		}
		views = append(views, page.Data...)
		if page.NextCursor == nil {
			return views, nil
		}
		in.Cursor = *page.NextCursor
	}
}

// toolLimits says how many tools an agent may have: there is no limit here.
type toolLimits struct {
	Current   int    `json:"current"`
	Limit     *int   `json:"limit"`
	PlanID    string `json:"planId"`
	CanCreate bool   `json:"canCreate"`
}

func (p productTools) limits(ctx context.Context, in toolsOf) (toolLimits, error) {
	views, err := p.all(ctx, in.AgentID)
	if err != nil {
		return toolLimits{}, err
	}
	return toolLimits{Current: len(views), PlanID: "self-hosted", CanCreate: true}, nil
}

func (p productTools) read(ctx context.Context, ref toolRef) (toolView, error) {
	view, err := p.forms.Form(ctx, forms.Ref(ref))
	if err != nil {
		return toolView{}, err
	}
	return viewTool(view), nil
}

func (p productTools) create(ctx context.Context, in toolInput) (toolView, error) {
	var form forms.Input
	if err := in.apply(&form); err != nil {
		return toolView{}, err
	}
	view, err := p.forms.CreateForm(ctx, form)
	if err != nil {
		return toolView{}, err
	}
	return viewTool(view), nil
}

// toolUpdate changes what it names, and leaves the rest as it is.
type toolUpdate struct {
	toolRef
	toolInput
}

func (p productTools) update(ctx context.Context, in toolUpdate) (toolView, error) {
	for try := 1; ; try++ {
		view, err := p.merge(ctx, in)
		if try < updateTries && wasFaster(err) {
			continue
		}
		if err != nil {
			return toolView{}, err
		}
		return viewTool(view), nil
	}
}

func (p productTools) merge(ctx context.Context, in toolUpdate) (forms.View, error) {
	current, err := p.forms.Form(ctx, forms.Ref(in.toolRef))
	if err != nil {
		return forms.View{}, err
	}
	form, err := current.Input()
	if err != nil {
		return forms.View{}, err
	}
	if err := in.apply(&form); err != nil {
		return forms.View{}, err
	}
	return p.forms.ReplaceForm(ctx, forms.ReplaceInput{Ref: forms.Ref(in.toolRef), IfMatch: current.ETag(), Input: form})
}

// wasFaster reports that somebody else changed the form in between.
func wasFaster(err error) bool {
	coded, ok := errors.AsType[*models.Error](err)
	return ok && coded.Reason == "version_mismatch"
}

func (p productTools) remove(ctx context.Context, ref toolRef) (productDone, error) {
	err := p.forms.DeleteForm(ctx, forms.DeleteInput{Ref: forms.Ref(ref)})
	return productDone{Success: err == nil}, err
}
