package app

import (
	"net"
	"net/netip"

	"leadrail/internal/config"
	"leadrail/internal/demo"
	"leadrail/internal/mail"
	"leadrail/internal/webhook"
)

// outbound decides what webhooks may reach: public addresses, the ranges that
// the operator allows, and the receiver beside the API where there is one.
func outbound(c config.Config, roles Roles) (*webhook.Guard, *demo.Receiver) {
	guard := webhook.NewGuard(c.AllowCIDRs...)
	if !roles.Receiver {
		return guard, nil
	}
	if own, err := netip.ParseAddrPort(loopbackOf(c.Listen)); err == nil {
		guard = guard.WithEndpoint(own)
	}
	return guard, demo.NewReceiver(now)
}

// loopbackOf returns where this machine reaches a listener, also one that
// listens on every address.
func loopbackOf(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip, err := netip.ParseAddr(host); host == "" || host == "localhost" || (err == nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// destinations checks what forms want to deliver to.
type destinations struct{ guard *webhook.Guard }

// CheckURL implements forms.DestinationChecker.
func (d destinations) CheckURL(url string) error { return d.guard.CheckURL(url) }

// CheckHeaders implements forms.DestinationChecker.
func (d destinations) CheckHeaders(headers map[string]string) error {
	return webhook.CheckHeaders(headers)
}

// CheckRecipient implements forms.DestinationChecker.
func (d destinations) CheckRecipient(text string) error {
	_, err := mail.ParseRecipient(text)
	return err
}
