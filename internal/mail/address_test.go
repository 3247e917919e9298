package mail_test

import (
	netmail "net/mail"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/models"
)

func TestAddressThatCanBeUsed(t *testing.T) {
	t.Parallel()
	local64 := strings.Repeat("a", 64)
	domain189 := strings.Repeat("b", 63) + "." + strings.Repeat("c", 63) + "." + strings.Repeat("d", 57) + ".com"
	for email, want := range map[string]string{
		"ada@example.com":                        "ada@example.com",
		"Ada.Example+tag@Mail.Example.COM":       "Ada.Example+tag@Mail.Example.COM",
		"!#$%&'*+/=?^_`{|}~-@example.com":        "!#$%&'*+/=?^_`{|}~-@example.com",
		"ada@bücher.example":                     "ada@xn--bcher-kva.example",
		"ada@例え.テスト":                             "ada@xn--r8jz45g.xn--zckzah",
		"ada@xn--bcher-kva.example":              "ada@xn--bcher-kva.example",
		"a@b.co":                                 "a@b.co",
		local64 + "@example.com":                 local64 + "@example.com",
		local64 + "@" + domain189:                local64 + "@" + domain189, // 254 in all
		"ada@1.example":                          "ada@1.example",
		"ada@" + strings.Repeat("b", 63) + ".co": "ada@" + strings.Repeat("b", 63) + ".co",
	} {
		address, err := mail.NewAddress("", email)
		require.NoError(t, err, email)
		require.Equal(t, mail.Address{Email: want}, address)
	}
}

func TestAddressThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for _, email := range []string{
		"", "@", "ada", "ada@", "@example.com", "ada@example", "ada@localhost", "ada@127.0.0.1", "ada@[127.0.0.1]", "ada@example.com.",
		"ada@.example.com", "ada@example..com", "ada@-example.com", "ada@example-.com", "ada@exam_ple.com", "ada@example.1",
		".ada@example.com", "ada.@example.com", "a..da@example.com", "a da@example.com", " ada@example.com", "ada@example.com ",
		`"ada"@example.com`, "ada@ada@example.com", "ada(x)@example.com", "<ada@example.com>", "ada@example.com,bob@example.com",
		"ada@example.com;bob@example.com", "ádá@example.com", "ada＠example.com", "ada@exam\u202eple.com", "ada\x00@example.com",
		"ada@example.com\n", "ada@example.com\r\nBcc: bob@example.com", "ada@example.com\u2028", "ada@example.com%0d%0aBcc:x", "ada@\xff.com",
		strings.Repeat("a", 65) + "@example.com", "ada@" + strings.Repeat("b", 64) + ".com", "ada@" + strings.Repeat("b.", 126) + "com",
		"ada@xn--\u00fc.example", strings.Repeat("a@", 1<<20),
	} {
		_, err := mail.NewAddress("Ada", email)
		require.Error(t, err, "%.80q", email)
		require.Equal(t, models.CodeInvalid, models.CodeOf(err))
		require.Equal(t, "An e-mail address looks like ada@example.com, has at most 254 characters and plain letters before the @.", err.Error())
	}
}

