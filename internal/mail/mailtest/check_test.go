package mailtest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail/mailtest"
)

// object is a JSON object.
type object = map[string]any

// body makes a good request; change makes another of it.
func body(t *testing.T, change func(object)) []byte {
	t.Helper()
	var request object
	require.NoError(t, json.Unmarshal(fmt.Appendf(nil, mailBody, "dlv_1"), &request))
	change(request)
	text, err := json.Marshal(request)
	require.NoError(t, err)
	return text
}

// set changes one field of the request.
func set(key string, value any) func(object) {
	return func(request object) { request[key] = value }
}

// only changes one field of the only personalization.
func only(key string, value any) func(object) {
	return func(request object) { request["personalizations"].([]any)[0].(object)[key] = value }
}

func without(keys ...string) func(object) {
	return func(request object) {
		for _, key := range keys {
			delete(request, key)
		}
	}
}

func email(address string) object { return object{"email": address} }

func people(number int) []object {
	list := make([]object, number)
	for i := range list {
		list[i] = email(fmt.Sprintf("person%d@example.com", i))
	}
	return list
}

func texts(number int) []string {
	list := make([]string, number)
	for i := range list {
		list[i] = fmt.Sprint(i)
	}
	return list
}

func TestGoodRequests(t *testing.T) {
	t.Parallel()
	checker, err := mailtest.NewChecker()
	require.NoError(t, err)
	for name, change := range map[string]func(object){
		"as it is":                 func(object) {},
		"1000 recipients":          only("to", people(1000)),
		"10 categories":            set("categories", texts(10)),
		"category of 255":          set("categories", []string{strings.Repeat("a", 255)}),
		"custom args of 9999":      only("custom_args", object{"a": strings.Repeat("x", 9998)}),
		"custom args for all":      set("custom_args", object{"a": "b"}),
		"HTML only":                set("content", []object{{"type": "text/html", "value": "x"}}),
		"calendar after the texts": set("content", []object{{"type": "text/plain", "value": "x"}, {"type": "text/html", "value": "x"}, {"type": "text/calendar", "value": "x"}}),
		"sandbox":                  set("mail_settings", object{"sandbox_mode": object{"enable": true}}),
		"name in any script":       only("to", []object{{"email": "a@b.co", "name": "見本 (サンプル)"}}),
		"subject per mail":         func(request object) { only("subject", "x")(request); without("subject")(request) },
		"template":                 func(request object) { set("template_id", "d-1")(request); without("subject", "content")(request) },
		"own header":               set("headers", object{"X-Lead": "1"}),
	} {
		require.NoError(t, checker.Check(body(t, change)), name)
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	checker, err := mailtest.NewChecker()
	require.NoError(t, err)
	for name, change := range map[string]func(object){
		"unknown field":           set("subjekt", "x"),
		"unknown field of a mail": only("categories", []string{"x"}),
		"unknown field, address":  set("from", object{"email": "a@b.co", "mail": "x"}),
		"unknown setting":         set("mail_settings", object{"spam_check": object{"enable": true}}),
		"no mail":                 set("personalizations", []object{}),
		"no personalizations":     without("personalizations"),
		"no sender":               without("from"),
		"no recipient":            only("to", []object{}),
		"no subject":              without("subject"),
		"empty subject":           set("subject", ""),
		"subject of two lines":    set("subject", "a\nb"),
		"no content":              without("content"),
		"empty content":           set("content", []object{}),
		"empty part":              set("content", []object{{"type": "text/plain", "value": ""}}),
		"part without type":       set("content", []object{{"value": "x"}}),
		"text after HTML":         set("content", []object{{"type": "text/html", "value": "x"}, {"type": "text/plain", "value": "x"}}),
		"Unicode name in from":    set("from", object{"email": "a@b.co", "name": "Zoë"}),
		"Unicode address in from": set("from", email("zoë@b.co")),
		"no address":              only("to", []object{email("bob")}),
		"comma in a name":         only("to", []object{{"email": "a@b.co", "name": "Doe, Jane"}}),
		"semicolon in a name":     only("cc", []object{{"email": "a@b.co", "name": "Doe; Jane"}}),
		"newline in a name":       set("reply_to", object{"email": "a@b.co", "name": "a\r\nBcc: x"}),
		"1001 recipients":         only("to", people(1001)),
		"1001 recipients in two": func(request object) {
			only("to", people(501))(request)
			only("cc", strangers(500))(request)
		},
		"somebody twice":       only("cc", []object{email("BOB@example.com")}),
		"11 categories":        set("categories", texts(11)),
		"category twice":       set("categories", []string{"a", "a"}),
		"category of 256":      set("categories", []string{strings.Repeat("a", 256)}),
		"custom args of 10000": only("custom_args", object{"a": strings.Repeat("x", 9999)}),
		"custom args in two parts": func(request object) {
			set("custom_args", object{"a": strings.Repeat("x", 5000)})(request)
			only("custom_args", object{"b": strings.Repeat("x", 5000)})(request)
		},
		"custom arg as number": only("custom_args", object{"a": 1}),
		"custom args as text":  set("custom_args", "a"),
		"reserved header":      set("headers", object{"Reply-To": "x"}),
		"header of two lines":  set("headers", object{"X-Lead": "a\r\nBcc: x"}),
		"sandbox not boolean":  set("mail_settings", object{"sandbox_mode": object{"enable": "true"}}),
		"26 groups to display": set("asm", object{"group_id": 1, "groups_to_display": make([]int, 26)}),
		"pool of one letter":   set("ip_pool_name", "a"),
		"30 MB":                set("content", []object{{"type": "text/plain", "value": strings.Repeat("x", 30<<20)}}),
	} {
		require.Error(t, checker.Check(body(t, change)), name)
	}
	for _, text := range []string{"", "null", "[]", "{", fmt.Sprintf(mailBody, "dlv_1") + "{}"} {
		require.Error(t, checker.Check([]byte(text)), text)
	}
}

func strangers(number int) []object {
	list := people(number)
	for i := range list {
		list[i] = email(fmt.Sprintf("stranger%d@example.com", i))
	}
	return list
}

// A description in the form of SendGrid's, and as lax and wrong as it is.
const lax = `{"openapi":"3.1.0","components":{
	"schemas":{"Address":{"type":"object","properties":{"email":{"type":"string","minLength":3},"name":{"type":"string"}}}},
	"requestBodies":{"PostMailSend":{"content":{"application/json":{"schema":{"type":"object","required":["from"],"properties":{
		"from":{"$ref":"#/components/schemas/Address"},"reply_to":{"$ref":"#/components/schemas/Address"},
		"personalizations":{"type":"array"},"subject":{"type":"string","maxLength":5},"content":{"type":"array"},"custom_args":{"type":"string"}}}}}}}}}`

func TestOfficialDescriptionIsCheckedToo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spec.json")
	require.NoError(t, os.WriteFile(path, []byte(lax), 0o600))
	t.Setenv("LEADRAIL_SENDGRID_SPEC", path)
	checker, err := mailtest.NewChecker()
	require.NoError(t, err)
	require.NoError(t, checker.Check(body(t, func(object) {})))
	require.NoError(t, checker.Check(body(t, set("custom_args", object{"a": "b"}))), "an object, whatever the file says")
	require.Error(t, checker.Check(body(t, set("subject", "longer"))), "its own limits hold")
	require.Error(t, checker.Check(body(t, set("batch_id", "x"))), "what it does not name is unknown")
}

func TestOfficialDescriptionThatCannotBeUsed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spec.json")
	t.Setenv("LEADRAIL_SENDGRID_SPEC", path)
	for _, text := range []string{"", "{}", "[]", `{"openapi":"3.1.0"}`, strings.ReplaceAll(lax, "#/components/schemas/Address", "#/nowhere")} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err := mailtest.NewChecker()
		require.ErrorContains(t, err, "LEADRAIL_SENDGRID_SPEC: ", text)
	}
	require.NoError(t, os.Remove(path))
	_, err := mailtest.NewChecker()
	require.ErrorContains(t, err, "LEADRAIL_SENDGRID_SPEC: ")
}
