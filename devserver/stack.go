package main

import (
	"context"
	"fmt"
	"sync"

	uiserver "github.com/temporalio/ui-server/v2/server"
	"go.temporal.io/server/common/log/tag"
	"go.temporal.io/server/temporal"
)

// stack is the Temporal server and its UI, started and stopped together.
type stack struct {
	set   settings
	ports *ports
	log   *logger

	mu     sync.Mutex
	server temporal.Server // set once it runs
	ui     *uiserver.Server
}

// start returns when everything answers. Its error names the step that failed.
func (s *stack) start(ctx context.Context) error {
	steps := []struct {
		doing string
		do    func(context.Context) error
	}{
		{"preparing the databases", s.prepareDatabases},
		{"starting the Temporal server", s.startServer},
		{"preparing namespace " + s.set.namespace, s.prepareNamespace},
		{"starting the Temporal UI", s.startUI},
	}
	for _, step := range steps {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	return nil
}

func (s *stack) prepareDatabases(ctx context.Context) error {
	return bounded(ctx, func() error {
		return installSchemas(ctx, s.set.database, s.set.prefix, s.log)
	})
}

func (s *stack) startServer(ctx context.Context) error {
	p := s.ports
	p.free(p.frontend, p.history, p.matching, p.worker)
	return bounded(ctx, func() error {
		server, err := newServer(s.set, p, s.log)
		if err != nil {
			return err
		}
		if err := server.Start(); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.server = server
		return nil
	})
}

func (s *stack) prepareNamespace(ctx context.Context) error {
	conn, err := dialFrontend(dialable(s.ports.frontend))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := awaitHealth(ctx, conn); err != nil {
		return err
	}
	return ensureNamespace(ctx, conn, s.set.namespace, s.set.retention)
}

func (s *stack) startUI(ctx context.Context) error {
	if !s.ports.ui.IsValid() {
		return nil
	}
	s.ui = newUI(s.set, s.ports.ui, dialable(s.ports.frontend))
	s.ports.free(s.ports.ui)
	go func() { _ = s.ui.Start() }() // returns only after Stop; a taken port ends the process
	return awaitUI(ctx, dialable(s.ports.ui))
}

// stop ends the UI, then the server, and gives up waiting after stopTimeout or
// when ctx ends.
func (s *stack) stop(ctx context.Context) {
	if s.ui != nil {
		s.ui.Stop()
	}
	s.mu.Lock()
	server := s.server
	s.mu.Unlock()
	if server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	if err := bounded(ctx, server.Stop); err != nil {
		s.log.Warn("the Temporal server did not stop cleanly", tag.Error(err))
	}
}

// readyLine is what a parent process waits for.
func (s *stack) readyLine() string {
	line := "ready temporal=" + dialable(s.ports.frontend)
	if s.ports.ui.IsValid() {
		line += " ui=http://" + dialable(s.ports.ui)
	}
	return line
}
