package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"

	"github.com/gin-gonic/gin"

	"leadrail/internal/analytics"
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
	Keys  *auth.Keys
	Audit *auth.Audit
	Forms *forms.Service
	Leads *leads.Service
	Teams *leads.Teams
	// Replays are those of many leads.
	Replays *leads.BulkReplays
	// Ledger is what was not delivered.
	Ledger *leads.Ledger
	// Conversations are the chats that forms are shown in.
	Conversations      *leads.Conversations
	ConversationSlices *leads.ConversationSlices
	// Analytics is how forms do.
	Analytics *analytics.Service
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
	Limits   models.RateLimits
	// TrustedProxies are believed about whom they speak for (X-Forwarded-For).
	TrustedProxies []netip.Prefix
	// Watch may be nil.
	Watch Watch
	Log   *slog.Logger
}

// ReadyCheck asks one part whether it answers.
type ReadyCheck struct {
	Part string
	Ping func(ctx context.Context) error
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
	read := policy{scope: models.ScopeRead}
	submit := policy{scope: models.ScopeSubmit, bodyLimit: leadLimit}
	report := policy{scope: models.ScopeSubmit, orScope: models.ScopeWrite, bodyLimit: leadLimit}
	tell := policy{scope: models.ScopeSubmit, bodyLimit: formLimit, secretOnly: true}
	show := policy{scope: models.ScopeSubmit} // whoever may send a form in may see it
	write := policy{scope: models.ScopeWrite, bodyLimit: formLimit}
	remove := policy{scope: models.ScopeWrite}
	replay := policy{scope: models.ScopeReplay, bodyLimit: leadLimit}
	reveal := policy{scope: models.ScopeWrite} // whoever knows a secret can forge webhooks
	inspect := policy{scope: models.ScopeAdmin}
	change := policy{scope: models.ScopeAdmin, bodyLimit: leadLimit}
	ask := policy{scope: models.ScopeRead, bodyLimit: leadLimit}
	upload := policy{scope: models.ScopeSubmit, bodyLimit: uploadLimit}
	agents := policy{scope: models.ScopeSubmit, orScope: models.ScopeRead, bodyLimit: leadLimit} // each tool wants its own
	return append([]route{
		{http.MethodPost, "/v1/forms", write.ofAgent().as("form.create"), handle(http.StatusCreated, d.Forms.CreateForm)},
		{http.MethodGet, "/v1/forms", read.ofAgent(), handle(http.StatusOK, d.Forms.Forms)},
		{http.MethodGet, "/v1/forms/:id", read.ofAgent(), handle(http.StatusOK, d.Forms.Form)},
		{http.MethodPut, "/v1/forms/:id", write.ofAgent().as("form.replace"), handle(http.StatusOK, d.Forms.ReplaceForm)},
		{http.MethodDelete, "/v1/forms/:id", remove.ofAgent().as("form.delete"), handleNothing(d.Forms.DeleteForm)},
		{http.MethodGet, "/v1/forms/:id/public", show.ofAgent(), handle(http.StatusOK, d.Forms.PublicForm)},
		{http.MethodGet, "/v1/forms/:id/tool", show.ofAgent(), handle(http.StatusOK, d.Forms.Tool)},
		{http.MethodGet, "/v1/forms/:id/versions", read.ofAgent(), handle(http.StatusOK, d.Forms.Versions)},
		{http.MethodGet, "/v1/forms/:id/refusals", read.ofAgent(), handle(http.StatusOK, d.Leads.Refused)},
		{http.MethodPost, "/v1/forms/:id/actions/:actionId/test", write.ofAgent().as("action.test"), handle(http.StatusOK, d.Forms.TestAction)},
		{http.MethodPost, "/v1/forms/:id/actions/:actionId/enable", write.ofAgent().as("action.enable"), handle(http.StatusOK, d.Forms.EnableAction)},
		{http.MethodPost, "/v1/forms/:id/actions/:actionId/disable", write.ofAgent().as("action.disable"), handle(http.StatusOK, d.Forms.DisableAction)},
		{http.MethodGet, "/v1/forms/:id/secret", reveal.ofAgent(), handle(http.StatusOK, d.Forms.Secret)},
		{http.MethodPost, "/v1/forms/:id/secret/rotate", write.ofAgent().as("secret.rotate"), handle(http.StatusOK, d.Forms.RotateSecret)},

		{http.MethodPost, "/v1/forms/:id/qualify", submit.ofAgent(), handle(http.StatusOK, d.Leads.Qualify)},

		{http.MethodPost, "/v1/submissions", submit.ofAgent(), handle(http.StatusAccepted, d.Leads.Capture)},
		{http.MethodGet, "/v1/submissions", read.ofAgent(), handle(http.StatusOK, d.Leads.Submissions)},
		{http.MethodGet, "/v1/submissions/:id", read.ofAgent(), handle(http.StatusOK, d.Leads.Submission)},
		{http.MethodGet, "/v1/submissions/:id/events", read.ofAgent(), followLead(d.Leads, d.Auth)},
		{http.MethodPost, "/v1/submissions/:id/client-result", report.ofAgent(), handle(http.StatusAccepted, d.Leads.ReportResult)},
		{http.MethodPost, "/v1/submissions/:id/retry", write.ofAgent().as("submission.retry"), handle(http.StatusAccepted, d.Leads.RetryNow)},
		{http.MethodPost, "/v1/submissions/:id/cancel", write.ofAgent().as("submission.cancel"), handle(http.StatusAccepted, d.Leads.Cancel)},
		{http.MethodPost, "/v1/submissions/:id/replay", replay.ofAgent().as("submission.replay"), handle(http.StatusAccepted, d.Leads.Replay)},
		{http.MethodPost, "/v1/files", upload.ofAgent(), uploadFile(d.Leads)},
		{http.MethodGet, "/v1/files/:id", read.ofAgent(), serveFile(d.Leads)},

		{http.MethodPost, "/v1/replays", replay.as("replay.create"), handle(http.StatusAccepted, d.Replays.CreateReplay)},
		{http.MethodGet, "/v1/replays/:id", read, handle(http.StatusOK, d.Replays.Replay)},
		{http.MethodPost, "/v1/replays/:id/pause", replay.as("replay.pause"), handle(http.StatusOK, d.Replays.Pause)},
		{http.MethodPost, "/v1/replays/:id/resume", replay.as("replay.resume"), handle(http.StatusOK, d.Replays.Resume)},
		{http.MethodPost, "/v1/replays/:id/cancel", replay.as("replay.cancel"), handle(http.StatusOK, d.Replays.Cancel)},

		{http.MethodPut, "/v1/conversations/:id", tell.ofAgent(), handle(http.StatusOK, d.Conversations.PutConversation)},
		{http.MethodGet, "/v1/conversations", read.ofAgent(), handle(http.StatusOK, d.Conversations.Conversations)},
		{http.MethodGet, "/v1/conversations/:id", read.ofAgent(), handle(http.StatusOK, d.Conversations.Conversation)},

		{http.MethodGet, "/v1/undelivered", read.ofAgent(), handle(http.StatusOK, d.Ledger.Undelivered)},
		{http.MethodPost, "/v1/undelivered/:deliveryId/dismiss", write.ofAgent().as("delivery.dismiss"), handle(http.StatusOK, d.Ledger.Dismiss)},

		{http.MethodPost, "/v1/teams", write.as("team.create"), handle(http.StatusCreated, d.Teams.CreateTeam)},
		{http.MethodGet, "/v1/teams", read, handle(http.StatusOK, d.Teams.Teams)},
		{http.MethodGet, "/v1/teams/:id", read, handle(http.StatusOK, d.Teams.Team)},
		{http.MethodPut, "/v1/teams/:id", write.as("team.replace"), handle(http.StatusOK, d.Teams.ReplaceTeam)},
		{http.MethodDelete, "/v1/teams/:id", remove.as("team.delete"), handleNothing(d.Teams.DeleteTeam)},
		{http.MethodGet, "/v1/routing", read, handle(http.StatusOK, d.Teams.Routing)},
		{http.MethodPut, "/v1/routing", write.as("routing.replace"), handle(http.StatusOK, d.Teams.ReplaceRouting)},
		{http.MethodPost, "/v1/routing/preview", ask, handle(http.StatusOK, d.Teams.PreviewRouting)},

		{http.MethodPost, "/v1/keys", change.as("key.create"), handle(http.StatusCreated, d.Keys.CreateKey)},
		{http.MethodGet, "/v1/keys", inspect, handle(http.StatusOK, d.Keys.Keys)},
		{http.MethodGet, "/v1/keys/:id", inspect, handle(http.StatusOK, d.Keys.Key)},
		{http.MethodDelete, "/v1/keys/:id", inspect.as("key.revoke"), handleNothing(d.Keys.RevokeKey)},
		{http.MethodGet, "/v1/audit", inspect, handle(http.StatusOK, d.Audit.Changes)},

		{http.MethodPost, "/mcp", agents.ofAgent(), serveMCP(d)},

		{http.MethodGet, "/healthz", public, health},
		{http.MethodGet, "/readyz", public, ready(d)},
		{http.MethodGet, "/openapi.yaml", public, serveContract},
	}, slices.Concat(productRoutes(d), localRoutes(d))...)
}

// localRoutes are those of parts that not every installation has.
func localRoutes(d Dependencies) (table []route) {
	read := policy{scope: models.ScopeRead}
	if d.Outbox != nil {
		pages := web.Outbox{Mails: d.Outbox}
		page := policy{scope: models.ScopeRead, page: true}
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
	engine.UseEscapedPath = true         // a caller's id may have a slash in it, escaped
	engine.UnescapePathValues = false    // unescape does it: the router takes a + for a space
	engine.ContextWithFallback = true
	trust(engine, d.TrustedProxies)
	engine.Use(unescape, measure(d.Watch), identify, logRequests(d.Log), recoverPanics(d.Log))
	engine.NoRoute(func(c *gin.Context) { writeProblem(c, errNoRoute) })
	engine.NoMethod(func(c *gin.Context) { writeProblem(c, errNoMethod) })
	g := &gate{auth: d.Auth, audit: d.Audit, limits: d.Limits, spent: newLimiter(), log: d.Log}
	g.mount(engine, routes(d))
	return engine
}
