package pgattest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/grafana/sobek"
)

// Names that stand in for one are cut here.
const longestName = 60

// stepOf reads one statement of a script.
func (c *client) stepOf(sql string, params sobek.Value, o *options, otherwise string, collect bool) (step, error) {
	rt := c.owner.vu.Runtime()
	if strings.TrimSpace(sql) == "" {
		return step{}, errors.New("no SQL")
	}
	name := o.text("name", shortened(sql))
	kind := o.text("kind", otherwise)
	if kind != "read" && kind != "write" && kind != "control" {
		return step{}, fmt.Errorf("kind %q is neither read nor write nor control", kind)
	}
	expect, err := expectationOf(rt, o)
	if err != nil {
		return step{}, err
	}
	tail, err := tailOf(rt, params)
	if err != nil {
		return step{}, fmt.Errorf("%s: %w", name, err)
	}
	if o.err != nil {
		return step{}, o.err
	}
	id := c.owner.module.recorder.id(name, kind)
	return step{sql: sql, tail: tail, expect: expect, statement: id, collect: collect}, nil
}

func shortened(sql string) string {
	runes := []rune(strings.Join(strings.Fields(sql), " "))
	return string(runes[:min(len(runes), longestName)])
}

func expectationOf(rt *sobek.Runtime, o *options) (expectation, error) {
	e := expectation{}
	if o.has("rows") {
		e.counted = true
		if object, is := o.get("rows").(*sobek.Object); is {
			least := optionsOf(rt, object, "atLeast")
			e.atLeast, e.rows = true, least.integer("atLeast", 0)
			if least.err != nil || !least.has("atLeast") {
				return e, errors.New("rows should be a number or { atLeast }")
			}
		} else {
			e.rows = o.integer("rows", 0)
		}
	}
	if o.has("own") {
		own := optionsOf(rt, o.get("own"), "column", "values")
		e.column = int(own.integer("column", 0))
		e.own = []byte{}
		var texts []string
		if own.err != nil || !own.has("column") || !own.has("values") || rt.ExportTo(own.get("values"), &texts) != nil {
			return e, errors.New("own should be { column, values }")
		}
		for _, text := range texts {
			e.own = appendText(e.own, text)
		}
	}
	return e, nil
}

// queryJS is `query(sql, params, options)` and `exec`.
func (c *client) queryJS(call sobek.FunctionCall, rows bool) sobek.Value {
	if !c.usable() {
		return sobek.Undefined()
	}
	rt := c.owner.vu.Runtime()
	one, o := c.statement(call, rows)
	s := c.begin(dueOf(o))
	c.steps = append(c.steps[:0], one)
	failed := c.transact(c.steps, &s)
	c.note(c.steps, -1, s, failed)
	if failed != nil {
		c.raise(failed, c.owner.module.recorder.nameOf(one))
	}
	if rows {
		return resultOf(rt, &c.steps[0])
	}
	return rt.ToValue(c.steps[0].rows)
}

func (c *client) statement(call sobek.FunctionCall, rows bool) (step, *options) {
	o := optionsOf(c.owner.vu.Runtime(), call.Argument(2), "name", "kind", "rows", "own", "due")
	kind := "write"
	if rows {
		kind = "read"
	}
	one, err := c.stepOf(call.Argument(0).String(), call.Argument(1), o, kind, rows)
	if err != nil {
		c.owner.throw(err)
	}
	return one, o
}
