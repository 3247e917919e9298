package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
)

//go:embed templates/*.tmpl
var files embed.FS

// templates are parsed once; executing them is safe for concurrent use.
var templates = template.Must(template.ParseFS(files, "templates/*.tmpl"))

// render executes a template into a page.
func render(name string, data any) (Page, error) {
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, name, data); err != nil {
		return Page{}, fmt.Errorf("render page: %w", err)
	}
	return Page{Policy: pagePolicy, Body: body.Bytes()}, nil
}
