package api

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"leadrail/internal/auth"
	"leadrail/models"
)

// policy says who may call a route, and how much a call may send.
type policy struct {
	// public routes need no key.
	public bool
	scope  models.Scope
	// orScope opens the route as well; empty for routes with one scope.
	orScope models.Scope
	// perAgent routes are about one agent, or list by agent, and their use cases
	// ask the caller's models.Principal about it. All others are closed to keys
	// that are bound to agents.
	perAgent bool
	// secretOnly routes are closed to keys that stand in a page, whatever their
	// scope.
	secretOnly bool
	// audit is what a successful call is called in the audit, "form.replace";
	// empty for a call that changes nothing an operator has set.
	audit string
	// page routes are for a browser: they also take the key as the password of
	// HTTP Basic authentication (RFC 7617), under any name.
	page bool
	// product routes answer in the shapes of docs/compatibility.md, errors too.
	product bool
	// bodyLimit is the largest body in bytes; 0 means that there is none.
	bodyLimit int64
}

// ofAgent is the policy for a route that looks at the agent.
func (p policy) ofAgent() policy {
	p.perAgent = true
	return p
}

// as is the policy for a route that is called so in the audit.
func (p policy) as(action string) policy {
	p.audit = action
	return p
}

// fromPages reports whether a web page may call the route, with a publishable
// key.
func (p policy) fromPages() bool { return p.scope.Publishable() && !p.secretOnly }

// gate lets callers through to the routes that they may call.
type gate struct {
	auth   *auth.Authenticator
	audit  *auth.Audit
	limits models.RateLimits
	spent  *limiter
	log    *slog.Logger
}

// mount serves the routes behind the gate, and answers the preflights of those
// that pages may call.
func (g *gate) mount(engine *gin.Engine, table []route) {
	methods := map[string][]string{}
	for _, r := range table {
		engine.Handle(r.method, r.path, g.admit(r.policy), g.record(r.policy), r.handler)
		if r.policy.fromPages() {
			methods[r.path] = append(methods[r.path], r.method)
		}
	}
	for path, allowed := range methods {
		engine.Handle(http.MethodOptions, path, preflight(strings.Join(allowed, ", ")))
	}
}

// admit enforces a route's policy, and tells the use case who asks.
func (g *gate) admit(p policy) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Set(productKey, p.product)
		caller, err := g.caller(c, p)
		if err != nil {
			writeProblem(c, err)
			return
		}
		c.Request = c.Request.WithContext(models.WithPrincipal(c.Request.Context(), caller))
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, p.bodyLimit)
	}
}

// caller says who asks, and refuses whoever may not. On a public route it is
// nobody.
func (g *gate) caller(c *gin.Context, p policy) (models.Principal, error) {
	if p.public {
		return models.Principal{}, nil
	}
	if p.fromPages() {
		c.Header("Vary", "Origin")
	}
	caller, err := g.auth.Authenticate(c.Request.Context(), credentials(c, p))
	if err != nil {
		return models.Principal{}, err
	}
	if err := allowOrigin(c, caller); err != nil {
		return models.Principal{}, err
	}
	if err := g.spend(c, caller); err != nil {
		return models.Principal{}, err
	}
	if err := auth.Require(caller, p.scope); err != nil && (p.orScope == "" || !caller.Has(p.orScope)) {
		return models.Principal{}, err
	}
	if caller.Publishable() && p.secretOnly {
		return models.Principal{}, models.Errorf(models.CodeForbidden, "A key that stands in a page may not do this: use a secret key.")
	}
	if caller.Bound() && !p.perAgent {
		return models.Principal{}, models.Errorf(models.CodeForbidden, "The key is bound to agents, and this is not about one agent.")
	}
	return caller, nil
}

// recordWithin bounds how long the answer to a change waits for its record.
const recordWithin = 2 * time.Second

// record adds what a successful call has changed to the audit. A change whose
// record cannot be stored has happened all the same: then the log has it.
func (g *gate) record(p policy) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Next()
		if p.audit == "" || c.Writer.Status() >= http.StatusBadRequest {
			return
		}
		// A caller who has gone has changed it all the same.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request.Context()), recordWithin)
		defer cancel()
		change := auth.Change{
			By: models.PrincipalOf(ctx).KeyID, Action: cmp.Or(c.GetString(changeKey), p.audit),
			Target: targetOf(c), RequestID: requestID(c),
		}
		if err := g.audit.Record(ctx, change); err != nil {
			g.log.ErrorContext(ctx, "a change is not in the audit", "key", change.By, "action", change.Action,
				"target", change.Target, "requestId", change.RequestID, "error", err)
		}
	}
}

// targetKey is where a handler says what it has changed, changeKey what the audit
// calls it where the route's name for it says too little.
const (
	targetKey = "leadrail.target"
	changeKey = "leadrail.change"
)

// targetOf is the id of what a call was about: what the use case answered with,
// else the last id in the path.
func targetOf(c *gin.Context) string {
	if target := c.GetString(targetKey); target != "" {
		return target
	}
	if len(c.Params) == 0 {
		return ""
	}
	return c.Params[len(c.Params)-1].Value
}
