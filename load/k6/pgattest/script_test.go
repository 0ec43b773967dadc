package pgattest

import (
	"fmt"
	"strings"
	"testing"
)

func scripted(t *testing.T) *user {
	t.Helper()
	u := newUser(t, newModule()).iterate(t)
	u.scriptClient(t, server(t))
	t.Cleanup(func() { u.run(t, "c.close()") })
	return u
}

func TestValuesGoThereAndBack(t *testing.T) {
	u := scripted(t)
	for parameter, want := range map[string]string{
		`'a\'b', 'text'`:                           `"a'b"`,
		`7, 'int4'`:                                `7`,
		`9007199254740993n, 'int8'`:                `"9007199254740993"`,
		`1.5, 'float8'`:                            `1.5`,
		`true, 'bool'`:                             `true`,
		`null, 'text'`:                             `null`,
		`{a: [1]}, 'jsonb'`:                        `{"a":[1]}`,
		`['x', null, 'a"b'], 'text[]'`:             `"{x,NULL,\"a\\\"b\"}"`,
		`new Date(0), 'timestamp'`:                 `"1970-01-01 00:00:00"`,
		`new Uint8Array([1, 255]).buffer, 'bytea'`: `"\\x01ff"`,
	} {
		got := u.run(t, fmt.Sprintf(`(() => { const [v, type] = [%s]; return JSON.stringify(c.query('SELECT $1::' + type + ' AS v', [v]).rows[0].v); })()`, parameter))
		equal(t, parameter, got, any(want))
	}
}

func TestErrorsSayWhatAndWhere(t *testing.T) {
	u := scripted(t)
	got := u.run(t, `try { c.query('SELECT 1/$1::int', [0], { name: 'division' }); } catch (e) { [e instanceof Error, e.name, e.code, e.class, e.statement].join() }`)
	equal(t, "error", got, any("true,DatabaseError,22012,22,division"))
	contains(t, u.fails(t, "c.query('SELECT $1', [], { nme: 'x' })"), `no option "nme"`)
	contains(t, u.fails(t, "c.query('')"), "no SQL")
	contains(t, u.fails(t, "c.exec('BEGIN')"), "a transaction was left open")
	equal(t, "after", u.run(t, "c.query('SELECT 1 AS a').rows[0].a"), any(int64(1)))
}

func TestTx(t *testing.T) {
	u := scripted(t)
	u.run(t, "c.exec('CREATE TEMP TABLE t (n int)')")
	equal(t, "committed", u.run(t, `c.tx({ name: 'add', settings: { 'app.who': 'ann' } }, (tx) => {
		tx.exec('INSERT INTO t VALUES ($1)', [1], { name: 'insert', rows: 1 });
		return tx.query("SELECT current_setting('app.who') AS who").rows[0].who;
	})`), any("ann"))
	contains(t, u.fails(t, `c.tx((tx) => { tx.exec('INSERT INTO t VALUES (2)', [], { name: 'insert' }); throw new Error('no more'); })`), "no more")
	contains(t, u.fails(t, `c.tx((tx) => { try { tx.exec('SELECT 1/0'); } catch {} })`), "division by zero")
	contains(t, u.fails(t, `c.tx(() => c.query('SELECT 1'))`), "inside tx")
	contains(t, u.fails(t, `c.tx(async () => {})`), "must not be async")
	contains(t, u.fails(t, `let kept; c.tx((tx) => { kept = tx; }); kept.query('SELECT 1')`), "is over")
	equal(t, "rows", u.run(t, "c.query('SELECT n FROM t').count"), any(int64(1)))
	equal(t, "setting", u.run(t, "c.query(\"SELECT current_setting('app.who', true) AS w\").rows[0].w"), any(""))
	insert := u.module.counts("insert", "write")
	equal(t, "inserts done", insert.done, 1)
	// One that the script rolled back did nothing.
	equal(t, "inserts undone", insert.errors[u.module.recorder.class(codeClient)], 1)
	equal(t, "transactions", u.module.counts("add", kindTransaction).done, 1)
}

func TestPipeline(t *testing.T) {
	u := scripted(t)
	equal(t, "rows", u.run(t, `c.pipeline([
		{ sql: 'SELECT $1::int AS a', params: [1], name: 'a', rows: 2 },
		{ sql: 'SELECT current_user AS b' },
	], { settings: { role: 'pg_monitor' } }).map((r) => [r.count, r.right, JSON.stringify(r.rows)].join()).join(';')`),
		any(`1,false,[{"a":1}];1,true,[{"b":"pg_monitor"}]`))
	equal(t, "wrong", u.module.counts("a", "read").wrong, 1)
	contains(t, u.fails(t, `c.pipeline([{ sql: 'SELECT 1' }, { sql: 'SELECT 1/0', name: 'bad' }])`), "bad: division by zero")
	contains(t, u.fails(t, `c.pipeline([], {})`), "no statement")
	contains(t, u.fails(t, `c.pipeline([{ sql: 'SELECT 1' }], { transaction: false, settings: {} })`), "settings last for a transaction")
	equal(t, "without", u.run(t, `c.pipeline([{ sql: 'SELECT 1 AS x' }], { transaction: false })[0].rows[0].x`), any(int64(1)))
}

func TestPasswordsAreNotSaid(t *testing.T) {
	where := server(t)
	u := newUser(t, newModule()).iterate(t)
	must(t, u.VU.Runtime().Set("where", map[string]any{
		"host": where.host, "port": where.port, "database": "none such", "user": where.user, "password": "s3cret",
	}))
	said := u.fails(t, "new pg.Client(where).query('SELECT 1')")
	contains(t, said, "3D000")
	if strings.Contains(said, "s3cret") {
		t.Errorf("it says %s", said)
	}
}

func TestOptionsOfAClient(t *testing.T) {
	u := newUser(t, newModule())
	for script, says := range map[string]string{
		"new pg.Client({ prot: 1 })":                            `no option "prot"`,
		"new pg.Client({ port: 0 })":                            "port should be between",
		"new pg.Client({ port: 'x' })":                          "port should be a number",
		"new pg.Client({ prepare: 'never' })":                   "neither named nor unnamed",
		"new pg.Client({ deadline: 0 })":                        "deadline should be more than 0",
		"new pg.Client({ tls: true })":                          "tls should be false or",
		"new pg.Client({ host: '/tmp', tls: {} })":              "a Unix socket has none",
		"new pg.Client({ tls: { ca: '/nowhere.pem' } })":        "no such file",
		"new pg.Client({ backOff: { first: 10, longest: 1 } })": "longest no less",
		"new pg.Client().query('SELECT 1')":                     "not at the top level",
		"pg.deck('/nowhere')":                                   "no such file",
		"pg.record('')":                                         "give the path",
		"pg.record('/nowhere/x')":                               "no such file",
		"pg.record('x', { model: 'half' })":                     "neither open nor closed",
		"pg.record('x', { startedAt: 'soon' })":                 "not ISO 8601",
	} {
		contains(t, u.fails(t, script), says)
	}
}
