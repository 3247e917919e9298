package localpg

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// Ports are chosen below the range from which systems take the ports of
// outgoing connections (32768 up on Linux, 49152 up elsewhere). In that range
// a client that redials while the server restarts can be given the server's
// own port, connect to itself and keep the server out.
const (
	firstPort = 20000
	lastPort  = 29999
)

// port returns the port to listen on: the one asked for, else the one kept
// for the place, else a free one.
func (p place) port(opts Options) (int, error) {
	if opts.Port != 0 {
		return opts.Port, checkFree(opts.Port)
	}
	if kept := p.keptPort(); kept != 0 {
		if err := checkFree(kept); err == nil {
			return kept, nil
		}
		opts.Log.Warn("the port postgres had is taken, choosing another", "port", kept)
	}
	return anyPort()
}

func anyPort() (int, error) {
	const tries = 100
	for range tries {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		if checkFree(port) == nil {
			return port, nil
		}
	}
	return 0, fmt.Errorf("found no free port between %d and %d", firstPort, lastPort)
}

func checkFree(port int) error {
	listener, err := net.Listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if errors.Is(err, syscall.EADDRINUSE) {
		return &PortError{Port: port}
	}
	if err != nil {
		return fmt.Errorf("probe port %d: %w", port, err)
	}
	if err := listener.Close(); err != nil {
		return fmt.Errorf("probe port %d: %w", port, err)
	}
	return nil
}

// keptPort is 0 when none is kept.
func (p place) keptPort() int {
	text, err := os.ReadFile(p.path(portName))
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || port < 1 || port > 65535 {
		return 0
	}
	return port
}

func (p place) keepPort(port int) error {
	if p.keptPort() == port {
		return nil
	}
	if err := os.WriteFile(p.path(portName), []byte(strconv.Itoa(port)+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep the port: %w", err)
	}
	return nil
}
