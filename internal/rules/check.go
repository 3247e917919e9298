package rules

import (
	"fmt"
	"slices"
	"strings"

	"leadrail/models"
)

// Check returns every problem of a condition that stands at path, the empty
// path for the top; none means that [Holds] evaluates it as it is written.
// Problems are located: "when.all[1].op". Codes: required (a part is missing
// or a group is empty), ambiguous (two forms at once), unknown_field,
// unavailable (known, but not in this place), unsupported (the operator does
// not fit), type, option, pattern, max_length, max_items and max_depth.
func Check(path string, condition models.Condition, schema Schema) []models.FieldError {
	c := &checker{schema: schema}
	c.condition(path, &condition, 1)
	return c.problems
}

// checker collects the problems of one definition.
type checker struct {
	schema   Schema
	nodes    int
	problems []models.FieldError
}

func (c *checker) addf(path, code, format string, args ...any) {
	c.add(path, refuse(code, format, args...))
}

// add keeps p, unless it is nil.
func (c *checker) add(path string, p *problem) {
	if p != nil {
		c.problems = append(c.problems, models.FieldError{Field: path, Code: p.code, Message: p.message})
	}
}

// join puts a member behind a path.
func join(path, member string) string {
	if path == "" {
		return member
	}
	return path + "." + member
}

func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

func (c *checker) condition(path string, condition *models.Condition, depth int) {
	c.nodes++
	if c.nodes > MaxNodes {
		if c.nodes == MaxNodes+1 {
			c.addf(path, "max_items", "A condition has at most %d parts.", MaxNodes)
		}
		return
	}
	if depth > MaxDepth {
		c.addf(path, "max_depth", "Conditions nest at most %d deep.", MaxDepth)
		return
	}
	switch used := formsUsed(condition); {
	case used == 0:
		c.addf(path, "required", `Write a comparison of "field", "op" and "value", or "all", "any" or "not".`)
	case used > 1:
		c.addf(path, "ambiguous", `Use one of a comparison, "all", "any" and "not", not several at once.`)
	case condition.Not != nil:
		c.condition(join(path, "not"), condition.Not, depth+1)
	case condition.All != nil:
		c.group(join(path, "all"), condition.All, depth)
	case condition.Any != nil:
		c.group(join(path, "any"), condition.Any, depth)
	default:
		c.comparison(path, condition)
	}
}

func (c *checker) group(path string, group []models.Condition, depth int) {
	if len(group) == 0 {
		c.addf(path, "required", "A group has at least one condition.")
	}
	for i := range group {
		if c.nodes > MaxNodes {
			return
		}
		c.condition(index(path, i), &group[i], depth+1)
	}
}

func (c *checker) comparison(path string, condition *models.Condition) {
	about, fieldOK := c.field(join(path, "field"), condition.Field)
	if !c.operator(join(path, "op"), condition.Op, about, fieldOK) || !fieldOK {
		return
	}
	c.operand(join(path, "value"), condition, about)
}

func (c *checker) field(path, name string) (subject, bool) {
	if name == "" {
		c.addf(path, "required", "Name the field to compare.")
		return subject{}, false
	}
	about, p := c.schema.subject(name)
	c.add(path, p)
	return about, p == nil
}

// operator checks that op exists and, where the field is known, that it fits.
func (c *checker) operator(path string, op models.Operator, about subject, fieldOK bool) bool {
	switch {
	case op == "":
		c.addf(path, "required", "Name an operator: %s.", spell(operators()))
	case !slices.Contains(operators(), op):
		c.addf(path, "unsupported", "%q is no operator: use %s.", clip(string(op)), spell(operators()))
	case fieldOK && !slices.Contains(about.kind.takes(), op):
		c.addf(path, "unsupported", "%q does not fit a field that holds %s: use %s.", op, about.kind, spell(about.kind.takes()))
	default:
		return true
	}
	return false
}

func spell(ops []models.Operator) string {
	names := make([]string, len(ops))
	for i, op := range ops {
		names[i] = string(op)
	}
	return strings.Join(names, ", ")
}
