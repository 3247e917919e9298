package webhook_test

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
)

// refusedHosts lists spellings of addresses that must not be dialled.
func refusedHosts() []string {
	hosts := strings.Fields(`2130706433 0x7f.1 0177.0.0.1 127.1 127.0.1 0x7f000001 0X7F.0.0.1 017700000001
		1.2.3.4.5 example.1 example.0x example.0x7f 256.256.256.256 08.8.8.8
		１２７.０.０.１ 127。0。0。1 ①②⑦.0.0.1 127.0.0.1. localhost localhost. LOCALHOST LocalHost
		a.localhost a.LocalHost. [::1%25lo] [fe80::1%25eth0] [fe80::1%eth0] [127.0.0.1] [8.8.8.8]
		[FD00:EC2::254] [0:0:0:0:0:ffff:7f00:0001] [::FFFF:127.0.0.1] [64:FF9B::A9FE:A9FE]`)
	for _, address := range forbidden() {
		switch {
		case strings.Contains(address, "%"):
		case strings.Contains(address, ":"):
			hosts = append(hosts, "["+address+"]")
		default:
			hosts = append(hosts, address)
		}
	}
	return hosts
}

func TestCheckURLRefusesHosts(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	for _, host := range refusedHosts() {
		for _, url := range []string{"https://" + host + "/x", "http://" + host + ":8080", "HTTP://" + host + "?a=b"} {
			require.Error(t, guard.CheckURL(url), url)
		}
	}
}

func TestCheckURLRefusesShapes(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	tests := map[string]string{
		"":                                                      "empty",
		"example.com/hook":                                      "start with https://",
		"//example.com/hook":                                    "start with https://",
		"ftp://example.com":                                     "start with https://",
		"file:///etc/passwd":                                    "start with https://",
		"gopher://example.com:70/x":                             "start with https://",
		"javascript:alert(1)":                                   "start with https://",
		"https:example.com":                                     "no host",
		"https:///hook":                                         "no host",
		"https://:443/hook":                                     "no host",
		"https://?a=b":                                          "no host",
		"https://user@example.com":                              "user or password",
		"https://user:pass@example.com":                         "user or password",
		"https://example.com@127.0.0.1/":                        "user or password",
		"https://example.com/hook#part":                         "fragment",
		"https://example.com/hook#":                             "fragment",
		"https://example.com:0/":                                "port",
		"https://example.com:65536/":                            "port",
		"https://example.com:99999999999/":                      "port",
		"https://example.com:/":                                 "port",
		"https://example.com:22/":                               "another protocol",
		"https://example.com:25/":                               "another protocol",
		"https://example.com:6379/":                             "another protocol",
		"https://example.com:http/":                             "parsed",
		"https://example.com:-1/":                               "parsed",
		"https://exa mple.com/":                                 "space",
		" https://example.com/":                                 "space",
		"https://example.com/\r\nX-Evil: 1":                     "control character",
		"https://example.com/\x00":                              "control character",
		"https://example.com/\u0085":                            "control character",
		"https://example.com/\u2028":                            "space",
		"https://example.com/\xff":                              "UTF-8",
		"https://%31%32%37.0.0.1/":                              "parsed",
		"https://[::1/":                                         "parsed",
		"https://example.com./hook":                             "ends in a dot",
		"https://bücher.example/":                               "xn--",
		"https://ехample.com/":                                  "xn--",
		"https://exa%6dple.com/":                                "parsed",
		"https://a..example.com/":                               "not a valid name",
		"https://exam!ple.com/":                                 "not a valid name",
		"https://" + strings.Repeat("a", 64) + ".example.com/":  "not a valid name",
		"https://" + strings.Repeat("a.", 130) + "example.com/": "not a valid name",
		"https://example.com/" + strings.Repeat("a", 2048):      "2048 bytes",
	}
	for url, want := range tests {
		err := guard.CheckURL(url)
		requireRefusal(t, err, webhook.ReasonURL)
		require.Contains(t, err.Error(), want, "%q", url)
	}
}

func TestCheckURLAccepts(t *testing.T) {
	t.Parallel()
	guard := webhook.NewGuard()
	for _, url := range []string{
		"https://example.com", "HTTPS://EXAMPLE.COM/Hook", "http://example.com:8080/a/b?c=d%20e&f=%0d%0a",
		"https://hooks.zapier.com/hooks/catch/1/2/", "https://xn--bcher-kva.example/", "https://a_b.example.com/",
		"https://8.8.8.8/", "https://[2606:4700:4700::1111]:8443/", "https://localhost.example.com/",
		"https://example.com:65535/", "https://1.example.com/", "https://intranet/", "https://0xa.example/",
		"https://example.com/" + strings.Repeat("a", 2048-len("https://example.com/")),
	} {
		require.NoError(t, guard.CheckURL(url), url)
	}
}

func TestCheckURLFollowsTheAllowList(t *testing.T) {
	t.Parallel()
	guard := loopback()
	require.NoError(t, guard.CheckURL("http://127.0.0.1:3000/hook"))
	require.NoError(t, guard.CheckURL("http://localhost:3000/hook"))
	require.NoError(t, guard.CheckURL("http://app.localhost:3000/hook"))
	require.Error(t, guard.CheckURL("http://127.1:3000/hook"))
	require.Error(t, guard.CheckURL("http://[::1]:3000/hook"))
	require.ErrorContains(t, webhook.NewGuard().CheckURL("http://localhost:3000"), "LEADRAIL_ALLOW_CIDRS")
}

// Whatever is accepted can be sent, and an IP literal in it passes the guard.
func FuzzCheckURL(f *testing.F) {
	for _, host := range refusedHosts() {
		f.Add("http://" + host + "/")
	}
	f.Add("https://example.com:443/a?b=c")
	f.Add("https://[2606:4700:4700::1111]/")
	guard := webhook.NewGuard()
	f.Fuzz(func(t *testing.T, url string) {
		if guard.CheckURL(url) != nil {
			return
		}
		request, err := http.NewRequest(http.MethodPost, url, nil)
		require.NoError(t, err)
		require.NotEmpty(t, request.URL.Hostname())
		require.Nil(t, request.URL.User)
		if literal, err := netip.ParseAddr(request.URL.Hostname()); err == nil {
			require.NoError(t, guard.Check(literal))
		}
	})
}
