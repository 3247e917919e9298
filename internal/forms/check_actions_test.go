package forms_test

import (
	"strings"
	"testing"
)

func TestActions(t *testing.T) {
	t.Parallel()
	const hook = `"url":"https://hooks.example.com/x"`
	actions := func(list string) string { return `{"postActions":[` + list + `]}` }
	refusals{
		"no type means webhook":       {actions(`{` + hook + `}`), nil},
		"the most":                    {actions(repeated(20, `{"name":"a%d",`+hook+`}`)), nil},
		"too many":                    {actions(repeated(21, `{"name":"a%d",`+hook+`}`)), []string{"postActions max_items"}},
		"names are made up":           {actions(`{` + hook + `},{` + hook + `},{"type":"email","toTeam":true}`), nil},
		"a name that is made up":      {actions(`{` + hook + `},{"name":"webhook_1",` + hook + `}`), []string{"postActions[1].name duplicate"}},
		"a name twice":                {actions(`{"name":"a",` + hook + `},{"name":"a","type":"email","toTeam":true}`), []string{"postActions[1].name duplicate"}},
		"a bad name":                  {actions(`{"name":"My CRM",` + hook + `}`), []string{"postActions[0].name pattern"}},
		"a name too long":             {actions(`{"name":"` + strings.Repeat("x", 65) + `",` + hook + `}`), []string{"postActions[0].name max_length"}},
		"the own webhook's name":      {`{"webhook":null,"postActions":[{"name":"webhook",` + hook + `}]}`, []string{"postActions[0].name reserved"}},
		"the own webhook's name, too": {actions(`{"name":"webhook",` + hook + `}`), []string{"postActions[0].name reserved", "postActions[0].name duplicate"}},
		"the own webhook by name":     {`{"webhook":{"type":"webhook","name":"webhook",` + hook + `}}`, nil},
		"the own webhook renamed":     {`{"webhook":{"name":"crm",` + hook + `}}`, []string{"webhook.name reserved"}},
		"the own webhook an email":    {`{"webhook":{"type":"email","to":["a@example.com"]}}`, []string{"webhook.type unsupported"}},
		"the own webhook a message":   {`{"webhook":{"type":"slack",` + hook + `}}`, []string{"webhook.type unsupported"}},
		"a type of nobody":            {actions(`{"type":"Carrier Pigeon"}`), []string{"postActions[0].type unsupported"}},
		"no waits":                    {actions(`{"retrySchedule":[],` + hook + `}`), nil},
		"the most and longest waits":  {actions(`{"retrySchedule":[` + strings.Repeat(`"24h",`, 19) + `"0s"],` + hook + `}`), nil},
		"too many waits":              {actions(`{"retrySchedule":[` + strings.Repeat(`"1s",`, 20) + `"1s"],` + hook + `}`), []string{"postActions[0].retrySchedule max_items"}},
		"waits out of range": {
			actions(`{"retrySchedule":["1s","24h1ns","-1ns"],` + hook + `}`),
			[]string{"postActions[0].retrySchedule[1] range", "postActions[0].retrySchedule[2] range"},
		},
		"waits of an email": {
			actions(`{"type":"email","toTeam":true,"retrySchedule":["25h"]}`), []string{"postActions[0].retrySchedule[0] range"},
		},
	}.check(t)
}

func TestWebhooks(t *testing.T) {
	t.Parallel()
	webhook := func(rest string) string { return `{"webhook":{` + rest + `}}` }
	const url = `"url":"https://crm.example.com"`
	refusals{
		"no URL":                    {webhook(`"headers":{}`), []string{"webhook.url invalid"}},
		"no URL of a post-action":   {`{"postActions":[{}]}`, []string{"postActions[0].url invalid"}},
		"a URL without a host":      {webhook(`"url":"https://"`), []string{"webhook.url invalid"}},
		"another scheme":            {webhook(`"url":"ftp://crm.example.com"`), []string{"webhook.url invalid"}},
		"a private address":         {webhook(`"url":"http://10.0.0.1"`), []string{"webhook.url invalid"}},
		"a URL with U+0000":         {webhook(`"url":"https://crm.example.com/\u0000"`), []string{"webhook.url invalid"}},
		"headers":                   {webhook(url + `,"headers":{"Authorization":"Bearer x"}`), nil},
		"headers of ours":           {webhook(url + `,"headers":{"Host":"x"}`), []string{"webhook.headers invalid"}},
		"a header with a new line":  {webhook(url + `,"headers":{"X-Key":"a\nb"}`), []string{"webhook.headers invalid"}},
		"too many headers":          {webhook(url + `,"headers":{` + repeated(33, `"X-%d":"x"`) + `}`), []string{"webhook.headers invalid"}},
		"a mask of nothing":         {webhook(url + `,"headers":{"X-Key":"••••••••"}`), []string{"webhook.headers.X-Key masked"}},
		"any answer":                {webhook(url + `,"response":"any"`), nil},
		"an answer of nobody":       {webhook(url + `,"response":"xml"`), []string{"webhook.response invalid"}},
		"recipients":                {webhook(url + `,"to":["a@example.com"]`), []string{"webhook unsupported"}},
		"a subject":                 {webhook(url + `,"subject":"Hi"`), []string{"webhook unsupported"}},
		"a team":                    {webhook(url + `,"toTeam":true`), []string{"webhook unsupported"}},
		"the empty parts of a mail": {webhook(url + `,"to":[],"subject":"","toTeam":false`), nil},
	}.check(t)
}

