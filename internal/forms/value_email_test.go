package forms_test

import (
	"strings"
	"testing"

	"leadrail/models"
)

func TestEmail(t *testing.T) {
	t.Parallel()
	values{
		"": {
			`"ada@example.com"`, `"a@b.co"`, `"ada.lovelace+news@mail.example.co.uk"`, `"ADA@EXAMPLE.COM"`, `"o'hara@example.com"`,
			`"ada_l@example.com"`, `"1@1.example"`, `"a!#$%&'*+/=?^_{|}~-@example.com"`, `"ada@bücher.example"`, `"ada@xn--bcher-kva.example"`,
			`"ада@пример.испытание"`, `"josé@example.com"`, `"ada@例え.テスト"`, `"ada@sub-domain.example.com"`,
			quoted(strings.Repeat("x", 64) + "@example.com"),
			quoted("ada@" + strings.Repeat("x", 63) + ".example.com"),
		},
		"email": {
			`"ada"`, `"ada@"`, `"@example.com"`, `"ada@@example.com"`, `"ada@example"`, `"ada@localhost"`, `"ada@127.0.0.1"`, `"ada@[127.0.0.1]"`,
			`"ada@example..com"`, `"ada@.example.com"`, `"ada@example.com."`, `"ada.@example.com"`, `".ada@example.com"`, `"a..b@example.com"`,
			`"ada @example.com"`, `"ada@exam ple.com"`, `" ada@example.com"`, `"ada@example.com "`, `"ada@example.com\n"`, `"ada@example.com\r\nBcc: eve@example.com"`,
			`"Ada <ada@example.com>"`, `"<ada@example.com>"`, `"\"ada\"@example.com"`, `"ada@example.com, eve@example.com"`, `"ada(x)@example.com"`,
			`"ada@-example.com"`, `"ada@example-.com"`, `"ada@exa_mple.com"`, `"ada@example.c"`, `"ada@xn--.example"`, `"ada@\u202eexample.com"`, `"mailto:ada@example.com"`,
			quoted(strings.Repeat("x", 65) + "@example.com"),
			quoted("ada@" + strings.Repeat("x", 64) + ".example.com"),
			quoted("ada@" + strings.Repeat("xxxxxxxxx.", 25) + "example.com"),
			quoted("ada@" + strings.Repeat("ü", 60) + "." + strings.Repeat("ü", 60) + ".example"),
		},
		"type": {`7`, `true`, `["ada@example.com"]`, `{"email":"ada@example.com"}`},
	}.check(t, models.Field{Type: models.FieldEmail})
}
