package pgattest

import (
	"bytes"
	"net"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// step is one statement of a pipeline, and what becomes of it.
type step struct {
	sql string
	// Of Bind, see bindTail.
	tail   []byte
	expect expectation
	// In the recorder; below 0 it is counted nowhere.
	statement int32
	// Its rows are wanted.
	collect bool
	// Tag that it must answer with; empty: any.
	tag string

	// When it was answered; 0 when it was not.
	at    int64
	rows  int64
	wrong bool
	// The columns and, row after row, the values.
	fields []field
	values [][]byte
}

type field struct {
	name string
	oid  uint32
}

// statements that one connection keeps by name; what comes after is parsed each time.
const maxNamed = 2000

// Beyond this many bytes the server may stop reading until its answers are read.
const maxBlindWrite = 32 << 10

// named is a prepared statement: ready once the server said so, since an error before it makes the server skip it.
type named struct {
	name, sql string
	ready     bool
}

// connection is one to the server; not for concurrent use.
type connection struct {
	net      net.Conn
	front    *pgproto3.Frontend
	out      []byte
	names    map[string]*named
	useNames bool
	// How many names were given so far.
	serial int
	// Parse messages on their way, nil for the unnamed statement, and how many of them are done.
	parsing []*named
	done    int
	status  byte
	// Set by another goroutine before it cuts the read short.
	cut atomic.Bool
}

// interrupt may be called from anywhere.
func (c *connection) interrupt() {
	c.cut.Store(true)
	_ = c.net.SetDeadline(time.Unix(1, 0))
}

// run sends all steps and one Sync in one write and reads to the end. It returns the first failure.
func (c *connection) run(steps []step, until time.Time) *failure {
	if failed := c.prepare(steps, until); failed != nil {
		return failed
	}
	c.out = c.out[:0]
	c.parsing, c.done = c.parsing[:0], 0
	for i := range steps {
		c.append(&steps[i])
	}
	c.out = appendSync(c.out)
	return c.exchange(steps, until)
}

func (c *connection) append(s *step) {
	name := c.lookUp(s.sql)
	if name == nil || !name.ready {
		text := ""
		if name != nil {
			text = name.name
		}
		c.out = appendParse(c.out, text, s.sql)
		c.parsing = append(c.parsing, name)
	}
	if name == nil {
		c.out = appendBind(c.out, "", s.tail)
	} else {
		c.out = appendBind(c.out, name.name, s.tail)
	}
	if s.collect {
		c.out = appendDescribePortal(c.out)
	}
	c.out = appendExecute(c.out)
	s.at, s.rows, s.wrong, s.fields, s.values = 0, 0, false, nil, nil
}

// lookUp gives the name of a statement, or nil where it has none. One that is parsed twice in a pipeline would be an
// error, so a name that is on its way counts as there: if its Parse is skipped, so is all behind it.
func (c *connection) lookUp(sql string) *named {
	if !c.useNames {
		return nil
	}
	name := c.names[sql]
	switch {
	case name == nil && len(c.names) < maxNamed:
		name = &named{name: "p" + strconv.Itoa(c.serial), sql: sql}
		c.serial++
		c.names[sql] = name
	case name != nil && !name.ready && c.isParsing(name):
		return &named{name: name.name, ready: true}
	}
	return name
}

func (c *connection) isParsing(name *named) bool {
	for _, each := range c.parsing {
		if each == name {
			return true
		}
	}
	return false
}

// rollBack ends what a failure left open.
func (c *connection) rollBack(until time.Time) *failure {
	c.out = appendQuery(c.out[:0], "ROLLBACK")
	steps := [1]step{{statement: -1}}
	return c.exchange(steps[:], until)
}

func (c *connection) exchange(steps []step, until time.Time) *failure {
	if err := c.net.SetDeadline(until); err != nil {
		return fromNetwork(err, 0, false)
	}
	if c.cut.Load() {
		return &failure{code: codeInterrupted, message: "the test ended", broken: true}
	}
	if len(c.out) <= maxBlindWrite {
		if _, err := c.net.Write(c.out); err != nil {
			// The server may have said why before it hung up.
			if failed := c.receive(steps); failed != nil && failed.code != codeConnection {
				return failed
			}
			return fromNetwork(err, 0, c.cut.Load())
		}
		return c.receive(steps)
	}
	written := make(chan error, 1)
	go func() {
		_, err := c.net.Write(c.out)
		written <- err
	}()
	failed := c.receive(steps)
	if failed != nil && failed.broken {
		_ = c.net.Close()
	}
	<-written
	return failed
}

// receive reads up to ReadyForQuery. Whatever ends it before is a failure: there are no short results.
func (c *connection) receive(steps []step) *failure {
	var failed *failure
	at := 0
	for {
		message, err := c.front.Receive()
		if err != nil {
			if failed == nil {
				failed = fromNetwork(err, at, c.cut.Load())
			}
			failed.broken = true
			return failed
		}
		if at >= len(steps) && isAnswer(message) {
			return &failure{code: codeConnection, message: "more answers than statements", step: at, broken: true}
		}
		switch m := message.(type) {
		case *pgproto3.DataRow:
			steps[at].row(m.Values)
		case *pgproto3.CommandComplete:
			if wanted := steps[at].complete(m.CommandTag); failed == nil {
				failed = wanted
				if failed != nil {
					failed.step = at
				}
			}
			at++
		case *pgproto3.EmptyQueryResponse:
			steps[at].at = now()
			at++
		case *pgproto3.RowDescription:
			if steps[at].collect {
				steps[at].describe(m)
			}
		case *pgproto3.ParseComplete:
			c.parsed()
		case *pgproto3.ErrorResponse:
			if failed == nil {
				failed = fromServer(m, at)
			}
		case *pgproto3.CopyInResponse, *pgproto3.CopyOutResponse, *pgproto3.CopyBothResponse:
			return &failure{code: codeClient, message: "COPY cannot be part of a pipeline", step: at, broken: true}
		case *pgproto3.ReadyForQuery:
			c.status = m.TxStatus
			c.settleNames(failed == nil)
			if failed == nil && at != len(steps) {
				failed = &failure{code: codeConnection, message: "an answer is missing", step: at, broken: true}
			}
			return failed
		}
	}
}

func isAnswer(message pgproto3.BackendMessage) bool {
	switch message.(type) {
	case *pgproto3.DataRow, *pgproto3.CommandComplete, *pgproto3.EmptyQueryResponse, *pgproto3.RowDescription:
		return true
	default:
		return false
	}
}

func (c *connection) parsed() {
	if c.done == len(c.parsing) {
		return
	}
	if name := c.parsing[c.done]; name != nil {
		name.ready = true
	}
	c.done++
}

// settleNames says what is prepared at the end of an exchange. Without an error all is, whatever was heard of it: PgBouncer
// may send a ParseComplete of its own behind ReadyForQuery. After one, what was not heard of may be there or not, and a name
// that is in use already would end the connection: such a statement gets another name.
func (c *connection) settleNames(fine bool) {
	for _, name := range c.parsing {
		switch {
		case name == nil || name.ready:
		case fine:
			name.ready = true
		default:
			delete(c.names, name.sql)
		}
	}
	c.parsing, c.done = c.parsing[:0], 0
}

func (s *step) row(values [][]byte) {
	s.rows++
	if !s.expect.rowHolds(values) {
		s.wrong = true
	}
	if s.collect {
		for _, value := range values {
			s.values = append(s.values, bytes.Clone(value))
		}
	}
}

func (s *step) describe(m *pgproto3.RowDescription) {
	s.fields = make([]field, len(m.Fields))
	for i, each := range m.Fields {
		s.fields[i] = field{name: string(each.Name), oid: each.DataTypeOID}
	}
}

func (s *step) complete(tag []byte) *failure {
	s.at = now()
	if s.rows == 0 {
		s.rows = touched(tag)
	}
	if !s.expect.countHolds(s.rows) {
		s.wrong = true
	}
	if s.tag != "" && s.tag != string(tag) {
		return &failure{code: "25P02", message: s.tag + " answered " + string(tag)}
	}
	return nil
}

// touched reads the count at the end of a command tag: `INSERT 0 1`. Without one it is 0.
func touched(tag []byte) int64 {
	var count, power int64 = 0, 1
	for i := len(tag) - 1; i >= 0 && tag[i] >= '0' && tag[i] <= '9'; i-- {
		count += int64(tag[i]-'0') * power
		power *= 10
	}
	return count
}

func (c *connection) close() {
	// Terminate is a courtesy: the server then logs no unexpected end.
	_ = c.net.SetDeadline(time.Now().Add(100 * time.Millisecond))
	_, _ = c.net.Write([]byte{'X', 0, 0, 0, 4})
	_ = c.net.Close()
}
