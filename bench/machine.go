package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// machine is a Leadrail of the bench's own.
type machine struct {
	dir      string
	api      string
	database string
	key      string
	cmd      *exec.Cmd
	exited   chan struct{}
}

const startTimeout = 2 * time.Minute

// start runs bin/leadrail up on free ports in an empty folder.
func start(ctx context.Context) (*machine, error) {
	binary, err := filepath.Abs(filepath.Join("bin", "leadrail"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(binary); err != nil {
		return nil, fmt.Errorf("run make build first: %w", err)
	}
	dir, err := os.MkdirTemp("", "leadrail-bench-")
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(4)
	if err != nil {
		return nil, err
	}
	m := &machine{
		dir: dir, key: "lr_bench", api: "127.0.0.1:" + ports[0], exited: make(chan struct{}),
		database: "postgres://postgres@127.0.0.1:" + ports[3] + "/leadrail",
	}
	m.cmd = exec.CommandContext(ctx, binary, "up")
	m.cmd.Cancel = func() error { return m.cmd.Process.Signal(syscall.SIGTERM) }
	m.cmd.Env = append(os.Environ(),
		"LEADRAIL_DATA_DIR="+filepath.Join(dir, "data"), "LEADRAIL_ADMIN_KEY="+m.key, "LEADRAIL_LISTEN="+m.api,
		"LEADRAIL_TEMPORAL_LISTEN=127.0.0.1:"+ports[1], "LEADRAIL_TEMPORAL_UI_LISTEN=127.0.0.1:"+ports[2],
		"LEADRAIL_POSTGRES_PORT="+ports[3], "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8", "LEADRAIL_LOG_LEVEL=error",
		"LEADRAIL_METRICS_LISTEN=off",
		"DATABASE_URL=", "TEMPORAL_ADDRESS=",
	)
	return m, errors.Join(os.Chmod(dir, 0o755), m.await())
}

// await starts the program and waits until it says that it is ready.
func (m *machine) await() error {
	output, err := m.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	m.cmd.Stderr = os.Stderr
	if err := m.cmd.Start(); err != nil {
		return err
	}
	ready := make(chan struct{})
	go func() {
		defer close(m.exited)
		for lines := bufio.NewScanner(output); lines.Scan(); {
			if strings.Contains(lines.Text(), "Leadrail is ready") {
				close(ready)
			}
		}
		m.cmd.Wait() // an error means that it was asked to stop
	}()
	select {
	case <-ready:
		return nil
	case <-m.exited:
		return errors.New("leadrail did not start")
	case <-time.After(startTimeout):
		return errors.New("leadrail is not ready")
	}
}

func (m *machine) stop() {
	m.cmd.Process.Signal(syscall.SIGTERM) // an error means that it has ended
	<-m.exited
	os.RemoveAll(m.dir)
}

// createForm makes a form whose webhook goes to url.
func (m *machine) createForm(ctx context.Context, name, url string) (id string, err error) {
	return m.create(ctx, map[string]any{
		"agentId": "agent_bench", "name": name, "fields": []map[string]any{{"name": "email", "type": "email"}},
		"webhook": map[string]any{"url": url},
	})
}

// create makes a form.
func (m *machine) create(ctx context.Context, definition map[string]any) (id string, err error) {
	body, err := json.Marshal(definition)
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+m.api+"/v1/forms", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+m.key)
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	var form struct {
		ID string `json:"id"`
	}
	if err := json.NewDecoder(response.Body).Decode(&form); err != nil || form.ID == "" {
		return "", fmt.Errorf("create form: %s", response.Status)
	}
	return form.ID, nil
}

// freePorts finds ports that nobody listens on.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer listener.Close()
		_, port, _ := net.SplitHostPort(listener.Addr().String()) // an error is not possible
		ports = append(ports, port)
	}
	return ports, nil
}
