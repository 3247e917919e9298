package forms_test

import (
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 2001)
	refusals{
		"no fields":          {`{"fields":[]}`, []string{"fields required"}},
		"null for fields":    {`{"fields":null}`, []string{"fields required"}},
		"the most fields":    {`{"fields":[` + repeated(200, `{"name":"f%d","type":"text"}`) + `]}`, nil},
		"too many fields":    {`{"fields":[` + repeated(201, `{"name":"f%d","type":"text"}`) + `]}`, []string{"fields max_items"}},
		"a name twice":       {`{"fields":[{"name":"a","type":"text"},{"name":"b","type":"text"},{"name":"a","type":"email"}]}`, []string{"fields[2].name duplicate"}},
		"no name":            {`{"fields":[{"type":"text"}]}`, []string{"fields[0].name required"}},
		"a bad name":         {`{"fields":[{"name":"E-mail","type":"text"}]}`, []string{"fields[0].name pattern"}},
		"a name too long":    {`{"fields":[{"name":"` + strings.Repeat("x", 65) + `","type":"text"}]}`, []string{"fields[0].name max_length"}},
		"no type":            {`{"fields":[{"name":"a"}]}`, []string{"fields[0].type unsupported"}},
		"a type of nobody":   {`{"fields":[{"name":"a","type":"password","options":[{"value":"x"}]}]}`, []string{"fields[0].type unsupported"}},
		"a type in capitals": {`{"fields":[{"name":"a","type":"TEXT"}]}`, []string{"fields[0].type unsupported"}},
		"texts that are too long": {
			`{"fields":[{"name":"a","type":"text","label":"` + long + `","placeholder":"` + long + `","helpText":"` + long + `"}]}`,
			[]string{"fields[0].label max_length", "fields[0].placeholder max_length", "fields[0].helpText max_length"},
		},
		"texts with U+0000": {
			`{"fields":[{"name":"a","type":"text","label":"\u0000","placeholder":"\u0000","helpText":"\u0000","defaultValue":"\u0000"}]}`,
			[]string{"fields[0].label invalid", "fields[0].placeholder invalid", "fields[0].helpText invalid", "fields[0].defaultValue invalid"},
		},
	}.check(t)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 2001)
	table := refusals{}
	for _, kind := range []string{"select", "multiselect"} {
		field := func(options string) string {
			return `{"fields":[{"name":"a","type":"` + kind + `","options":[` + options + `]}]}`
		}
		for name, c := range (refusals{
			"none":             {field(``), []string{"fields[0].options required"}},
			"the most":         {field(repeated(1000, `{"value":"%d"}`)), nil},
			"too many":         {field(repeated(1001, `{"value":"%d"}`)), []string{"fields[0].options max_items"}},
			"without a value":  {field(`{"value":"a"},{"label":"b"}`), []string{"fields[0].options[1].value required"}},
			"a value twice":    {field(`{"value":"a"},{"value":"b"},{"value":"a"}`), []string{"fields[0].options[2].value duplicate"}},
			"labels may agree": {field(`{"label":"x","value":"a"},{"label":"x","value":"b"}`), nil},
			"too long":         {field(`{"label":"` + long + `","value":"` + long + `"}`), []string{"fields[0].options[0].label max_length", "fields[0].options[0].value max_length"}},
			"U+0000":           {field(`{"label":"\u0000","value":"\u0000"}`), []string{"fields[0].options[0].label invalid", "fields[0].options[0].value invalid"}},
		}) {
			table[kind+": "+name] = c
		}
	}
	for _, kind := range []string{"text", "email", "tel", "textarea", "number", "date", "datetime", "file", "image"} {
		table[kind+" has none"] = struct {
			change   string
			problems []string
		}{`{"fields":[{"name":"a","type":"` + kind + `","options":[{"value":"x"}]}]}`, []string{"fields[0].options unsupported"}}
	}
	table.check(t)
}

