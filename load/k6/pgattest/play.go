package pgattest

import (
	"errors"
	"fmt"

	"github.com/grafana/sobek"
)

// playJS is `client.play(deck, index, { due })`.
func (c *client) playJS(call sobek.FunctionCall) sobek.Value {
	if !c.usable() {
		return sobek.Undefined()
	}
	d, is := call.Argument(0).Export().(*Deck)
	if !is {
		c.owner.throw(errors.New("play: the first argument should be a deck"))
	}
	index := call.Argument(1).ToInteger()
	if index < 0 || index >= int64(d.Length) {
		c.owner.throw(fmt.Errorf("play: no transaction %d; the deck has %d; see deck.pick", index, d.Length))
	}
	due := int64(noDue)
	rt := c.owner.vu.Runtime()
	if options := call.Argument(2); !nullish(options) {
		if value := options.ToObject(rt).Get("due"); !nullish(value) {
			due = fromMillis(value.ToFloat())
		}
	}
	p := c.play(d.core, d.index(int(index)), due)
	result := rt.NewObject()
	_ = result.Set("ok", p.failed == nil && p.wrong == 0)
	_ = result.Set("statements", p.statements)
	_ = result.Set("errors", p.errors)
	_ = result.Set("wrong", p.wrong)
	if p.failed == nil {
		_ = result.Set("code", sobek.Null())
	} else {
		_ = result.Set("code", p.failed.code)
	}
	_ = result.Set("service", float64(p.over-p.sent)/1e6)
	return result
}

type played struct {
	span
	statements, errors, wrong int
	failed                    *failure
}

// play sends transaction i of a deck in one pipeline.
func (c *client) play(d *deck, i int, due int64) played {
	p := played{span: c.begin(due)}
	c.steps = d.steps(i, c.steps)
	p.failed = c.transact(c.steps, &p.span)
	for at := range c.steps {
		if c.steps[at].statement < 0 {
			continue
		}
		p.statements++
		if c.steps[at].wrong {
			p.wrong++
		}
	}
	if p.failed != nil {
		p.errors = p.statements
	}
	c.note(c.steps, d.transactionIDs[d.kinds[i]], p.span, p.failed)
	return p
}
