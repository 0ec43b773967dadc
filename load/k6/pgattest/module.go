// Package pgattest is the k6 module k6/x/pgattest: PostgreSQL under load, recorded.
package pgattest

import (
	"sync"

	"github.com/grafana/sobek"
	"go.k6.io/k6/v2/js/common"
	"go.k6.io/k6/v2/js/modules"
)

func init() { modules.Register("k6/x/pgattest", newModule()) }

// module is one per process, and so is its recorder.
type module struct {
	recorder *recorder
	once     sync.Once
	metrics  *k6Metrics
	failed   error
	// What was said once already.
	said sayings
}

// instance is one per virtual user.
type instance struct {
	module *module
	vu     modules.VU
	// What is known at the top level of the script alone; clients may be made later.
	env   *common.InitEnvironment
	shard *shard
	// Iteration of this user whose due time was used already, and whether there was one.
	usedIteration int64
	used          bool
	clocks        map[string]*schedule
}

var (
	_ modules.Module   = &module{}
	_ modules.Instance = &instance{}
)

func newModule() *module {
	return &module{recorder: newRecorder(), said: sayings{seen: map[string]bool{}}}
}

// NewModuleInstance is called by k6 for each virtual user that imports the module.
func (m *module) NewModuleInstance(vu modules.VU) modules.Instance {
	m.once.Do(func() {
		if m.metrics, m.failed = registerMetrics(vu.InitEnv().Registry); m.failed == nil {
			m.listen(vu)
			followStdin(vu)
		}
	})
	return &instance{module: m, vu: vu, env: vu.InitEnv(), clocks: map[string]*schedule{}}
}

// Exports is what a script can import.
func (i *instance) Exports() modules.Exports {
	named := map[string]any{
		"Client": i.newClient, "deck": i.deck, "record": i.record, "due": i.due, "schedule": i.schedule,
	}
	return modules.Exports{Named: named}
}

// throw raises a JavaScript error from Go.
func (i *instance) throw(err error) {
	rt := i.vu.Runtime()
	object, raised := rt.New(rt.Get("Error"), rt.ToValue(err.Error()))
	if raised != nil {
		panic(raised)
	}
	panic(object)
}

func nullish(value sobek.Value) bool {
	return value == nil || sobek.IsUndefined(value) || sobek.IsNull(value)
}
