package pgattest

import "time"

// prepare has the statements of a pipeline parsed before it is sent, where the connection sees them for the first time.
// PgBouncer (seen with 1.24) answers a Parse that its server connection knows already by itself, at once, and may do so in
// the middle of a row that it is passing on: the client then reads rubbish. With no rows under way there is no such middle.
//
// What cannot be parsed yet, since the pipeline makes what it names, is left to the pipeline; so is what is wrong, which
// the pipeline then says of the right step. Only a connection that is of no use any more is a failure here.
func (c *connection) prepare(steps []step, until time.Time) *failure {
	if !c.useNames || c.status != 'I' || len(steps) < 2 {
		return nil
	}
	c.out = c.out[:0]
	c.parsing, c.done = c.parsing[:0], 0
	for i := range steps {
		if name := c.lookUp(steps[i].sql); name != nil && !name.ready {
			c.out = appendParse(c.out, name.name, steps[i].sql)
			c.parsing = append(c.parsing, name)
		}
	}
	if len(c.parsing) == 0 {
		return nil
	}
	c.out = appendSync(c.out)
	if failed := c.exchange(nil, until); failed != nil && failed.broken {
		return failed
	}
	return nil
}
