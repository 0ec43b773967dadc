package pgattest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/sobek"
)

// pipelineJS is `client.pipeline(statements, options)`.
func (c *client) pipelineJS(call sobek.FunctionCall) sobek.Value {
	if !c.usable() {
		return sobek.Undefined()
	}
	rt := c.owner.vu.Runtime()
	o := optionsOf(rt, call.Argument(1), "name", "settings", "transaction", "due")
	whole := o.flag("transaction", true)
	if o.has("settings") && !whole {
		c.owner.throw(errors.New("pipeline: settings last for a transaction; leave out `transaction: false`"))
	}
	body := c.statements(call.Argument(0))
	c.steps = c.steps[:0]
	if whole {
		c.steps = c.opening(o)
	}
	first := len(c.steps)
	c.steps = append(c.steps, body...)
	if whole {
		c.steps = append(c.steps, commit)
	}
	due := dueOf(o)
	name := o.text("name", kindTransaction)
	if o.err != nil {
		c.owner.throw(fmt.Errorf("pipeline: %w", o.err))
	}
	s := c.begin(due)
	failed := c.transact(c.steps, &s)
	c.note(c.steps, c.owner.module.recorder.id(name, kindTransaction), s, failed)
	if failed != nil {
		c.raise(failed, c.failedName(c.steps, failed))
	}
	return results(rt, c.steps[first:first+len(body)])
}

var commit = step{sql: "COMMIT", tail: emptyTail, statement: -1, tag: "COMMIT"}

func results(rt *sobek.Runtime, steps []step) sobek.Value {
	list := make([]any, len(steps))
	for i := range steps {
		list[i] = resultOf(rt, &steps[i])
	}
	return rt.NewArray(list...)
}

func (c *client) failedName(steps []step, failed *failure) string {
	if failed.step >= len(steps) || failed.broken && failed.step == 0 {
		return ""
	}
	return c.owner.module.recorder.nameOf(steps[failed.step])
}

// opening is BEGIN and the settings.
func (c *client) opening(o *options) []step {
	steps := append(c.steps[:0], step{sql: "BEGIN", tail: emptyTail, statement: -1})
	if !o.has("settings") {
		return steps
	}
	object := o.get("settings").ToObject(c.owner.vu.Runtime())
	names := object.Keys()
	// The role last: it may be one that may not make the others.
	slices.SortStableFunc(names, func(a, b string) int { return boolInt(a == "role") - boolInt(b == "role") })
	if len(names) == 0 {
		return steps
	}
	tail := bindTail(nil, 2*len(names), func(i int) (string, bool) {
		if i%2 == 0 {
			return names[i/2], false
		}
		return object.Get(names[i/2]).String(), false
	})
	return append(steps, step{sql: settingsSQL(len(names), true), tail: tail, statement: -1})
}

func boolInt(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (c *client) statements(list sobek.Value) []step {
	rt := c.owner.vu.Runtime()
	steps := []step{}
	if nullish(list) {
		c.owner.throw(errors.New("pipeline: give a list of statements"))
	}
	rt.ForOf(list, func(each sobek.Value) bool {
		o := optionsOf(rt, each, "sql", "params", "name", "kind", "rows", "own")
		sql := o.text("sql", "")
		one, err := c.stepOf(sql, o.get("params"), o, kindOf(sql), true)
		if err != nil {
			c.owner.throw(fmt.Errorf("pipeline: statement %d: %w", len(steps), err))
		}
		steps = append(steps, one)
		return true
	})
	if len(steps) == 0 {
		c.owner.throw(errors.New("pipeline: no statement in the list"))
	}
	return steps
}

func kindOf(sql string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(sql), " ")
	switch strings.ToUpper(word) {
	case "INSERT", "UPDATE", "DELETE", "MERGE":
		return "write"
	default:
		return "read"
	}
}
