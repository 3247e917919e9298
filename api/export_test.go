package api

// RouteInfo is a line of the route table with its policy.
type RouteInfo struct {
	Method, Path string
	Public       bool
	Scope        string
	Page         bool
	BodyLimit    int64
}

// Routes is the route table.
func Routes(d Dependencies) []RouteInfo {
	var infos []RouteInfo
	for _, r := range routes(d) {
		infos = append(infos, RouteInfo{r.method, r.path, r.policy.public, string(r.policy.scope), r.policy.page, r.policy.bodyLimit})
	}
	return infos
}
