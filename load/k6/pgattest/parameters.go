package pgattest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/grafana/sobek"
)

// tailOf turns a list of JavaScript values into parameters.
func tailOf(rt *sobek.Runtime, list sobek.Value) ([]byte, error) {
	if nullish(list) {
		return emptyTail, nil
	}
	object, is := list.(*sobek.Object)
	if !is || object.ClassName() != "Array" {
		return nil, fmt.Errorf("parameters should be a list")
	}
	count := int(object.Get("length").ToInteger())
	if count > 65535 {
		return nil, fmt.Errorf("%d parameters; PostgreSQL takes 65535", count)
	}
	texts := make([]string, count)
	nulls := make([]bool, count)
	for i := range count {
		value := object.Get(strconv.Itoa(i))
		if nullish(value) {
			nulls[i] = true
			continue
		}
		var err error
		if texts[i], err = parameterText(value.Export()); err != nil {
			return nil, fmt.Errorf("parameter $%d: %w", i+1, err)
		}
	}
	return bindTail(nil, count, func(i int) (string, bool) { return texts[i], nulls[i] }), nil
}

// parameterText is a value in PostgreSQL's text format.
func parameterText(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case bool:
		return strconv.FormatBool(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano), nil
	case sobek.ArrayBuffer:
		return `\x` + hex.EncodeToString(v.Bytes()), nil
	case []any:
		return arrayText(v)
	case fmt.Stringer: // bigint
		return v.String(), nil
	default:
		text, err := json.Marshal(v)
		return string(text), err
	}
}

// arrayText is an array literal: elements are quoted, so that none is taken for NULL or for syntax.
func arrayText(list []any) (string, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, each := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		if each == nil {
			b.WriteString("NULL")
			continue
		}
		text, err := parameterText(each)
		if err != nil {
			return "", err
		}
		if _, nested := each.([]any); nested {
			b.WriteString(text)
			continue
		}
		b.WriteByte('"')
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text))
		b.WriteByte('"')
	}
	b.WriteByte('}')
	return b.String(), nil
}
