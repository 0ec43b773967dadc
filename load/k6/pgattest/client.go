package pgattest

import (
	"context"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/lib"
)

// client is one connection of one virtual user, and what it measures; not for concurrent use.
type client struct {
	owner  *instance
	target *target
	conn   *connection
	wait   backOff
	// Reused from one transaction to the next.
	steps   []step
	entries []entry
	inTx    bool
}

// span is the time of one transaction: when it was due, begun, sent and over.
type span struct {
	due, begun, sent, over int64
}

// begin starts the clock of a transaction. `due` below 0: that of the scenario, or now.
func (c *client) begin(due int64) span {
	c.owner.begin()
	s := span{due: due, begun: now()}
	if due == noDue {
		s.due = s.begun
		if at, scheduled := c.owner.dueOnce(); scheduled {
			s.due = at
		}
	}
	return s
}

const noDue = -1 << 63

// transact sends steps as one pipeline and leaves the connection clean, or none.
func (c *client) transact(steps []step, s *span) *failure {
	failed := c.connected()
	s.sent = now()
	if failed == nil {
		until := born.Add(time.Duration(s.sent)).Add(c.target.deadline)
		failed = c.settle(c.send(steps, until), until)
	}
	s.over = now()
	return failed
}

// settle rolls back what a failure left open, and drops a connection that cannot be trusted any more.
func (c *client) settle(failed *failure, until time.Time) *failure {
	switch {
	case c.conn == nil || failed == nil && c.conn.status == 'I':
		return failed
	case failed == nil:
		failed = clientFailure("a transaction was left open; use tx")
	case failed.broken || forgotten(failed.code):
		c.drop()
		return failed
	}
	if c.conn.status != 'I' && (c.conn.rollBack(until) != nil || c.conn.status != 'I') {
		c.drop()
	}
	return failed
}

// forgotten: what was prepared by name is not what it was (26000, 42P05, 0A000), so a new connection begins anew.
func forgotten(code string) bool { return code == "26000" || code == "42P05" || code == "0A000" }

func (c *client) connected() *failure {
	if c.conn != nil {
		return nil
	}
	ctx := c.owner.vu.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	if wait := c.wait.wait(c.target); wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return &failure{code: codeInterrupted, message: "the test ended", broken: true}
		}
	}
	limited, cancel := context.WithTimeout(ctx, c.target.deadline)
	defer cancel()
	conn, failed := c.target.connect(limited)
	if failed != nil {
		if ctx.Err() != nil {
			failed.code = codeInterrupted
		}
		c.wait.failed()
		return failed
	}
	c.wait.fine()
	c.conn = conn
	return nil
}

// send runs steps, and lets the end of the test cut the reading short. k6 ends the context with each iteration, so it is
// watched no longer than that.
func (c *client) send(steps []step, until time.Time) *failure {
	conn := c.conn
	conn.cut.Store(false)
	unwatch := context.AfterFunc(c.owner.vu.Context(), conn.interrupt)
	failed := conn.run(steps, until)
	if !unwatch() {
		// It was cut, or is being cut at this moment: nothing more can be done with it.
		c.drop()
		if failed != nil {
			failed.broken = true
		}
	}
	return failed
}

func (c *client) drop() {
	if c.conn != nil {
		c.conn.close()
		c.conn = nil
	}
}

// note records one transaction. One that was not committed has done nothing: each of its statements counts one error, of
// the class of the first. What was wrong stays wrong.
func (c *client) note(steps []step, transaction int32, s span, failed *failure) {
	if !c.owner.counting() {
		return
	}
	r := c.owner.module.recorder
	var class uint16
	if failed != nil {
		class = r.class(failed.class())
		c.say(steps, failed)
	}
	c.entries = c.entries[:0]
	anyWrong := false
	for i := range steps {
		one := &steps[i]
		if one.statement < 0 {
			continue
		}
		answered := one.at
		if failed != nil || answered == 0 {
			answered = s.over
		}
		anyWrong = anyWrong || one.wrong
		c.entries = append(c.entries, entry{
			statement: one.statement, class: class, wrong: one.wrong, at: s.over,
			latency: micros(answered - s.due), service: micros(answered - s.sent),
		})
	}
	if transaction >= 0 {
		c.entries = append(c.entries, entry{
			statement: transaction, class: class, wrong: anyWrong, at: s.over,
			latency: micros(s.over - s.due), service: micros(s.over - s.sent),
		})
	}
	r.add(c.owner.ownShard(), c.entries)
}

func (c *client) say(steps []step, failed *failure) {
	name := "connect"
	if failed.step < len(steps) && c.conn != nil {
		name = c.owner.module.recorder.nameOf(steps[failed.step])
	}
	c.owner.module.said.say(c.owner.logger(), name, failed)
}

// nameOf is the statement's name, or its SQL where it has none.
func (r *recorder) nameOf(s step) string {
	if s.statement < 0 {
		return s.sql
	}
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.keys[s.statement].name
}

func (i *instance) logger() logrus.FieldLogger {
	if state := i.vu.State(); state != nil {
		return state.Logger
	}
	return i.env.Logger
}

func (i *instance) ownShard() *shard {
	if i.shard == nil {
		i.shard = i.module.recorder.shard()
	}
	return i.shard
}

// counting: setup and teardown are no load.
func (i *instance) counting() bool { return lib.GetScenarioState(i.vu.Context()) != nil }

// begin starts the recorder with the first iteration of the test.
func (i *instance) begin() {
	if i.shard != nil || !i.counting() {
		return
	}
	i.ownShard()
	state, scenario := i.vu.State(), lib.GetScenarioState(i.vu.Context())
	i.module.recorder.begin(instantOf(scenario.StartTime), func(o outlet) outlet {
		o.metrics, o.samples, o.log = i.module.metrics, state.Samples, state.Logger
		// The context of the test, not of the scenario: others may go on.
		o.context = context.WithoutCancel(i.vu.Context())
		if file := i.module.recorder.file; file != nil {
			file.header = headerOf(file.header, state.Options)
		}
		return o
	})
}
