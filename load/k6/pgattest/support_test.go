package pgattest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/js/modulestest"
	"go.k6.io/k6/v2/lib"
	"go.k6.io/k6/v2/metrics"
)

const dsnVariable = "PGATTEST_TEST_DSN"

// user is a virtual user with a module of its own.
type user struct {
	*modulestest.Runtime
	module   *module
	instance *instance
	cancel   context.CancelFunc
}

func newUser(t *testing.T, m *module) *user {
	t.Helper()
	rt := modulestest.NewRuntime(t)
	rt.VU.InitEnvField.LookupEnv = func(string) (string, bool) { return "", false }
	instance := m.NewModuleInstance(rt.VU).(*instance) //nolint:forcetypeassert // it is
	exports := rt.VU.Runtime().NewObject()
	for name, value := range instance.Exports().Named {
		must(t, exports.Set(name, value))
	}
	must(t, rt.VU.Runtime().Set("pg", exports))
	return &user{Runtime: rt, module: m, instance: instance}
}

// iterate takes the user from the top level of the script into an iteration.
func (u *user) iterate(t *testing.T) *user {
	t.Helper()
	logger := logrus.New()
	logger.SetOutput(testWriter{t})
	samples := make(chan metrics.SampleContainer, 100_000)
	u.MoveToVUContext(&lib.State{Samples: samples, Logger: logger})
	ctx, cancel := context.WithCancel(context.Background())
	u.cancel = cancel
	t.Cleanup(func() {
		cancel()
		u.module.recorder.finish()
	})
	u.VU.CtxField = lib.WithScenarioState(ctx, &lib.ScenarioState{Name: "s", StartTime: time.Now()})
	return u
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(line []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}

// run evaluates JavaScript; `pg` is the module.
func (u *user) run(t *testing.T, script string) any {
	t.Helper()
	value, err := u.VU.Runtime().RunString(script)
	if err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	return value.Export()
}

// fails evaluates JavaScript that must throw, and gives what it says.
func (u *user) fails(t *testing.T, script string) string {
	t.Helper()
	_, err := u.VU.Runtime().RunString(script)
	if err == nil {
		t.Fatalf("%s: nothing was thrown", script)
	}
	return err.Error()
}

// server is where tests find one, or the test is skipped.
func server(t *testing.T) *target {
	t.Helper()
	dsn := os.Getenv(dsnVariable)
	if dsn == "" {
		t.Skip(dsnVariable + " is not set: no server to test with")
	}
	config, err := pgconn.ParseConfig(dsn)
	must(t, err)
	return &target{
		host: config.Host, port: int(config.Port), database: config.Database, user: config.User,
		password: config.Password, applicationName: "pgattest-test", named: true,
		deadline: 10 * time.Second, firstWait: 20 * time.Millisecond, longestWait: 100 * time.Millisecond,
	}
}

func newClientOn(t *testing.T, where *target) *client {
	t.Helper()
	u := newUser(t, newModule()).iterate(t)
	c := &client{owner: u.instance, target: where}
	t.Cleanup(c.drop)
	return c
}

// scriptClient makes `c` in the script.
func (u *user) scriptClient(t *testing.T, where *target) {
	t.Helper()
	must(t, u.VU.Runtime().Set("where", map[string]any{
		"host": where.host, "port": where.port, "database": where.database, "user": where.user,
	}))
	u.run(t, "const c = new pg.Client(where)")
}

func deckOf(t *testing.T, c *client, lines ...string) *deck {
	t.Helper()
	path := filepath.Join(t.TempDir(), "deck.jsonl")
	must(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	d, err := openDeck(path, c.owner.module.recorder)
	must(t, err)
	return d
}

// do runs SQL that only has to work.
func do(t *testing.T, where *target, sql string) [][]byte {
	t.Helper()
	c := newClientOn(t, where)
	s := c.begin(noDue)
	steps := []step{{sql: sql, tail: emptyTail, statement: -1, collect: true}}
	if failed := c.transact(steps, &s); failed != nil {
		t.Fatalf("%s: %v", sql, failed)
	}
	return steps[0].values
}

// counts are what the recorder has of a statement so far.
func (m *module) counts(name, kind string) *bucket {
	r := m.recorder
	r.drain()
	id := r.id(name, kind)
	r.lock.Lock()
	defer r.lock.Unlock()
	sum := newBucket()
	for _, ofSecond := range r.buckets {
		b := ofSecond[id]
		if b == nil {
			continue
		}
		sum.done += b.done
		sum.wrong += b.wrong
		for class, errors := range b.errors {
			sum.errors[class] += errors
		}
		sum.latency.Merge(b.latency)
		sum.service.Merge(b.service)
	}
	return sum
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Errorf("%q does not say %q", text, part)
	}
}
