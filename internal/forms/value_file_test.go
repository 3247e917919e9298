package forms_test

import (
	"strings"
	"testing"

	"leadrail/internal/id"
	"leadrail/models"
)

// Whether there is such a file, and what is in it, is not asked here.
func TestFileAndImage(t *testing.T) {
	t.Parallel()
	const suffix = "01jd9zk6r5e0cv3n8q2x4w7t1m"
	good := []string{quoted("file_" + suffix), `"file_00000000000000000000000000"`, `"file_7zzzzzzzzzzzzzzzzzzzzzzzzz"`}
	for range 10 {
		good = append(good, quoted(id.New(id.File)))
	}
	table := values{
		"": good,
		"file": {
			`"file"`, `"file_"`, quoted(suffix), quoted("form_" + suffix), quoted("FILE_" + suffix), quoted("file_" + strings.ToUpper(suffix)), quoted("file-" + suffix),
			quoted("file_" + suffix[1:]), quoted("file_" + suffix + "0"), quoted("file_8" + suffix[1:]), quoted("file_" + suffix[:25] + "u"), quoted("file_" + suffix[:25] + "é"),
			quoted(" file_" + suffix), quoted("file_" + suffix + "\n"), quoted("file_" + suffix + ",file_" + suffix), quoted("file_" + suffix + "/../x"),
			`"cv.pdf"`, `"C:\\fakepath\\cv.pdf"`, `"https://example.com/cv.pdf"`, `"data:text/plain;base64,SGk="`, `" "`,
		},
		"type": {`7`, `true`, `[` + quoted("file_"+suffix) + `]`, `{"id":` + quoted("file_"+suffix) + `}`, `{}`},
	}
	table.check(t, models.Field{Type: models.FieldFile})
	table.check(t, models.Field{Type: models.FieldImage})
}
