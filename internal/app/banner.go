package app

import (
	"context"
	"fmt"
	"io"
	"text/template"

	"leadrail/internal/demo"
)

// banner is what a newcomer sees when everything runs.
var banner = template.Must(template.New("banner").Parse(`
Leadrail is ready.

  API            {{.API}}
{{- if .UI}}
  Temporal UI    {{.UI}}
{{- end}}
  admin key      {{.Key}}
{{if .Form}}
Post a lead to the sample form:

  curl -sS {{.API}}/v1/submissions -H 'Authorization: Bearer {{.Key}}' -H 'Content-Type: application/json' -d '{"formId":"{{.Form}}","conversationId":"conv_1","formData":{"name":"Ada Lovelace","email":"ada@example.com","message":"Please call me."}}'

See what its webhook received:

  curl -sS {{.API}}{{.Receiver}} -H 'Authorization: Bearer {{.Key}}'
{{end}}
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
	ui := ""
	if uiListen != "" {
		ui = "http://" + loopbackOf(uiListen)
	}
	err = banner.Execute(out, map[string]string{
		"API": base, "UI": ui, "Key": p.config.AdminKey.Reveal(), "Form": form, "Receiver": demo.ReceiverPath,
	})
	if err != nil {
		fmt.Fprintln(out, "Leadrail is ready at", base)
	}
}
