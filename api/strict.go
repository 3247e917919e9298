package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"leadrail/models"
)

// maxDepth is how deep a body may nest. Use cases draw the line where they need
// it, far below.
const maxDepth = 100

// strict reads a body before it is decoded, for what the decoder forgives: names
// that are given twice, of which it takes the last, names in another case, and
// texts that are not Unicode, which it mends.
type strict struct {
	raw     []byte
	decoder *json.Decoder
}

// checkStrict returns the first problem of a body. Its errors are *models.Error,
// or those of a JSON decoder.
func checkStrict(raw []byte, body *shape) error {
	s := strict{raw: raw, decoder: json.NewDecoder(bytes.NewReader(raw))}
	s.decoder.UseNumber()
	if err := s.value(body, 0); err != nil {
		return problemOf(err)
	}
	if _, err := s.decoder.Token(); !errors.Is(err, io.EOF) {
		return malformed("The body has something after the JSON object.")
	}
	return nil
}

func (s *strict) value(of *shape, depth int) error {
	if depth > maxDepth {
		return malformed(fmt.Sprintf("The body nests more than %d deep.", maxDepth))
	}
	token, written, err := s.token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return s.object(of, depth)
		}
		return s.list(of, depth)
	case string:
		if !of.isVerbatim() {
			return checkText(token, written)
		}
	}
	return nil
}

// token reads the next token, and how it is written.
func (s *strict) token() (json.Token, []byte, error) {
	before := s.decoder.InputOffset()
	token, err := s.decoder.Token()
	return token, s.raw[before:s.decoder.InputOffset()], err
}

func (s *strict) object(of *shape, depth int) error {
	seen := map[string]bool{}
	for s.decoder.More() {
		token, written, err := s.token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // a decoder takes nothing else here
		inner, known := of.in(name)
		switch {
		case seen[name]:
			err = &flaw{reason: "duplicate_field"}
		case !known:
			err = &flaw{reason: "unknown_field", name: name, known: of.names}
		case !of.isVerbatim():
			err = checkText(name, written)
		}
		seen[name] = true
		if err == nil {
			err = s.value(inner, depth+1)
		}
		if err != nil {
			return under("."+clip(name), err)
		}
	}
	_, err := s.decoder.Token()
	return err
}

func (s *strict) list(of *shape, depth int) error {
	for i := 0; s.decoder.More(); i++ {
		if err := s.value(of.element(), depth+1); err != nil {
			return under(fmt.Sprintf("[%d]", i), err)
		}
	}
	_, err := s.decoder.Token()
	return err
}

// checkText refuses what no database keeps and no reader should be shown.
func checkText(text string, written []byte) error {
	switch {
	case strings.ContainsRune(text, 0):
		return &flaw{reason: "invalid_text", message: "The character U+0000 cannot be stored."}
	case !models.IsUnicode(written):
		return &flaw{reason: "invalid_text", message: "A text is not valid Unicode."}
	}
	return nil
}

// flaw is a problem of a value, located on the way up to the body.
type flaw struct {
	reason, path, message string
	// name is one that is not among the known ones.
	name  string
	known []string
}

func (f *flaw) Error() string { return f.reason + " at " + f.path }

// under puts the place of a value before that of its flaw.
func under(place string, err error) error {
	if found := (*flaw)(nil); errors.As(err, &found) {
		found.path = place + found.path
	}
	return err
}

// problemOf says what is wrong with a body.
func problemOf(err error) error {
	var found *flaw
	if !errors.As(err, &found) {
		return err
	}
	path := strings.TrimPrefix(found.path, ".")
	switch found.reason {
	case "unknown_field":
		return unknownField(path, found.name, found.known)
	case "duplicate_field":
		return duplicate("duplicate_field", "field", path)
	default:
		return models.InvalidField(path, found.reason, found.message)
	}
}

// clip shortens a name that a caller made up.
func clip(name string) string {
	const most = 64
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most]) + "…"
}
