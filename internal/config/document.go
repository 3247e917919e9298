package config

import (
	"fmt"
	"strings"
)

// Markdown returns docs/configuration.md.
func Markdown() string {
	var text strings.Builder
	text.WriteString(`# Configuration

Every setting is a flag and an environment variable; the flag wins. A variable X
can also be read from the file that X_FILE names. This page is generated: run
` + "`make generate`" + ` after a change of internal/config.

Traces are set up by OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT and
so on), which have no flags and are off: see [operations](operations.md#metrics-alerts-and-traces).

| variable | flag | default | what it is |
|---|---|---|---|
`)
	for _, setting := range Settings() {
		fallback := ""
		if setting.Default != "" {
			fallback = "`" + setting.Default + "`"
		}
		fmt.Fprintf(&text, "| `%s` | `-%s` | %s | %s |\n", setting.Variable, setting.Flag, fallback, setting.Description)
	}
	return text.String()
}

// EnvExample returns .env.example.
func EnvExample() string {
	var text strings.Builder
	text.WriteString("# Every setting with its default. Generated: run make generate after a change of internal/config.\n")
	for _, setting := range Settings() {
		fmt.Fprintf(&text, "\n# %s\n#%s=%s\n", setting.Description, setting.Variable, setting.Default)
	}
	return text.String()
}
