package mailtest

import (
	"errors"
	"fmt"
	"os"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// officialSchema reads the schema of the request from SendGrid's OpenAPI file
// and makes it strict.
func officialSchema(path string) (*jsonschema.Schema, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	document, err := jsonschema.UnmarshalJSON(file)
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	root := member(document, "components", "requestBodies", "PostMailSend", "content", "application/json", "schema")
	args, ok := member(root, "properties", "custom_args").(map[string]any)
	if !ok {
		return nil, errors.New("the file describes no mail with custom arguments")
	}
	args["type"] = "object"
	closeObjects(document)
	return compile(document, "/components/requestBodies/PostMailSend/content/application~1json/schema")
}

// member walks down document along keys; nil where there is no such way.
func member(document any, keys ...string) any {
	for _, key := range keys {
		object, ok := document.(map[string]any)
		if !ok {
			return nil
		}
		document = object[key]
	}
	return document
}

// closeObjects forbids unknown fields in every schema that names its own.
func closeObjects(value any) {
	switch value := value.(type) {
	case map[string]any:
		if _, named := value["properties"].(map[string]any); named {
			value["additionalProperties"] = false
		}
		for _, child := range value {
			closeObjects(child)
		}
	case []any:
		for _, child := range value {
			closeObjects(child)
		}
	}
}
