package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/template"

	"leadrail/internal/demo"
	"leadrail/web"
)

// banner is what a newcomer sees when everything runs.
var banner = template.Must(template.New("banner").Parse(`
Leadrail is ready.

  API            {{.API}}
{{- if .UI}}
  Temporal UI    {{.UI}}
{{- end}}
{{- if .Outbox}}
  outbox         {{.Outbox}} (mail is kept here; the password is the admin key)
{{- end}}
  admin key      {{.Key}}
{{if .Form}}
Post a lead to the sample form:

  curl -sS {{.API}}/v1/submissions -H 'Authorization: Bearer {{.Key}}' -H 'Content-Type: application/json' -d '{"formId":"{{.Form}}","conversationId":"conv_1","formData":{"name":"Ada Lovelace","email":"ada@example.com","message":"Please call me."}}'

See what its webhook received:

  curl -sS {{.API}}{{.Receiver}} -H 'Authorization: Bearer {{.Key}}'
{{end}}
Watch sample leads travel, from another terminal in this folder:

  {{.Program}} demo

Ctrl-C stops everything.
`))

// announce makes the sample form where there is no form at all, and writes
// where everything is.
func (p Parts) announce(ctx context.Context, out io.Writer, uiListen string) {
	base := "http://" + loopbackOf(p.config.Listen)
	form, err := demo.EnsureForm(ctx, p.Forms, base+demo.ReceiverPath)
	if err != nil {
		p.log.WarnContext(ctx, "no sample form", "error", err)
	}
	ui, outbox := "", ""
	if uiListen != "" {
		ui = "http://" + loopbackOf(uiListen)
	}
	if p.outbox() != nil {
		outbox = base + web.OutboxPath
	}
	err = banner.Execute(out, map[string]string{
		"API": base, "UI": ui, "Outbox": outbox, "Key": p.config.AdminKey.Reveal(), "Form": form, "Receiver": demo.ReceiverPath,
		"Program": os.Args[0], // as it was called: in the same folder it can be called so again
	})
	if err != nil {
		fmt.Fprintln(out, "Leadrail is ready at", base)
	}
}
