package leads

import (
	"encoding/base64"
	"strings"
)

// isDataURL reports whether a text is meant as a data URL (RFC 2397).
func isDataURL(text string) bool {
	const scheme = "data:"
	return len(text) >= len(scheme) && strings.EqualFold(text[:len(scheme)], scheme)
}

// decodeDataURL returns the bytes of a data URL in padded base64. What it says
// of their type is not believed.
func decodeDataURL(text string) (content []byte, ok bool) {
	head, data, found := strings.Cut(text, ",")
	const encoding = ";base64"
	if !found || len(head) < len(encoding) || !strings.EqualFold(head[len(head)-len(encoding):], encoding) {
		return nil, false
	}
	content, err := base64.StdEncoding.DecodeString(data)
	return content, err == nil
}