func TestNameOfAnAddress(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Ada Example":                      "Ada Example",
		"":                                 "",
		" \t ":                             "",
		"Doe, Jane":                        "Doe Jane",
		"Doe; Jane":                        "Doe Jane",
		`"Ada" <evil@example.com>\`:        "Ada evil@example.com",
		"Ada\r\nBcc: everyone@example.com": "Ada Bcc: everyone@example.com",
		"Ada\u0085\u2028\u2029\v\f\x00x":   "Ada x",
		"Ada\u202egnp\u2066.exe\u2069":     "Ada gnp .exe",
		"=?utf-8?q?=0D=0ABcc:?=":           "= ?utf-8?q?=0D=0ABcc:?=",
		"==??utf-8?b?eA==?=":               "== ??utf-8?b?eA== ?=",
		"=\x00?utf-8?q?x?=":                "= ?utf-8?q?x?=",
		"Zoë 見本 👩🏽‍💻":                      "Zoë 見本 👩🏽‍💻",
		"שרה\u200f!":                       "שרה\u200f!",
		"a\xff\xfeb":                       "a b",
		strings.Repeat("é", 100):           strings.Repeat("é", 100),
		strings.Repeat("é", 101):           strings.Repeat("é", 99) + "…",
		strings.Repeat("é", 98) + " ää":    strings.Repeat("é", 98) + "…",
	} {
		address, err := mail.NewAddress(name, "ada@example.com")
		require.NoError(t, err)
		require.Equal(t, want, address.Name, "%q", name)
	}
}

func TestRecipient(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]mail.Address{
		"ann@example.com":                       {Email: "ann@example.com"},
		" ann@example.com ":                     {Email: "ann@example.com"},
		"<ann@example.com>":                     {Email: "ann@example.com"},
		"Ann <ann@example.com>":                 {Name: "Ann", Email: "ann@example.com"},
		"Ann Example <ann@example.com>":         {Name: "Ann Example", Email: "ann@example.com"},
		`"Example, Ann" <ann@example.com>`:      {Name: "Example Ann", Email: "ann@example.com"},
		`"Ann \"A\"" <ann@example.com>`:         {Name: "Ann A", Email: "ann@example.com"},
		"Zoë <zoe@bücher.example>":              {Name: "Zoë", Email: "zoe@xn--bcher-kva.example"},
		"=?utf-8?q?Zo=C3=AB?= <zoe@b.co>":       {Name: "Zoë", Email: "zoe@b.co"},
		"=?utf-8?q?=0D=0ABcc=3A_x?= <zoe@b.co>": {Name: "Bcc: x", Email: "zoe@b.co"},
		"=?utf-8?q?=3D=3Fa=3Fb?= <zoe@b.co>":    {Name: "= ?a?b", Email: "zoe@b.co"},
	} {
		address, err := mail.ParseRecipient(text)
		require.NoError(t, err, text)
		require.Equal(t, want, address)
	}
	for _, text := range []string{
		"", " ", "Ann", "Ann <>", "Ann <ann@example.com", "ann@example.com, bob@example.com", "a@b.co;c@d.co", "team: a@b.co, c@d.co;",
		"Ann <ann@example.com>\r\nBcc: bob@example.com", "ann@example.com\t", "Ann\x00 <ann@example.com>", "Ann <ann@localhost>",
		"=?klingon?q?x?= <a@b.co>",
	} {
		_, err := mail.ParseRecipient(text)
		require.Error(t, err, "%q", text)
		require.Equal(t, models.CodeInvalid, models.CodeOf(err))
		require.NotContains(t, err.Error(), "ann@")
	}
}

func TestAddressIsShownButNotLogged(t *testing.T) {
	t.Parallel()
	require.Equal(t, "ann@example.com", mail.Address{Email: "ann@example.com"}.String())
	require.Equal(t, "Ann <ann@example.com>", mail.Address{Name: "Ann", Email: "ann@example.com"}.String())
	require.Equal(t, "[address]", mail.Address{Name: "Ann", Email: "ann@example.com"}.LogValue().String())
	require.Empty(t, mail.Address{}.LogValue().String())
}

func FuzzParseRecipient(f *testing.F) {
	for _, seed := range []string{
		"ann@example.com", "Ann <ann@example.com>", `"a, b" <a@b.co>`, "=?utf-8?q?=0A?= <a@b.co>", "a@bücher.example",
		"=?utf-8?b?PT8=?= <a@b.co>", "a (x) @b.co", "\u202e <a@b.co>", "<@x,@y:a@b.co>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		address, err := mail.ParseRecipient(text)
		if err != nil {
			require.Zero(t, address)
			return
		}
		requireHeaderLine(t, address.Name, 100)
		require.NotContains(t, address.Name, ",")
		require.False(t, strings.ContainsAny(address.Name, `;,"<>\`), "%q", address.Name)
		require.LessOrEqual(t, len(address.Email), 254)
		require.False(t, strings.ContainsFunc(address.Email, func(r rune) bool { return r <= ' ' || r > '~' }), "%q", address.Email)
		parsed, err := netmail.ParseAddress("<" + address.Email + ">")
		require.NoError(t, err)
		require.Equal(t, address.Email, parsed.Address)
		again, err := mail.NewAddress(address.Name, address.Email)
		require.NoError(t, err)
		require.Equal(t, address, again, "clean is clean")
	})
}

// requireHeaderLine checks what holds for all text that goes into a header.
func requireHeaderLine(t *testing.T, line string, limit int) {
	t.Helper()
	require.True(t, utf8.ValidString(line), "%q", line)
	require.LessOrEqual(t, utf8.RuneCountInString(line), limit)
	require.Equal(t, strings.TrimSpace(line), line)
	require.NotContains(t, line, "=?")
	require.False(t, strings.ContainsFunc(line, func(r rune) bool {
		return unicode.IsControl(r) || unicode.In(r, unicode.Zl, unicode.Zp) ||
			r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	}), "%q", line)
}
