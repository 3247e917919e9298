package mailtest

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Limits of SendGrid that no schema can express.
const (
	// maxBody is the largest request, in bytes: 30 MB.
	maxBody = 30 << 20
	// maxRecipients of one request, in all its personalizations together.
	maxRecipients = 1000
	// maxCustomArgs is the size that all custom arguments of one mail stay
	// below, in bytes.
	maxCustomArgs = 10_000
)

//go:embed mail-send.schema.json
var ownSchema []byte

// Checker checks bodies of POST /v3/mail/send. It is safe for concurrent use.
type Checker struct {
	schemas []*jsonschema.Schema
}

// NewChecker makes a Checker. The error says why LEADRAIL_SENDGRID_SPEC cannot
// be used, which is the only part that can fail.
func NewChecker() (*Checker, error) {
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(ownSchema))
	if err != nil {
		return nil, fmt.Errorf("own schema: %w", err)
	}
	own, err := compile(document, "")
	if err != nil {
		return nil, fmt.Errorf("own schema: %w", err)
	}
	checker := &Checker{schemas: []*jsonschema.Schema{own}}
	if path := os.Getenv("LEADRAIL_SENDGRID_SPEC"); path != "" {
		official, err := officialSchema(path)
		if err != nil {
			return nil, fmt.Errorf("LEADRAIL_SENDGRID_SPEC: %w", err)
		}
		checker.schemas = append(checker.schemas, official)
	}
	return checker, nil
}

// Check returns what SendGrid would find wrong with body, every problem it has,
// or nil.
func (c *Checker) Check(body []byte) error {
	if len(body) >= maxBody {
		return fmt.Errorf("the request has %d bytes", len(body))
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("the request is not JSON: %w", err)
	}
	var problems []error
	for _, schema := range c.schemas {
		problems = append(problems, schema.Validate(document))
	}
	return errors.Join(append(problems, checkLimits(body))...)
}

// checkLimits counts across the fields of a request.
func checkLimits(body []byte) error {
	var request request
	if err := json.Unmarshal(body, &request); err != nil {
		return err
	}
	recipients := 0
	for _, mail := range request.Personalizations {
		all := append(append(mail.To, mail.CC...), mail.BCC...)
		recipients += len(all)
		if twice := repeated(all); twice {
			return errors.New("an address stands twice among the recipients of one mail")
		}
		args := 0
		for key, value := range mail.CustomArgs {
			args += len(key) + len(value)
		}
		for key, value := range request.CustomArgs {
			args += len(key) + len(value)
		}
		if args >= maxCustomArgs {
			return fmt.Errorf("the custom arguments have %d bytes", args)
		}
	}
	if recipients > maxRecipients {
		return fmt.Errorf("the request has %d recipients", recipients)
	}
	return nil
}

// compile compiles the part of an OpenAPI document or schema that pointer (RFC
// 6901) names.
func compile(document any, pointer string) (*jsonschema.Schema, error) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	const name = "https://example.com/schema.json"
	if err := compiler.AddResource(name, document); err != nil {
		return nil, err
	}
	return compiler.Compile(name + "#" + pointer)
}
