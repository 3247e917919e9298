package models_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

type place struct {
	Row int `json:"row"`
}

// aPage is a page of at most limit out of rows numbers.
func aPage(t *testing.T, rows, limit int) models.Page[string] {
	t.Helper()
	numbers := make([]int, rows)
	for i := range numbers {
		numbers[i] = i
	}
	page, err := models.NewPage(numbers, limit, strconv.Itoa, func(row int) place { return place{row} })
	require.NoError(t, err)
	return page
}

func TestPageTellsOfTheNext(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows int
		data []string
		next *place
	}{
		"an empty list":  {0, []string{}, nil},
		"less than full": {1, []string{"0"}, nil},
		"just full":      {2, []string{"0", "1"}, nil},
		"one row more":   {3, []string{"0", "1"}, &place{1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := aPage(t, c.rows, 2)
			require.Equal(t, c.data, page.Data)
			var next *place
			if page.NextCursor != nil {
				var err error
				next, err = models.ReadCursor[place](*page.NextCursor)
				require.NoError(t, err)
				require.Regexp(t, "^[A-Za-z0-9_-]+$", *page.NextCursor, "it stands in a URL as it is")
			}
			require.Equal(t, c.next, next)
		})
	}
	text, err := json.Marshal(aPage(t, 0, 2))
	require.NoError(t, err)
	require.Equal(t, `{"data":[],"nextCursor":null}`, string(text))
}

func TestCursorThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	_, err := models.NewPage([]int{1, 2}, 1, strconv.Itoa, func(int) float64 { return math.Inf(1) })
	require.Error(t, err)
}

func TestCursorOfTheFirstPage(t *testing.T) {
	t.Parallel()
	cursor, err := models.ReadCursor[place]("")
	require.NoError(t, err)
	require.Nil(t, cursor)
}

func TestCursorThatNobodyMade(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"x", "!", "e30=", " ", "eyJyb3ciOiJ4In0"} { // the last is {"row":"x"}
		_, err := models.ReadCursor[place](text)
		require.Equal(t, models.CodeInvalid, models.CodeOf(err), text)
	}
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for given, want := range map[int]int{0: models.DefaultLimit, 1: 1, models.MaxLimit: models.MaxLimit} {
		limit, err := models.CheckLimit(given)
		require.NoError(t, err)
		require.Equal(t, want, limit)
	}
	for _, given := range []int{-1, models.MaxLimit + 1} {
		_, err := models.CheckLimit(given)
		require.Equal(t, models.CodeInvalid, models.CodeOf(err))
	}
}
