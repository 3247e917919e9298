package api

// RouteInfo is a line of the route table with its policy.
type RouteInfo struct {
	Method, Path string
	Public       bool
	Scope        string
	OrScope      string
	PerAgent     bool
	FromPages    bool
	SecretOnly   bool
	Audit        string
	Page         bool
	BodyLimit    int64
}

// Routes is the route table.
func Routes(d Dependencies) []RouteInfo {
	var infos []RouteInfo
	for _, r := range routes(d) {
		p := r.policy
		infos = append(infos, RouteInfo{
			Method: r.method, Path: r.path, Public: p.public, Scope: string(p.scope), OrScope: string(p.orScope),
			PerAgent: p.perAgent, FromPages: p.fromPages(), SecretOnly: p.secretOnly, Audit: p.audit, Page: p.page, BodyLimit: p.bodyLimit,
		})
	}
	return infos
}

// CheckStrict checks the body of a request that is decoded into In.
func CheckStrict[In any](raw []byte) error { return checkStrict(raw, shapeOf[In]()) }
