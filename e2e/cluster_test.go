package e2e_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// sealKeys of a cluster, the same on every replica.
const sealKeys = "e2e:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// cluster is the shape past one machine: replicas of leadrail serve before a
// Postgres, and a Temporal server on a Postgres of its own. What the machine
// does, it does through the first replica.
type cluster struct {
	*machine

	product  *postgres
	engine   *program
	beneath  *postgres // the engine's
	replicas []*program
	bases    []string
}

// roads are the addresses under which the replicas reach what they need, where
// these are not the parts' own.
type roads struct{ database, temporal string }

// newCluster starts a cluster with two replicas.
func newCluster(t *testing.T) *cluster {
	t.Helper()
	c := newStores(t)
	c.addReplicas(roads{database: c.database, temporal: c.machine.temporal})
	return c
}

// newStores starts a cluster without replicas.
func newStores(t *testing.T) *cluster {
	t.Helper()
	dir, err := os.MkdirTemp("", "leadrail-e2e-") // not t.TempDir: its parent may bar the database's user
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { os.RemoveAll(dir) })
	c := &cluster{
		machine: &machine{t: t, dir: dir, temporal: freeAddress(t), adminKey: "lr_e2e_admin_key"},
		product: &postgres{t: t, dir: filepath.Join(dir, "product")},
		beneath: &postgres{t: t, dir: filepath.Join(dir, "temporal")},
	}
	c.listen()
	c.product.start()
	require.NoError(t, c.product.server.CreateDatabase(t.Context(), "leadrail"))
	c.database = c.product.server.URL("leadrail")
	c.beneath.start()
	c.engine = c.newEngine()
	c.silence.hear(c.engine.said.String)
	c.engine.start()
	return c
}

func (c *cluster) newEngine() *program {
	return &program{
		t: c.t, name: "temporal",
		command: func() *exec.Cmd {
			cmd := exec.Command(binary(c.t, "leadrail-temporal"), "-listen", c.machine.temporal, "-ui-listen", "", "-namespace", "default")
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir,
				"LEADRAIL_TEMPORAL_DATABASE_URL=" + c.beneath.server.URL("postgres"),
			}
			return cmd
		},
		answers: func(said string) bool { return strings.Contains(said, "ready temporal=") },
	}
}

// addReplicas starts two replicas.
func (c *cluster) addReplicas(to roads) {
	c.t.Helper()
	for range 2 {
		address := freeAddress(c.t)
		base := "http://" + address
		replica := &program{t: c.t, name: base, answers: func(string) bool { return ready(base) }, command: func() *exec.Cmd {
			cmd := exec.Command(binary(c.t, "leadrail"), "serve")
			cmd.Dir = c.dir
			cmd.Env = []string{
				"PATH=" + os.Getenv("PATH"), "HOME=" + c.dir,
				"DATABASE_URL=" + to.database, "TEMPORAL_ADDRESS=" + to.temporal,
				"LEADRAIL_LISTEN=" + address, "LEADRAIL_SEAL_KEYS=" + sealKeys,
				"LEADRAIL_ADMIN_KEY=" + c.adminKey, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8", "LEADRAIL_LOG_LEVEL=warn",
			}
			return cmd
		}}
		c.silence.hear(replica.said.String)
		replica.start()
		c.replicas, c.bases = append(c.replicas, replica), append(c.bases, base)
	}
	c.api = c.bases[0][len("http://"):]
}

// parts are all of the cluster, those first that others need.
func (c *cluster) parts() []part {
	return []part{c.product, c.beneath, c.engine, c.replicas[0], c.replicas[1]}
}

// ready asks whether a replica is. It gives up soon, as a load balancer does,
// and leaves no connection.
func ready(base string) bool {
	client := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(base + "/readyz")
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// balance watches the replicas as a load balancer does, and returns what it
// knows of each.
func (c *cluster) balance() (usable func(base string) bool) {
	known := map[string]*atomic.Bool{}
	for _, base := range c.bases {
		known[base] = &atomic.Bool{}
		known[base].Store(true)
		go func() {
			for ticker := time.NewTicker(100 * time.Millisecond); ; {
				select {
				case <-c.t.Context().Done():
					ticker.Stop()
					return
				case <-ticker.C:
					known[base].Store(ready(base))
				}
			}
		}()
	}
	return func(base string) bool { return known[base].Load() }
}
