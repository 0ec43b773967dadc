package pgattest

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/v2/errext"
)

// newClient is `new Client(options)`.
func (i *instance) newClient(call sobek.ConstructorCall) *sobek.Object {
	if i.module.failed != nil {
		i.throw(i.module.failed)
	}
	where, err := i.targetOf(call.Argument(0))
	if err != nil {
		i.throw(fmt.Errorf("Client: %w", err))
	}
	c := &client{owner: i, target: where}
	object := call.This
	for name, method := range map[string]func(sobek.FunctionCall) sobek.Value{
		"query":    func(f sobek.FunctionCall) sobek.Value { return c.queryJS(f, true) },
		"exec":     func(f sobek.FunctionCall) sobek.Value { return c.queryJS(f, false) },
		"pipeline": c.pipelineJS,
		"tx":       c.txJS,
		"play":     c.playJS,
		"open":     c.openJS,
		"close": func(sobek.FunctionCall) sobek.Value {
			c.drop()
			return sobek.Undefined()
		},
	} {
		_ = object.Set(name, method)
	}
	return nil
}

func (i *instance) targetOf(value sobek.Value) (*target, error) {
	rt := i.vu.Runtime()
	o := optionsOf(rt, value, "host", "port", "database", "user", "password", "tls", "prepare", "deadline", "backOff",
		"applicationName")
	if o.err != nil {
		return nil, o.err
	}
	env := func(name, otherwise string) string {
		if i.env.LookupEnv != nil {
			if text, is := i.env.LookupEnv(name); is && text != "" {
				return text
			}
		}
		return otherwise
	}
	t := &target{
		host: o.text("host", env("PGHOST", "localhost")), user: o.text("user", env("PGUSER", "postgres")),
		password:        o.text("password", env("PGATTEST_PASSWORD", "")),
		applicationName: o.text("applicationName", "pgattest-k6"),
		deadline:        time.Duration(o.number("deadline", 30_000) * float64(time.Millisecond)),
	}
	t.database = o.text("database", env("PGDATABASE", t.user))
	var port int64
	if _, err := fmt.Sscan(env("PGPORT", "5432"), &port); err != nil {
		return nil, errors.New("PGPORT should be a number")
	}
	t.port = int(o.integer("port", port))
	prepare := o.text("prepare", "named")
	t.named = prepare == "named"
	back := optionsOf(rt, o.get("backOff"), "first", "longest")
	t.firstWait = time.Duration(back.number("first", 50) * float64(time.Millisecond))
	t.longestWait = time.Duration(back.number("longest", 2000) * float64(time.Millisecond))
	switch {
	case o.err != nil:
		return nil, o.err
	case back.err != nil:
		return nil, fmt.Errorf("backOff: %w", back.err)
	case prepare != "named" && prepare != "unnamed":
		return nil, fmt.Errorf("prepare %q is neither named nor unnamed", prepare)
	case t.deadline <= 0:
		return nil, errors.New("deadline should be more than 0 ms")
	case t.firstWait <= 0 || t.longestWait < t.firstWait:
		return nil, errors.New("backOff: first should be more than 0 ms and longest no less")
	case t.port < 1 || t.port > 65535:
		return nil, errors.New("port should be between 1 and 65535")
	}
	return t, i.secure(t, o)
}

func (i *instance) secure(t *target, o *options) error {
	value := o.get("tls")
	if nullish(value) || value.Export() == false {
		return nil
	}
	if strings.HasPrefix(t.host, "/") {
		return errors.New("tls: a Unix socket has none")
	}
	if value.Export() == true {
		return errors.New("tls should be false or { ca, serverName }")
	}
	given := optionsOf(i.vu.Runtime(), value, "ca", "serverName")
	ca := given.text("ca", "")
	if ca != "" {
		ca = i.env.GetAbsFilePath(ca)
	}
	name := given.text("serverName", t.host)
	if given.err != nil {
		return fmt.Errorf("tls: %w", given.err)
	}
	config, err := tlsOf(ca, name)
	if err != nil {
		return fmt.Errorf("tls: %w", err)
	}
	t.tls = config
	return nil
}

// usable throws where a client cannot be used: while scripts are loaded, inside its own tx, after the recording broke.
func (c *client) usable() bool {
	if c.owner.vu.State() == nil {
		c.owner.throw(errors.New("the database can be used in iterations, setup and teardown, not at the top level"))
	}
	if c.inTx {
		c.owner.throw(errors.New("inside tx use the transaction it gives"))
	}
	if reason := c.owner.module.recorder.failed.Load(); reason != nil {
		c.owner.vu.Runtime().Interrupt(&errext.InterruptError{Reason: errext.AbortTest + ": " + *reason})
		return false
	}
	return true
}

// raise throws a DatabaseError.
func (c *client) raise(f *failure, statement string) {
	rt := c.owner.vu.Runtime()
	text := f.message
	if statement != "" {
		text = statement + ": " + text
	}
	object, err := rt.New(rt.Get("Error"), rt.ToValue(fmt.Sprintf("%s (%s)", text, f.code)))
	if err != nil {
		panic(err)
	}
	for key, value := range map[string]string{
		"name": "DatabaseError", "code": f.code, "class": f.class(), "statement": statement,
		"detail": f.detail, "hint": f.hint, "constraint": f.constraint,
	} {
		if value != "" || key == "statement" {
			_ = object.Set(key, value)
		}
	}
	panic(object)
}

func dueOf(o *options) int64 {
	if !o.has("due") {
		return noDue
	}
	return fromMillis(o.number("due", 0))
}

// openJS connects, also while the script is loaded: then the clock of the arrival rate does not run yet. Who is not let in tries again
// with the first transaction, and is counted there.
func (c *client) openJS(sobek.FunctionCall) sobek.Value {
	return c.owner.vu.Runtime().ToValue(c.connected() == nil)
}
