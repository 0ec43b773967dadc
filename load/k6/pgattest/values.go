package pgattest

import (
	"encoding/json"
	"strconv"

	"github.com/grafana/sobek"
)

// Types that JavaScript has too; all others stay text.
const (
	oidBool, oidInt8, oidInt2, oidInt4, oidOid = 16, 20, 21, 23, 26
	oidJSON, oidFloat4, oidFloat8, oidJSONB    = 114, 700, 701, 3802
	maxSafeInteger                             = 1<<53 - 1
)

// valueOf turns PostgreSQL's text into what a script gets.
func valueOf(rt *sobek.Runtime, oid uint32, text []byte) sobek.Value {
	if text == nil {
		return sobek.Null()
	}
	switch oid {
	case oidBool:
		return rt.ToValue(string(text) == "t")
	case oidInt2, oidInt4, oidOid, oidInt8:
		number, err := strconv.ParseInt(string(text), 10, 64)
		if err == nil && number <= maxSafeInteger && number >= -maxSafeInteger {
			return rt.ToValue(number)
		}
	case oidFloat4, oidFloat8:
		if number, err := strconv.ParseFloat(string(text), 64); err == nil {
			return rt.ToValue(number)
		}
	case oidJSON, oidJSONB:
		var value any
		if json.Unmarshal(text, &value) == nil {
			return rt.ToValue(value)
		}
	}
	return rt.ToValue(string(text))
}

// resultOf is a QueryResult.
func resultOf(rt *sobek.Runtime, s *step) sobek.Value {
	width := len(s.fields)
	rows := make([]any, 0, s.rows)
	for at := 0; width > 0 && at+width <= len(s.values); at += width {
		row := rt.NewObject()
		for i, field := range s.fields {
			_ = row.Set(field.name, valueOf(rt, field.oid, s.values[at+i]))
		}
		rows = append(rows, row)
	}
	result := rt.NewObject()
	_ = result.Set("rows", rt.NewArray(rows...))
	_ = result.Set("count", s.rows)
	_ = result.Set("right", !s.wrong)
	return result
}