func TestEmails(t *testing.T) {
	t.Parallel()
	email := func(rest string) string { return `{"postActions":[{"type":"email",` + rest + `}]}` }
	subject := func(text string) string { return email(`"toTeam":true,"subject":"` + text + `"`) }
	refusals{
		"one recipient":               {email(`"to":["ann@example.com"]`), nil},
		"recipients with names":       {email(`"to":["Ann <ann@example.com>","\"B, Bob\" <bob@example.com>"]`), nil},
		"the team":                    {email(`"toTeam":true`), nil},
		"the team and others":         {email(`"toTeam":true,"to":["ann@example.com"]`), nil},
		"the most recipients":         {email(`"to":[` + repeated(100, `"r%d@example.com"`) + `]`), nil},
		"too many recipients":         {email(`"to":[` + repeated(101, `"r%d@example.com"`) + `]`), []string{"postActions[0].to max_items"}},
		"nobody":                      {email(`"to":[]`), []string{"postActions[0].to required"}},
		"nobody at all":               {email(`"to":null,"toTeam":false`), []string{"postActions[0].to required"}},
		"not all of them addresses":   {email(`"to":["ann@example.com","bob","","a@b.co, c@d.co"]`), []string{"postActions[0].to[1] invalid", "postActions[0].to[2] invalid", "postActions[0].to[3] invalid"}},
		"a recipient with U+0000":     {email(`"to":["A\u0000 <ann@example.com>"]`), []string{"postActions[0].to[0] invalid"}},
		"a recipient with a new line": {email(`"to":["ann@example.com\r\nBcc: eve@example.com"]`), []string{"postActions[0].to[0] invalid"}},
		"a subject":                   {subject(`New: {{formName}}, {{email}} – ${x} {{nobody}}`), nil},
		"the longest subject":         {subject(strings.Repeat("é", 255)), nil},
		"a subject too long":          {subject(strings.Repeat("é", 256)), []string{"postActions[0].subject max_length"}},
		"a subject of two lines":      {subject(`a\nb`), []string{"postActions[0].subject invalid"}},
		"a subject of two paragraphs": {subject(`a\u2029b`), []string{"postActions[0].subject invalid"}},
		"a subject with U+0000":       {subject(`a\u0000`), []string{"postActions[0].subject invalid"}},
		"a URL":                       {email(`"toTeam":true,"url":"https://x.example.com"`), []string{"postActions[0] unsupported"}},
		"headers":                     {email(`"toTeam":true,"headers":{"X-Key":"x"}`), []string{"postActions[0] unsupported"}},
		"a response":                  {email(`"toTeam":true,"response":"json"`), []string{"postActions[0] unsupported"}},
		"the empty parts of a hook":   {email(`"toTeam":true,"url":"","headers":{},"response":""`), nil},
	}.check(t)
}

func TestSlackMessages(t *testing.T) {
	t.Parallel()
	slack := func(rest string) string { return `{"postActions":[{"type":"slack",` + rest + `}]}` }
	const url = `"webhookUrl":"https://hooks.slack.example.com/services/T1/B2/secret"`
	refusals{
		"a URL":                      {slack(url), nil},
		"a template":                 {slack(url + `,"messageTemplate":"*New* {{email}}\n<!here>"`), nil},
		"the longest template":       {slack(url + `,"messageTemplate":"` + strings.Repeat("é", 3000) + `"`), nil},
		"a template too long":        {slack(url + `,"messageTemplate":"` + strings.Repeat("é", 3001) + `"`), []string{"postActions[0].messageTemplate max_length"}},
		"a template with U+0000":     {slack(url + `,"messageTemplate":"\u0000"`), []string{"postActions[0].messageTemplate invalid"}},
		"no URL":                     {slack(`"messageTemplate":"x"`), []string{"postActions[0].webhookUrl invalid"}},
		"a private address":          {slack(`"webhookUrl":"http://10.0.0.1/x"`), []string{"postActions[0].webhookUrl invalid"}},
		"a mask of nothing":          {slack(`"webhookUrl":"••••••••"`), []string{"postActions[0].webhookUrl masked"}},
		"the parts of a webhook":     {slack(url + `,"url":"https://example.com","response":"any"`), []string{"postActions[0] unsupported"}},
		"the parts of an email":      {slack(url + `,"to":["a@example.com"]`), []string{"postActions[0] unsupported"}},
		"the parts of both":          {slack(url + `,"headers":{"X-A":"1"},"toTeam":true`), []string{"postActions[0] unsupported", "postActions[0] unsupported"}},
		"its parts in a webhook":     {`{"webhook":{"url":"https://example.com",` + url + `}}`, []string{"webhook unsupported"}},
		"its template in an email":   {`{"postActions":[{"type":"email","toTeam":true,"messageTemplate":"x"}]}`, []string{"postActions[0] unsupported"}},
		"its empty parts, in others": {`{"webhook":{"url":"https://example.com","webhookUrl":"","messageTemplate":""}}`, nil},
	}.check(t)
}
