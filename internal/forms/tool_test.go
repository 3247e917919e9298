package forms_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

var update = flag.Bool("update", false, "write the golden files anew")

const toolForm = "form_01jd9zk6r5e0cv3n8q2x4w7t1m"

// tool makes a form's tool in a format.
func tool(t *testing.T, definition models.FormDefinition, format forms.ToolFormat) any {
	t.Helper()
	made, known := forms.ToolOf(toolForm, definition, format)
	require.True(t, known)
	return made
}

// requireGolden compares a text with a golden file.
func requireGolden(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join("testdata", "tools", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), text))
}

func TestToolsOfTheSampleForms(t *testing.T) {
	t.Parallel()
	definition := sampleForms(t)["demo_request"]
	for _, format := range forms.ToolFormats() {
		var out strings.Builder
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		require.NoError(t, encoder.Encode(tool(t, definition, format)))
		requireGolden(t, "demo_request."+string(format)+".golden", out.String())
	}
	for name, definition := range sampleForms(t) {
		requireGolden(t, name+".instructions.golden", forms.Instructions(toolForm, definition))
	}
}

// shapes are the documented shapes of tools.
func shapes(t *testing.T) map[forms.ToolFormat]*jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	for _, name := range []string{"openai", "openai-responses", "anthropic", "mcp", "arguments"} {
		text, err := os.ReadFile(filepath.Join("testdata", "tools", name+".json"))
		require.NoError(t, err)
		require.NoError(t, compiler.AddResource("https://shapes.example/"+name+".json", object(t, string(text))))
	}
	compile := func(url string) *jsonschema.Schema {
		schema, err := compiler.Compile(url)
		require.NoError(t, err)
		return schema
	}
	found := map[forms.ToolFormat]*jsonschema.Schema{forms.ToolJSONSchema: compile("https://json-schema.org/draft/2020-12/schema")}
	for _, format := range forms.ToolFormats() {
		if format != forms.ToolJSONSchema {
			found[format] = compile("https://shapes.example/" + string(format) + ".json")
		}
	}
	return found
}

func TestToolsHaveTheShapesThatAreDocumented(t *testing.T) {
	t.Parallel()
	known := shapes(t)
	definitions := sampleForms(t)
	definitions["long"] = models.FormDefinition{
		Name: strings.Repeat("n", 64), Title: "Long", Description: strings.Repeat("ä", 2000), Fields: definition(t, mixedFields).Fields,
	}
	definitions["bare"] = models.FormDefinition{Name: "bare", Fields: definition(t, conditionalFields).Fields}
	for seed := range uint64(100) {
		random := newMaker(seed).definition()
		random.Name = "random"
		definitions[random.Fields[0].Name+string(rune(seed))] = random
	}
	for name, definition := range definitions {
		for _, format := range forms.ToolFormats() {
			made := tool(t, definition, format)
			require.NoError(t, known[format].Validate(decoded(t, made)), "%s for %s", name, format)
		}
	}
}

func TestADescriptionIsCutToWhatIsTaken(t *testing.T) {
	t.Parallel()
	definition := models.FormDefinition{Name: "x", Description: strings.Repeat("ä", 2000), Fields: definition(t, mixedFields).Fields}
	made := object(t, encoded(t, tool(t, definition, forms.ToolAnthropic)))
	description, _ := made["description"].(string)
	require.Len(t, []rune(description), 1024)
	require.Contains(t, description, "ä… Call it with what the visitor has told you", "the author's words are cut, and not how to call it")
}

func TestPropertiesStandInTheFormsOrder(t *testing.T) {
	t.Parallel()
	text := encoded(t, tool(t, definition(t, `[{"name":"z","type":"text"},{"name":"a","type":"text"}]`), forms.ToolMCP))
	require.Less(t, strings.Index(text, `"z":`), strings.Index(text, `"a":`))
}

func TestInstructionsWithoutAGateNameNone(t *testing.T) {
	t.Parallel()
	text := forms.Instructions(toolForm, models.FormDefinition{Name: "plain", Fields: definition(t, mixedFields).Fields})
	require.NotContains(t, text, "/qualify")
	require.NotContains(t, text, "Before you show it")
	require.Contains(t, text, "Required: `seats`, `tools`.")
}

// A lead of a form that counts the seconds is refused without it.
func TestInstructionsAskForTheStartWhereItIsRequired(t *testing.T) {
	t.Parallel()
	form := models.FormDefinition{Name: "plain", Fields: definition(t, mixedFields).Fields}
	require.NotContains(t, forms.Instructions(toolForm, form), "startedAt")
	form.MinFillSeconds = 3
	text := forms.Instructions(toolForm, form)
	require.Contains(t, text, `"formData", "signals", "startedAt"} and`)
	require.Contains(t, text, `"startedAt" is when you showed the form`)
	require.Contains(t, text, `"too_fast"`)
}

func TestInstructionsTellTheWordsOfSignals(t *testing.T) {
	t.Parallel()
	in := inputOf(t, `{"fields":[{"name":"seats","label":"Seats","type":"number","visibleWhen":{"field":"signals.plan.name","op":"ne","value":"free"}},
		{"name":"note","type":"text"}],
		"qualification":{"rules":[
			{"name":"r1","when":{"any":[{"field":"signals.intent","op":"in","value":["buy","compare"]},{"not":{"field":"signals.intent","op":"eq","value":"leave"}}]}},
			{"name":"r2","when":{"all":[{"field":"signals.messages","op":"gte","value":7919},{"field":"signals.trial","op":"eq","value":true}]}},
			{"name":"r3","when":{"field":"signals.renewal","op":"lt","value":"2027-03-04"}},
			{"name":"r4","when":{"field":"signals.tools","op":"contains","value":"rival"}},
			{"name":"r5","when":{"field":"seats","op":"gte","value":7919}}]}}`)
	text := forms.Instructions(toolForm, models.FormDefinition{Name: "x", Fields: in.Fields, Qualification: in.Qualification})
	require.Contains(t, text, strings.Join([]string{
		"- `intent`: \"buy\", \"compare\", \"leave\"", "- `messages`: a number", "- `plan.name`: \"free\"", "- `renewal`: a date such as 2026-11-22",
		"- `tools`", "- `trial`: true or false", "",
	}, "\n"))
	require.Contains(t, text, "one question at a time:\n\n- Seats (`seats`)\n\n", "fields that are scored, and no others")
	for _, bound := range []string{"7919", "2027-03-04", "rival"} {
		require.NotContains(t, text, bound)
	}
}
