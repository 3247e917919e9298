package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// sign returns the webhook-signature of a request at a timestamp (Standard
// Webhooks 1.0.0, scheme v1): one signature for each key, of which receivers
// accept any, separated by a space.
func sign(request Request, timestamp string) string {
	signatures := make([]string, len(request.Keys))
	for i, key := range request.Keys {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.%s", request.ID, timestamp, request.Body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signatures, " ")
}