func TestValidation(t *testing.T) {
	t.Parallel()
	field := func(kind, validation string) string {
		return `{"fields":[{"name":"a","type":"` + kind + `","options":null,"validation":{` + validation + `}}]}`
	}
	choice := func(kind, validation string) string {
		return strings.Replace(field(kind, validation), "null", `[{"value":"x"}]`, 1)
	}
	unsupported := []string{"fields[0].validation unsupported"}
	long := `"message":"` + strings.Repeat("é", 2001) + `"`
	refusals{
		"a number's bounds":    {field("number", `"required":{"value":true},"min":{"value":-1.5},"max":{"value":1e9}`), nil},
		"one number":           {field("number", `"min":{"value":1},"max":{"value":1}`), nil},
		"no number passes":     {field("number", `"min":{"value":2},"max":{"value":1}`), []string{"fields[0].validation.min range"}},
		"lengths of a number":  {field("number", `"minLength":{"value":1}`), unsupported},
		"a text's lengths":     {field("text", `"minLength":{"value":0},"maxLength":{"value":0}`), nil},
		"a textarea's lengths": {field("textarea", `"maxLength":{"value":5000}`), nil},
		"an email's lengths":   {field("email", `"minLength":{"value":6},"maxLength":{"value":100}`), nil},
		"a tel's lengths":      {field("tel", `"maxLength":{"value":20}`), nil},
		"no text passes":       {field("text", `"minLength":{"value":3},"maxLength":{"value":2}`), []string{"fields[0].validation.maxLength range"}},
		"a negative length":    {field("text", `"minLength":{"value":-1}`), []string{"fields[0].validation.minLength range"}},
		"a negative limit":     {field("text", `"maxLength":{"value":-1}`), []string{"fields[0].validation.maxLength range"}},
		"a text's bounds":      {field("text", `"min":{"value":1}`), unsupported},
		"a tel's bounds":       {field("tel", `"max":{"value":1}`), unsupported},
		"a date's bounds":      {field("date", `"min":{"value":1},"max":{"value":2}`), unsupported},
		"a date's lengths":     {field("date", `"minLength":{"value":10}`), unsupported},
		"a datetime's bounds":  {field("datetime", `"min":{"value":1}`), unsupported},
		"a file's lengths":     {field("file", `"maxLength":{"value":9}`), unsupported},
		"an image's bounds":    {field("image", `"max":{"value":9}`), unsupported},
		"a required file":      {field("file", `"required":{"value":true}`), nil},
		"a text's pattern":     {field("text", `"pattern":{"value":"[A-Z]+","message":"Capitals"}`), nil},
		"a tel's pattern":      {field("tel", `"pattern":{"value":"\\+49.*"}`), nil},
		"the longest pattern":  {field("text", `"pattern":{"value":"`+strings.Repeat("é", 512)+`"}`), nil},
		"a pattern too long":   {field("text", `"pattern":{"value":"`+strings.Repeat("é", 513)+`"}`), []string{"fields[0].validation.pattern.value pattern"}},
		"a pattern too large":  {field("text", `"pattern":{"value":"((a{10}){10}){30}"}`), []string{"fields[0].validation.pattern.value pattern"}},
		"no pattern":           {field("text", `"pattern":{"value":""}`), []string{"fields[0].validation.pattern.value required"}},
		"half a pattern":       {field("text", `"pattern":{"value":"(a"}`), []string{"fields[0].validation.pattern.value pattern"}},
		"a pattern inside out": {field("text", `"pattern":{"value":"a)(b"}`), []string{"fields[0].validation.pattern.value pattern"}},
		"a pattern that RE2 lacks": {
			field("text", `"pattern":{"value":"(?=a)a"}`), []string{"fields[0].validation.pattern.value pattern"},
		},
		"a quote in a pattern":    {field("text", `"pattern":{"value":"\\Qa.b\\E+"}`), nil},
		"a quote without an end":  {field("text", `"pattern":{"value":"\\Qa.b"}`), []string{"fields[0].validation.pattern.value pattern"}},
		"a pattern with U+0000":   {field("text", `"pattern":{"value":"\u0000"}`), []string{"fields[0].validation.pattern.value invalid"}},
		"a number's pattern":      {field("number", `"pattern":{"value":"1"}`), unsupported},
		"a date's pattern":        {field("date", `"pattern":{"value":"2026.*"}`), unsupported},
		"a select's pattern":      {choice("select", `"pattern":{"value":"x"}`), unsupported},
		"a select's lengths":      {choice("select", `"maxLength":{"value":1}`), unsupported},
		"a multiselect's lengths": {choice("multiselect", `"minLength":{"value":1}`), unsupported},
		"a multiselect's bounds":  {choice("multiselect", `"max":{"value":3}`), unsupported},
		"a required multiselect":  {choice("multiselect", `"required":{"value":true,"message":"One, please"}`), nil},
		"messages that are too long": {
			field("text", `"required":{"value":true,`+long+`},"minLength":{"value":1,`+long+`},"maxLength":{"value":2,`+long+`}`),
			[]string{"fields[0].validation.required.message max_length", "fields[0].validation.minLength.message max_length", "fields[0].validation.maxLength.message max_length"},
		},
		"messages with U+0000": {
			field("number", `"required":{"value":true,"message":"\u0000"},"min":{"value":1,"message":"\u0000"},"max":{"value":2,"message":"\u0000"}`),
			[]string{"fields[0].validation.required.message invalid", "fields[0].validation.min.message invalid", "fields[0].validation.max.message invalid"},
		},
	}.check(t)
}

