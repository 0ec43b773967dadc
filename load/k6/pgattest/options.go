package pgattest

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/grafana/sobek"
)

var nan = math.NaN()

// options reads an object of a script. The first thing that is wrong with it stays in err.
type options struct {
	object *sobek.Object
	err    error
}

func optionsOf(rt *sobek.Runtime, value sobek.Value, known ...string) *options {
	o := &options{}
	if nullish(value) {
		return o
	}
	o.object = value.ToObject(rt)
	for _, key := range o.object.Keys() {
		if !slices.Contains(known, key) {
			o.err = fmt.Errorf("no option %q; there are %q", key, known)
		}
	}
	return o
}

func (o *options) get(key string) sobek.Value {
	if o.object == nil {
		return nil
	}
	return o.object.Get(key)
}

func (o *options) has(key string) bool { return !nullish(o.get(key)) }

func (o *options) bad(key, wanted string) {
	if o.err == nil {
		o.err = fmt.Errorf("%s should be %s", key, wanted)
	}
}

func (o *options) text(key, otherwise string) string {
	if !o.has(key) {
		return otherwise
	}
	text, is := o.get(key).Export().(string)
	if !is {
		o.bad(key, "a text")
	}
	return text
}

func (o *options) number(key string, otherwise float64) float64 {
	if !o.has(key) {
		return otherwise
	}
	switch value := o.get(key).Export().(type) {
	case int64:
		return float64(value)
	case float64:
		if !math.IsNaN(value) && !math.IsInf(value, 0) {
			return value
		}
	}
	o.bad(key, "a number")
	return otherwise
}

func (o *options) integer(key string, otherwise int64) int64 {
	value := o.number(key, float64(otherwise))
	if value != math.Trunc(value) || value < 0 {
		o.bad(key, "a whole number, 0 or more")
	}
	return int64(value)
}

func (o *options) flag(key string, otherwise bool) bool {
	if !o.has(key) {
		return otherwise
	}
	value, is := o.get(key).Export().(bool)
	if !is {
		o.bad(key, "true or false")
	}
	return value
}

// duration is written as k6 does, or in ms.
func (o *options) duration(key string, otherwise time.Duration) time.Duration {
	if !o.has(key) {
		return otherwise
	}
	value, err := parseDuration(o.get(key).Export())
	if err != nil {
		o.bad(key, "a duration such as 10s, or ms")
	}
	return value
}

// texts takes one text or a list of them.
func (o *options) texts(rt *sobek.Runtime, key string) []string {
	if !o.has(key) {
		return nil
	}
	if one, is := o.get(key).Export().(string); is {
		return []string{one}
	}
	var list []string
	if err := rt.ExportTo(o.get(key), &list); err != nil || len(list) == 0 {
		o.bad(key, "a text or a list of texts")
	}
	return list
}
