package main

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
)

const uiProbeTimeout = 2 * time.Second

// newUI builds the Temporal UI for the frontend at the given address. It makes
// no request to anything but that frontend; the browser alone talks to the
// codec endpoint, with the operator's cookies.
func newUI(set settings, listen netip.AddrPort, frontend string) *uiserver.Server {
	host := listen.Addr().String()
	if listen.Addr().Is6() {
		host = "[" + host + "]" // the UI joins host and port itself
	}
	return uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: frontend,
		Host:                host,
		Port:                int(listen.Port()),
		EnableUI:            true,
		DefaultNamespace:    set.namespace,
		CORS:                uiconfig.CORS{CookieInsecure: true}, // plain HTTP
		HideLogs:            true,
		DisableNewsFetch:    true,
		Codec: uiconfig.Codec{
			Endpoint:           set.codecEndpoint,
			IncludeCredentials: set.codecEndpoint != "",
		},
	}))
}

// awaitUI returns once the UI answers HTTP.
func awaitUI(ctx context.Context, addr string) error {
	client := &http.Client{Timeout: uiProbeTimeout, Transport: &http.Transport{DisableKeepAlives: true}}
	return poll(ctx, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/healthz", nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("the UI answers %s", resp.Status)
		}
		return nil
	})
}