func TestRegions(t *testing.T) {
	t.Parallel()
	field := func(kind, region string) string {
		return `{"fields":[{"name":"a","type":"` + kind + `","region":"` + region + `"}]}`
	}
	invalid := []string{"fields[0].region invalid"}
	refusals{
		"none":                  {field("tel", ""), nil},
		"a country":             {field("tel", "DE"), nil},
		"another one":           {field("tel", "XK"), nil},
		"in small letters":      {field("tel", "de"), invalid},
		"three letters":         {field("tel", "DEU"), invalid},
		"a country's old name":  {field("tel", "UK"), invalid},
		"no country":            {field("tel", "ZZ"), invalid},
		"the whole world":       {field("tel", "001"), invalid},
		"a prefix":              {field("tel", "+49"), invalid},
		"a region of a text":    {field("text", "DE"), []string{"fields[0].region unsupported"}},
		"a region of a number":  {field("number", "DE"), []string{"fields[0].region unsupported"}},
		"an unknown type's own": {field("phone", "DE"), []string{"fields[0].type unsupported"}},
	}.check(t)
}

func TestDefaultValues(t *testing.T) {
	t.Parallel()
	field := func(kind, rest string) string {
		return `{"fields":[{"name":"a","type":"` + kind + `",` + rest + `}]}`
	}
	options := `"options":[{"value":"x"},{"value":"y"}],`
	refusals{
		"a text":                   {field("text", `"defaultValue":"hello"`), nil},
		"none":                     {field("email", `"defaultValue":null`), nil},
		"an empty one":             {field("email", `"defaultValue":""`), nil},
		"a number":                 {field("number", `"defaultValue":0`), nil},
		"a date":                   {field("date", `"defaultValue":"2026-11-22"`), nil},
		"an option":                {field("select", options+`"defaultValue":"y"`), nil},
		"options":                  {field("multiselect", options+`"defaultValue":["y","x"]`), nil},
		"no options":               {field("multiselect", options+`"defaultValue":[]`), nil},
		"a required field's":       {field("text", `"validation":{"required":{"value":true}},"defaultValue":"hello"`), nil},
		"a number for a text":      {field("text", `"defaultValue":7`), []string{"fields[0].defaultValue type"}},
		"a text for a number":      {field("number", `"defaultValue":"7"`), []string{"fields[0].defaultValue type"}},
		"below the bound":          {field("number", `"validation":{"min":{"value":1}},"defaultValue":0`), []string{"fields[0].defaultValue min"}},
		"too long":                 {field("text", `"validation":{"maxLength":{"value":1}},"defaultValue":"ab"`), []string{"fields[0].defaultValue max_length"}},
		"no address":               {field("email", `"defaultValue":"ada"`), []string{"fields[0].defaultValue email"}},
		"no phone number":          {field("tel", `"defaultValue":"call"`), []string{"fields[0].defaultValue tel"}},
		"a region's number":        {field("tel", `"region":"DE","defaultValue":"030 1234567"`), nil},
		"no number of the region":  {field("tel", `"region":"DE","defaultValue":"110"`), []string{"fields[0].defaultValue tel"}},
		"not of the pattern":       {field("text", `"validation":{"pattern":{"value":"a+"}},"defaultValue":"b"`), []string{"fields[0].defaultValue pattern"}},
		"no time":                  {field("datetime", `"defaultValue":"2026-11-22"`), []string{"fields[0].defaultValue datetime"}},
		"no file":                  {field("file", `"defaultValue":"cv.pdf"`), []string{"fields[0].defaultValue file"}},
		"no date":                  {field("date", `"defaultValue":"today"`), []string{"fields[0].defaultValue date"}},
		"no option":                {field("select", options+`"defaultValue":"z"`), []string{"fields[0].defaultValue option"}},
		"not all options":          {field("multiselect", options+`"defaultValue":["x","z"]`), []string{"fields[0].defaultValue option"}},
		"an option twice":          {field("multiselect", options+`"defaultValue":["x","x"]`), []string{"fields[0].defaultValue duplicate"}},
		"a text for options":       {field("multiselect", options+`"defaultValue":"x"`), []string{"fields[0].defaultValue type"}},
		"U+0000 among the options": {field("multiselect", options+`"defaultValue":["\u0000"]`), []string{"fields[0].defaultValue invalid"}},
		"not judged by bad bounds": {field("text", `"validation":{"min":{"value":1}},"defaultValue":7`), []string{"fields[0].validation unsupported"}},
		"judged beside bad fields": {
			`{"fields":[{"name":"A","type":"text"},{"name":"b","type":"text","defaultValue":7}]}`,
			[]string{"fields[0].name pattern", "fields[1].defaultValue type"},
		},
	}.check(t)
}
