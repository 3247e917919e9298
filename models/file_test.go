package models_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestFileNameIsSafe(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"offer.pdf":                         "offer.pdf",
		"Angebot März 😀.pdf":                "Angebot März 😀.pdf",
		"../../etc/passwd":                  "passwd",
		`C:\fakepath\photo.jpg`:             "photo.jpg",
		`..\..\boot.ini`:                    "boot.ini",
		"..":                                "file",
		"a/..":                              "file",
		"dir/":                              "file",
		"":                                  "file",
		" . ":                               "file",
		".htaccess":                         "htaccess",
		"two\r\nSet-Cookie: a=b":            "twoSet-Cookie: a=b",
		"nul\x00byte\x7f.txt":               "nulbyte.txt",
		"invoice\u202efdp.exe":              "invoicefdp.exe",
		"\u2066a\u2069\u200eb\u2028c":       "abc",
		"\xff\xfebad.txt":                   "bad.txt",
		`quote".txt`:                        `quote".txt`,
		strings.Repeat("x", 300) + ".txt":   strings.Repeat("x", 255),
		strings.Repeat("ü", 254) + ". .pdf": strings.Repeat("ü", 254),
	} {
		require.Equal(t, want, models.FileName(given), "%q", given)
	}
}

func FuzzFileName(f *testing.F) {
	f.Add("../a\r\nb\u202e.txt")
	f.Fuzz(func(t *testing.T, given string) {
		name := models.FileName(given)
		require.NotEmpty(t, name)
		require.True(t, utf8.ValidString(name))
		require.LessOrEqual(t, utf8.RuneCountInString(name), 255)
		require.False(t, strings.ContainsAny(name, "/\\\r\n\x00"), "%q", name)
		require.Equal(t, name, models.FileName(name), "it stays as it is")
	})
}

func TestWhatAFieldTakes(t *testing.T) {
	t.Parallel()
	for contentType, image := range map[string]bool{
		"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true,
		"image/svg+xml": false, "image/tiff": false, "application/pdf": false, "text/html; charset=utf-8": false, "": false,
	} {
		require.Equal(t, image, models.FieldImage.Takes(contentType), contentType)
		require.True(t, models.FieldFile.Takes(contentType), contentType)
		require.False(t, models.FieldText.Takes(contentType), contentType)
	}
}

func TestWhatMayRunIsServedAsUnknownBytes(t *testing.T) {
	t.Parallel()
	const unknown = "application/octet-stream"
	for contentType, served := range map[string]string{
		"image/png":                 "image/png",
		"application/pdf":           "application/pdf",
		"text/plain; charset=utf-8": "text/plain; charset=utf-8",
		"text/csv":                  "text/csv",
		"audio/mpeg":                "audio/mpeg",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
		"text/html; charset=utf-8":             unknown,
		"image/svg+xml":                        unknown,
		"text/xml; charset=utf-8":              unknown,
		"application/xhtml+xml":                unknown,
		"application/vnd.google-earth.kml+xml": unknown,
		"text/javascript":                      unknown,
		"application/x-elf":                    unknown,
		"application/x-shockwave-flash":        unknown,
		"text/html":                            unknown,
		"":                                     unknown,
	} {
		require.Equal(t, served, models.File{ContentType: contentType}.ServedAs(), contentType)
	}
}
