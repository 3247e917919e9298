// Package localpg runs a private PostgreSQL server as a child process, so that
// one binary can bring its own database and tests can have a real one.
//
// It knows nothing about the schema. Choosing between this server and a
// DATABASE_URL is the caller's business.
//
// # Use
//
// Start gives a running Server; a caller that wants a crashed server back
// uses Run, which starts it again on the same port:
//
//	go func() {
//		ended <- localpg.Run(ctx, localpg.Options{Dir: "data/postgres"}, func(s *localpg.Server) {
//			ready <- s.URL("leadrail") // called again after every restart
//		})
//	}()
//
// # One folder
//
// Options.Dir holds everything: the cluster, a lock, the chosen port and the
// server's log. A lock held for the server's life keeps a second owner off.
// PostgreSQL refuses to run as root, so root starts it as another user; where
// that user cannot enter Dir, the cluster is kept in Options.FallbackDir and
// Dir/cluster is a symbolic link to it.
//
// # Life and death
//
// On Linux the server gets SIGINT (fast shutdown) when its parent dies, however
// that happens. Elsewhere it is left running and the next Start stops it. The
// same holds for what remains after the postmaster alone was killed.
//
// # Trust
//
// The server listens on 127.0.0.1 only, without a Unix socket, and trusts
// every local connection: whoever has an account on the machine has the
// database. A shared machine needs a PostgreSQL of its own and DATABASE_URL.
package localpg
