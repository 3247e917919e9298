package models_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestNewDocumentWritesTextsAsTheyAre(t *testing.T) {
	t.Parallel()
	document, err := models.NewDocument(map[string]any{"text": `<b>&</b> "😀" مرحبا`, "number": json.Number("1.50")})
	require.NoError(t, err)
	require.Equal(t, `{"number":1.50,"text":"<b>&</b> \"😀\" مرحبا"}`, string(document))
	_, err = models.NewDocument(math.NaN())
	require.ErrorContains(t, err, "encode document")
}

func TestDocumentKeepsOrderAndDigits(t *testing.T) {
	t.Parallel()
	const text = `{"z":1.0,"a":12345678901234567890.123456789,"m":1e400,"again":{"b":1,"a":2}}`
	var in struct {
		Data models.Document `json:"data"`
	}
	body := []byte(`{"data":` + text + `}`)
	require.NoError(t, json.Unmarshal(body, &in))
	clear(body) // a document does not share the reader's bytes
	require.Equal(t, text, string(in.Data))
	out, err := json.Marshal(in)
	require.NoError(t, err)
	require.Equal(t, `{"data":`+text+`}`, string(out))

	object, err := in.Data.Object()
	require.NoError(t, err)
	require.Equal(t, json.Number("12345678901234567890.123456789"), object["a"])
	require.Equal(t, json.Number("1e400"), object["m"])
}

func TestAbsentDocument(t *testing.T) {
	t.Parallel()
	in := struct {
		Data models.Document `json:"data"`
		More models.Document `json:"more,omitempty"`
	}{Data: models.Document(`{}`), More: models.Document(`{}`)}
	require.NoError(t, json.Unmarshal([]byte(`{"data":null,"more":null}`), &in))
	require.Nil(t, in.Data)
	out, err := json.Marshal(in)
	require.NoError(t, err)
	require.Equal(t, `{"data":null}`, string(out))

	object, err := in.Data.Object()
	require.NoError(t, err)
	require.Equal(t, map[string]any{}, object)
	value, err := in.Data.Value()
	require.NoError(t, err)
	require.Nil(t, value, "NULL in the database")
}

func TestDocumentIsAnObject(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`[]`, `"x"`, `7`, `true`, `{"a":`, `{"a":1,}`} {
		_, err := models.Document(text).Object()
		require.ErrorContains(t, err, "decode document", text)
	}
}

func TestDocumentInTheDatabase(t *testing.T) {
	t.Parallel()
	value, err := models.Document(`{"a":1}`).Value()
	require.NoError(t, err)
	require.Equal(t, `{"a":1}`, value)
	require.Equal(t, "jsonb", models.Document{}.GormDataType())

	row := []byte(`{"a":1}`)
	for _, source := range []any{row, string(row)} {
		var document models.Document
		require.NoError(t, document.Scan(source))
		clear(row) // the driver uses its buffer again
		require.Equal(t, `{"a":1}`, string(document))
		row = []byte(`{"a":1}`)
	}
	document := models.Document(`{}`)
	require.NoError(t, document.Scan(nil))
	require.Nil(t, document)
	require.ErrorContains(t, document.Scan(7), "scan document from int")
}
