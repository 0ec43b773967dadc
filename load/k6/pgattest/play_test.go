package pgattest

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const header = `{"schema":"pgattest.deck/1","role":null,"settingsLast":"transaction","statements":[` +
	`{"name":"one","kind":"read","sql":"SELECT 1"},` +
	`{"name":"echo","kind":"read","sql":"SELECT $1::text"},` +
	`{"name":"divide","kind":"write","sql":"SELECT 1 / $1::int"},` +
	`{"name":"sleep","kind":"read","sql":"SELECT pg_sleep($1::float8)"},` +
	`{"name":"big","kind":"read","sql":"SELECT repeat('x', 1000) FROM generate_series(1, $1::int)"},` +
	`{"name":"die","kind":"read","sql":"SELECT repeat('x', 1000), CASE WHEN g = 5000 THEN pg_terminate_backend(pg_backend_pid()) END FROM generate_series(1, 9000) g"},` +
	`{"name":"setting","kind":"read","sql":"SELECT coalesce(current_setting('app.who', true), '')"},` +
	`{"name":"insert","kind":"write","sql":"INSERT INTO pg_temp.t VALUES ($1::int)"},` +
	`{"name":"make","kind":"write","sql":"CREATE TEMP TABLE IF NOT EXISTS t (n int)"},` +
	`{"name":"count","kind":"read","sql":"SELECT count(*) FROM pg_temp.t"}]}`

func line(settings, calls string) string {
	return `{"transaction":"t","tenant":"a","settings":` + settings + `,"calls":[` + calls + `]}`
}

func playOne(t *testing.T, c *client, calls string) played {
	t.Helper()
	return c.play(deckOf(t, c, header, line(`{}`, calls)), 0, noDue)
}

func code(p played) string {
	if p.failed == nil {
		return ""
	}
	return p.failed.code
}

func TestPlayNamedAndUnnamed(t *testing.T) {
	for _, named := range []bool{true, false} {
		where := *server(t)
		where.named = named
		c := newClientOn(t, &where)
		d := deckOf(t, c, header, line(`{}`, `[0,[],{"rows":1}],[1,["a"],{"rows":1,"own":[0,["b","a"]]}],[1,[null]],[0,[]]`))
		for range 3 {
			p := c.play(d, 0, noDue)
			equal(t, "code", code(p), "")
			equal(t, "statements", p.statements, 4)
			equal(t, "errors", p.errors, 0)
			equal(t, "wrong", p.wrong, 0)
		}
		equal(t, "one", c.owner.module.counts("one", "read").done, 6)
		equal(t, "echo", c.owner.module.counts("echo", "read").done, 6)
		equal(t, "transactions", c.owner.module.counts("t", kindTransaction).latency.TotalCount(), 3)
		// BEGIN, SELECT 1, echo and COMMIT are kept by name, or nothing is.
		equal(t, "names", len(c.conn.names), map[bool]int{true: 4, false: 0}[named])
	}
}

func TestSettingsGoWithTheTransaction(t *testing.T) {
	c := newClientOn(t, server(t))
	d := deckOf(t, c, header,
		line(`{"app.who":"ann","app.other":"x"}`, `[6,[],{"own":[0,["ann"]]}]`),
		line(`{}`, `[6,[],{"own":[0,[""]]}]`),
		line(`{"app.who":"ann"}`, `[6,[],{"own":[0,["ann"]]}],[2,["0"]]`))
	for _, i := range []int{0, 1, 2, 1} {
		p := c.play(d, i, noDue)
		equal(t, "wrong", p.wrong, 0)
	}
}

func TestRoleIsTakenOn(t *testing.T) {
	c := newClientOn(t, server(t))
	withRole := strings.Replace(header, `"role":null`, `"role":"pg_monitor"`, 1)
	withRole = strings.Replace(withRole, "SELECT 1\"", "SELECT current_user\"", 1)
	p := c.play(deckOf(t, c, withRole, line(`{"app.who":"x"}`, `[0,[],{"own":[0,["pg_monitor"]]}]`)), 0, noDue)
	equal(t, "code", code(p), "")
	equal(t, "wrong", p.wrong, 0)
}

func TestWrongRowsAreSeen(t *testing.T) {
	c := newClientOn(t, server(t))
	p := playOne(t, c, `[1,["theirs"],{"own":[0,["mine"]]}],[0,[],{"rows":2}],[0,[],{"atLeast":2}],[0,[],{"own":[7,["1"]]}],[1,[null],{"own":[0,["x"]]}],[0,[],{"atLeast":1}]`)
	equal(t, "wrong", p.wrong, 5)
	equal(t, "errors", p.errors, 0)
	equal(t, "counted", c.owner.module.counts("echo", "read").wrong, 2)
}

func TestAnErrorUndoesTheTransaction(t *testing.T) {
	c := newClientOn(t, server(t))
	d := deckOf(t, c, header, line(`{}`, `[8,[]]`), line(`{}`, `[7,["1"],{"rows":1}],[2,["0"]],[0,[]]`), line(`{}`, `[9,[],{"own":[0,["0"]]}]`))
	equal(t, "make", code(c.play(d, 0, noDue)), "")
	conn := c.conn
	p := c.play(d, 1, noDue)
	equal(t, "code", code(p), "22012")
	equal(t, "step", p.failed.step, 2)
	// What ran before was undone, what came after did not run: none of the three was done.
	equal(t, "errors", p.errors, 3)
	for _, name := range []string{"insert", "divide"} {
		b := c.owner.module.counts(name, "write")
		equal(t, name+" done", b.done, 0)
		equal(t, name+" errors", b.errors[c.owner.module.recorder.class("22")], 1)
	}
	p = c.play(d, 2, noDue)
	equal(t, "code after", code(p), "")
	equal(t, "the insert is undone", p.wrong, 0)
	equal(t, "the connection is kept", c.conn, conn)
}

