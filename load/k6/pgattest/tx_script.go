package pgattest

import (
	"errors"
	"fmt"
	"time"

	"github.com/grafana/sobek"
)

// transaction is one that a script steers itself: a round trip for each statement.
type transaction struct {
	client *client
	span   span
	until  time.Time
	// What was sent so far, counted when the outcome is known.
	entries []entry
	failed  *failure
	over    bool
}

// txJS is `client.tx(options, body)`.
func (c *client) txJS(call sobek.FunctionCall) sobek.Value {
	if !c.usable() {
		return sobek.Undefined()
	}
	given, last := call.Argument(0), call.Argument(1)
	if _, is := sobek.AssertFunction(given); is {
		given, last = sobek.Undefined(), given
	}
	body, is := sobek.AssertFunction(last)
	if !is {
		c.owner.throw(errors.New("tx: give a function"))
	}
	rt := c.owner.vu.Runtime()
	o := optionsOf(rt, given, "name", "settings", "due")
	name := o.text("name", kindTransaction)
	due := dueOf(o)
	if o.err != nil {
		c.owner.throw(fmt.Errorf("tx: %w", o.err))
	}
	t := &transaction{client: c, span: c.begin(due)}
	id := c.owner.module.recorder.id(name, kindTransaction)
	c.steps = c.opening(o)
	if failed := t.open(c.steps); failed != nil {
		t.finish(id, failed)
		c.raise(failed, "")
	}
	c.inTx = true
	value, raised := body(sobek.Undefined(), t.object())
	c.inTx = false
	t.over = true
	return t.conclude(id, value, raised)
}

func (t *transaction) open(steps []step) *failure {
	failed := t.client.connected()
	t.span.sent = now()
	t.until = born.Add(time.Duration(t.span.sent)).Add(t.client.target.deadline)
	if failed != nil {
		return failed
	}
	return t.client.send(steps, t.until)
}

func (t *transaction) object() *sobek.Object {
	object := t.client.owner.vu.Runtime().NewObject()
	_ = object.Set("query", func(f sobek.FunctionCall) sobek.Value { return t.query(f, true) })
	_ = object.Set("exec", func(f sobek.FunctionCall) sobek.Value { return t.query(f, false) })
	_ = object.Set("pipeline", t.pipeline)
	return object
}

// run sends steps; what comes of them is kept until the transaction's outcome is known.
func (t *transaction) run(steps []step) {
	c := t.client
	if t.over {
		c.owner.throw(errors.New("the transaction is over"))
	}
	sent := now()
	failed := t.failed
	if c.conn == nil || failed != nil && failed.broken {
		failed = &failure{code: codeConnection, message: "the connection broke earlier in this transaction", broken: true}
	} else {
		failed = c.send(steps, t.until)
	}
	over := now()
	for i := range steps {
		answered := steps[i].at
		if answered == 0 {
			answered = over
		}
		taken := micros(answered - sent)
		t.entries = append(t.entries, entry{
			statement: steps[i].statement, wrong: steps[i].wrong, latency: taken, service: taken,
		})
	}
	if failed == nil {
		return
	}
	if t.failed == nil {
		t.failed = failed
	}
	c.raise(failed, c.failedName(steps, failed))
}

func (t *transaction) query(call sobek.FunctionCall, rows bool) sobek.Value {
	one, _ := t.client.statement(call, rows)
	steps := []step{one}
	t.run(steps)
	rt := t.client.owner.vu.Runtime()
	if rows {
		return resultOf(rt, &steps[0])
	}
	return rt.ToValue(steps[0].rows)
}

func (t *transaction) pipeline(call sobek.FunctionCall) sobek.Value {
	steps := t.client.statements(call.Argument(0))
	t.run(steps)
	return results(t.client.owner.vu.Runtime(), steps)
}

// conclude commits, or rolls back and throws on what the body threw.
func (t *transaction) conclude(id int32, value sobek.Value, raised error) sobek.Value {
	c := t.client
	failed := t.failed
	if raised == nil {
		if _, promised := value.Export().(*sobek.Promise); promised {
			raised = errors.New("tx: the function must not be async")
		}
	}
	if raised != nil && failed == nil {
		failed = clientFailure("rolled back by the script")
	}
	if failed == nil {
		end := [1]step{commit}
		failed = t.commit(end[:])
	}
	t.finish(id, failed)
	var thrown *sobek.Exception
	var stopped *sobek.InterruptedError
	switch {
	case errors.As(raised, &stopped):
		panic(stopped)
	case errors.As(raised, &thrown):
		panic(thrown)
	case raised != nil:
		c.owner.throw(raised)
	case failed != nil:
		c.raise(failed, "COMMIT")
	}
	return value
}

func (t *transaction) commit(steps []step) *failure {
	if t.client.conn == nil {
		return &failure{code: codeInterrupted, message: "the test ended", broken: true}
	}
	return t.client.send(steps, t.until)
}

// finish leaves the connection clean and counts.
func (t *transaction) finish(id int32, failed *failure) {
	c := t.client
	c.settle(failed, t.until)
	t.span.over = now()
	if !c.owner.counting() {
		return
	}
	r := c.owner.module.recorder
	var class uint16
	wrong := false
	if failed != nil {
		class = r.class(failed.class())
		c.owner.module.said.say(c.owner.logger(), "tx", failed)
	}
	for i := range t.entries {
		t.entries[i].class, t.entries[i].at = class, t.span.over
		wrong = wrong || t.entries[i].wrong
	}
	taken := micros(t.span.over - t.span.due)
	t.entries = append(t.entries, entry{
		statement: id, class: class, wrong: wrong, at: t.span.over,
		latency: taken, service: micros(t.span.over - t.span.sent),
	})
	r.add(c.owner.ownShard(), t.entries)
}
