package api

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/gin-gonic/gin"

	"leadrail/internal/auth"
	"leadrail/internal/demo"
	"leadrail/internal/forms"
	"leadrail/internal/leads"
	"leadrail/models"
	"leadrail/web"
)

// Dependencies are what the API asks. All of them are required.
type Dependencies struct {
	Auth  *auth.Authenticator
	Forms *forms.Service
	Leads *leads.Service
	Teams *leads.Teams
	// Ready tells for each part that the service leans on whether it answers.
	Ready []ReadyCheck
	// Intake tells how many leads wait for their workflows.
	Intake func(ctx context.Context) (models.IntakeDepth, error)
	// Stopping reports that the process was asked to stop.
	Stopping func() bool
	// Outbox is nil unless mail is kept instead of sent.
	Outbox *leads.Outbox
	// Receiver is nil unless the service is being tried out.
	Receiver *demo.Receiver
	Log      *slog.Logger
}

// ReadyCheck asks one part whether it answers.
type ReadyCheck struct {
	Part string
	Ping func(ctx context.Context) error
}

// policy says who may call a route, and how much a call may send.
type policy struct {
	// public routes need no key.
	public bool
	scope  auth.Scope
	// page routes are for a browser: they also take the key as the password of
	// HTTP Basic authentication (RFC 7617), under any name.
	page bool
	// bodyLimit is the largest body in bytes; 0 means that there is none.
	bodyLimit int64
}

// Body limits. A lead may be as large as 256 KiB.
const (
	leadLimit = 256 << 10
	formLimit = 1 << 20
)

// route is one line of the route table.
type route struct {
	method  string
	path    string
	policy  policy
	handler gin.HandlerFunc
}

// routes is the route table.
func routes(d Dependencies) []route {
	public := policy{public: true}
	read := policy{scope: auth.ScopeRead}
	submit := policy{scope: auth.ScopeSubmit, bodyLimit: leadLimit}
	write := policy{scope: auth.ScopeWrite, bodyLimit: formLimit}
	remove := policy{scope: auth.ScopeWrite}
	reveal := policy{scope: auth.ScopeWrite} // whoever knows a secret can forge webhooks
	ask := policy{scope: auth.ScopeRead, bodyLimit: leadLimit}
	table := []route{
		{http.MethodPost, "/v1/forms", write, handle(http.StatusCreated, d.Forms.CreateForm)},
		{http.MethodGet, "/v1/forms", read, handle(http.StatusOK, d.Forms.Forms)},
		{http.MethodGet, "/v1/forms/:id", read, handle(http.StatusOK, d.Forms.Form)},
		{http.MethodPut, "/v1/forms/:id", write, handle(http.StatusOK, d.Forms.ReplaceForm)},
		{http.MethodGet, "/v1/forms/:id/versions", read, handle(http.StatusOK, d.Forms.Versions)},
		{http.MethodPost, "/v1/forms/:id/actions/:actionId/test", write, handle(http.StatusOK, d.Forms.TestAction)},
		{http.MethodPost, "/v1/forms/:id/actions/:actionId/enable", write, handle(http.StatusOK, d.Forms.EnableAction)},
		{http.MethodPost, "/v1/forms/:id/actions/:actionId/disable", write, handle(http.StatusOK, d.Forms.DisableAction)},
		{http.MethodGet, "/v1/forms/:id/secret", reveal, handle(http.StatusOK, d.Forms.Secret)},
		{http.MethodPost, "/v1/forms/:id/secret/rotate", write, handle(http.StatusOK, d.Forms.RotateSecret)},

		{http.MethodPost, "/v1/submissions", submit, handle(http.StatusAccepted, d.Leads.Capture)},
		{http.MethodGet, "/v1/submissions", read, handle(http.StatusOK, d.Leads.Submissions)},
		{http.MethodGet, "/v1/submissions/:id", read, handle(http.StatusOK, d.Leads.Submission)},
		{http.MethodPost, "/v1/submissions/:id/retry", write, handle(http.StatusAccepted, d.Leads.RetryNow)},
		{http.MethodPost, "/v1/submissions/:id/cancel", write, handle(http.StatusAccepted, d.Leads.Cancel)},

		{http.MethodPost, "/v1/teams", write, handle(http.StatusCreated, d.Teams.CreateTeam)},
		{http.MethodGet, "/v1/teams", read, handle(http.StatusOK, d.Teams.Teams)},
		{http.MethodGet, "/v1/teams/:id", read, handle(http.StatusOK, d.Teams.Team)},
		{http.MethodPut, "/v1/teams/:id", write, handle(http.StatusOK, d.Teams.ReplaceTeam)},
		{http.MethodDelete, "/v1/teams/:id", remove, handleNothing(d.Teams.DeleteTeam)},
		{http.MethodGet, "/v1/routing", read, handle(http.StatusOK, d.Teams.Routing)},
		{http.MethodPut, "/v1/routing", write, handle(http.StatusOK, d.Teams.ReplaceRouting)},
		{http.MethodPost, "/v1/routing/preview", ask, handle(http.StatusOK, d.Teams.PreviewRouting)},

		{http.MethodGet, "/healthz", public, health},
		{http.MethodGet, "/readyz", public, ready(d)},
		{http.MethodGet, "/openapi.yaml", public, serveContract},
	}
	if d.Outbox != nil {
		pages := web.Outbox{Mails: d.Outbox}
		page := policy{scope: auth.ScopeRead, page: true}
		table = append(table,
			route{http.MethodGet, "/v1/outbox", read, handle(http.StatusOK, d.Outbox.Mails)},
			route{http.MethodGet, web.OutboxPath, page, servePage(func(c *gin.Context) (web.Page, error) { return pages.List(c) })},
			route{http.MethodGet, web.OutboxMailPath, page, servePage(func(c *gin.Context) (web.Page, error) {
				return pages.Mail(c, c.Param("id"))
			})},
			route{http.MethodGet, web.OutboxBodyPath, page, servePage(func(c *gin.Context) (web.Page, error) {
				return pages.Body(c, c.Param("id"))
			})},
		)
	}
	if d.Receiver != nil {
		table = append(table,
			route{http.MethodPost, demo.ReceiverPath, policy{public: true, bodyLimit: formLimit}, gin.WrapF(d.Receiver.Take)},
			route{http.MethodGet, demo.ReceiverPath, read, gin.WrapF(d.Receiver.Show)},
		)
	}
	return table
}

// NewHandler makes the API.
func NewHandler(d Dependencies) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false // every answer stands in openapi.yaml, and no redirect does
	engine.ContextWithFallback = true
	engine.Use(identify, logRequests(d.Log), recoverPanics(d.Log))
	engine.NoRoute(func(c *gin.Context) { writeProblem(c, errNoRoute) })
	engine.NoMethod(func(c *gin.Context) { writeProblem(c, errNoMethod) })
	for _, r := range routes(d) {
		engine.Handle(r.method, r.path, admit(d.Auth, r.policy), r.handler)
	}
	return engine
}

// admit enforces a route's policy.
func admit(authenticator *auth.Authenticator, p policy) gin.HandlerFunc {
	return func(c *gin.Context) {
		if !p.public {
			if err := authenticator.Authorize(credentials(c, p), p.scope); err != nil {
				writeProblem(c, err)
				return
			}
		}
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, p.bodyLimit)
	}
}