func TestABackendThatDiesInTheMiddleOfAResult(t *testing.T) {
	c := newClientOn(t, server(t))
	p := playOne(t, c, `[0,[]],[5,[]],[0,[]]`)
	equal(t, "code", code(p), "57P01")
	equal(t, "errors", p.errors, 3)
	equal(t, "counted", c.owner.module.counts("die", "read").errors[c.owner.module.recorder.class("57")], 1)
	equal(t, "again", code(playOne(t, c, `[0,[],{"rows":1}]`)), "")
}

// cutting passes bytes on to a server and hangs up after so many of its answers' bytes.
func cutting(t *testing.T, where *target, after int64) *target {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	var cut atomic.Bool
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			network, address := "tcp", where.where()
			if strings.HasPrefix(where.host, "/") {
				network = "unix"
			}
			far, err := net.Dial(network, address)
			if err != nil {
				_ = near.Close()
				return
			}
			limit := int64(1 << 40)
			if cut.CompareAndSwap(false, true) {
				limit = after
			}
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
			go func() { _, _ = io.CopyN(near, far, limit); _ = near.Close(); _ = far.Close() }()
		}
	}()
	through := *where
	through.host = "127.0.0.1"
	through.port = listener.Addr().(*net.TCPAddr).Port //nolint:forcetypeassert // it is
	return &through
}

func TestALineThatIsCutIsNoShortResult(t *testing.T) {
	c := newClientOn(t, cutting(t, server(t), 200_000))
	p := playOne(t, c, `[0,[]],[4,["1000"]]`)
	equal(t, "code", code(p), codeConnection)
	equal(t, "class", p.failed.class(), "08")
	equal(t, "errors", p.errors, 2)
	equal(t, "done", c.owner.module.counts("big", "read").done, 0)
	equal(t, "again", code(playOne(t, c, `[4,["1000"],{"rows":1000}]`)), "")
}

func TestDeadline(t *testing.T) {
	where := *server(t)
	where.deadline = 150 * time.Millisecond
	c := newClientOn(t, &where)
	begun := time.Now()
	p := playOne(t, c, `[3,["20"]],[0,[]]`)
	equal(t, "code", code(p), codeDeadline)
	equal(t, "errors", p.errors, 2)
	if taken := time.Since(begun); taken > 5*time.Second {
		t.Errorf("it took %v", taken)
	}
	equal(t, "counted", c.owner.module.counts("sleep", "read").errors[c.owner.module.recorder.class(codeDeadline)], 1)
	c.target.deadline = 10 * time.Second
	equal(t, "again", code(playOne(t, c, `[0,[]]`)), "")
}

func TestTheEndOfTheTestCutsAReadShort(t *testing.T) {
	u := newUser(t, newModule()).iterate(t)
	c := &client{owner: u.instance, target: server(t)}
	equal(t, "first", code(playOne(t, c, `[0,[]]`)), "")
	time.AfterFunc(100*time.Millisecond, u.cancel)
	begun := time.Now()
	equal(t, "code", code(playOne(t, c, `[3,["20"]]`)), codeInterrupted)
	equal(t, "counted", c.owner.module.counts("sleep", "read").errors[c.owner.module.recorder.class(codeInterrupted)], 1)
	if taken := time.Since(begun); taken > 5*time.Second {
		t.Errorf("it took %v", taken)
	}
}

func TestPipelinesLargerThanAnyBuffer(t *testing.T) {
	c := newClientOn(t, server(t))
	calls := strings.Repeat(`[1,["`+strings.Repeat("y", 20_000)+`"],{"rows":1}],[4,["100"],{"rows":100}],`, 200)
	p := playOne(t, c, strings.TrimSuffix(calls, ","))
	equal(t, "code", code(p), "")
	equal(t, "wrong", p.wrong, 0)
}

func TestConnectingAgainWaitsLongerEachTime(t *testing.T) {
	where := *server(t)
	good := where.port
	where.port = 1
	c := newClientOn(t, &where)
	begun := time.Now()
	for range 4 {
		p := playOne(t, c, `[0,[]]`)
		equal(t, "class", p.failed.class(), "08")
		equal(t, "errors", p.errors, 1)
	}
	// Waits of at least half of 20, 40 and 80 ms.
	if taken := time.Since(begun); taken < 70*time.Millisecond {
		t.Errorf("four attempts in %v", taken)
	}
	where.port = good
	equal(t, "again", code(playOne(t, c, `[0,[]]`)), "")
	equal(t, "failures", c.wait.failures, 0)
}

func TestAMissingParameterIsAnError(t *testing.T) {
	c := newClientOn(t, server(t))
	p := playOne(t, c, `[1,[]]`)
	equal(t, "code", code(p), "08P01")
	equal(t, "again", code(playOne(t, c, `[0,[]]`)), "")
}

func TestPlayAllocatesNothingPerStatement(t *testing.T) {
	c := newClientOn(t, server(t))
	few := deckOf(t, c, header, line(`{}`, `[0,[]]`))
	many := deckOf(t, c, header, line(`{}`, strings.TrimSuffix(strings.Repeat(`[0,[],{"rows":1}],`, 101), ",")))
	measure := func(d *deck) float64 {
		return testing.AllocsPerRun(50, func() { c.play(d, 0, noDue) })
	}
	measure(many)
	if more := measure(many) - measure(few); more > 20 {
		t.Errorf("100 further statements cost %v allocations", more)
	}
}
