package pgattest

import (
	"errors"
	"fmt"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/v2/lib"
	"go.k6.io/k6/v2/lib/executor"
	"go.k6.io/k6/v2/lib/types"
)

// due is the scheduled start of this iteration, in ms since the epoch; without a schedule it is now.
func (i *instance) due() float64 {
	if at, scheduled := i.scheduled(); scheduled {
		return toMillis(at)
	}
	return toMillis(now())
}

// scheduled is the instant at which the scenario's arrival rate wanted this iteration.
func (i *instance) scheduled() (int64, bool) {
	state := i.vu.State()
	if state == nil || state.GetScenarioGlobalVUIter == nil {
		return 0, false
	}
	scenario := lib.GetScenarioState(i.vu.Context())
	if scenario == nil {
		return 0, false
	}
	clock, known := i.clocks[scenario.Name]
	if !known {
		clock = clockOf(state.Options.Scenarios[scenario.Name])
		i.clocks[scenario.Name] = clock
	}
	if clock == nil {
		return 0, false
	}
	offset, inside := clock.due(int64(state.GetScenarioGlobalVUIter())) //nolint:gosec // iterations
	return instantOf(scenario.StartTime) + int64(offset), inside
}

// dueOnce gives the scheduled start to the first transaction of an iteration; what follows is due when it is sent.
func (i *instance) dueOnce() (int64, bool) {
	state := i.vu.State()
	if state == nil || state.GetScenarioGlobalVUIter == nil {
		return 0, false
	}
	if i.used && i.usedIteration == state.Iteration {
		return 0, false
	}
	i.used, i.usedIteration = true, state.Iteration
	return i.scheduled()
}

func clockOf(config lib.ExecutorConfig) *schedule {
	switch c := config.(type) {
	case *executor.ConstantArrivalRateConfig:
		return constantSchedule(c.Rate.Int64, c.TimeUnit.TimeDuration())
	case *executor.RampingArrivalRateConfig:
		return rampingOf(c)
	default:
		return nil
	}
}

func rampingOf(c *executor.RampingArrivalRateConfig) *schedule {
	stages := make([]stage, 0, len(c.Stages))
	for _, each := range c.Stages {
		stages = append(stages, stage{target: float64(each.Target.Int64), duration: each.Duration.TimeDuration()})
	}
	return rampingSchedule(float64(c.StartRate.Int64), c.TimeUnit.TimeDuration(), stages)
}

// schedule makes one that a script asks for.
func (i *instance) schedule(options sobek.Value) sobek.Value {
	rt := i.vu.Runtime()
	made, begins, err := scheduleOf(rt, options)
	if err != nil {
		i.throw(fmt.Errorf("schedule: %w", err))
	}
	object := rt.NewObject()
	_ = object.Set("length", made.length())
	_ = object.Set("due", func(n int64) float64 {
		offset, inside := made.due(n)
		if !inside || n < 0 {
			return nan
		}
		return begins + float64(offset)/1e6
	})
	return object
}

func scheduleOf(rt *sobek.Runtime, options sobek.Value) (*schedule, float64, error) {
	o := optionsOf(rt, options, "startTime", "rate", "timeUnit", "stages")
	begins := o.number("startTime", 0)
	rate := o.number("rate", -1)
	unit := o.duration("timeUnit", time.Second)
	if o.err != nil {
		return nil, 0, o.err
	}
	if unit <= 0 {
		return nil, 0, errors.New("timeUnit should be longer than 0")
	}
	if !o.has("stages") {
		if rate < 1 {
			return nil, 0, errors.New("rate should be 1 or more")
		}
		return constantSchedule(int64(rate), unit), begins, nil
	}
	if rate < 0 {
		return nil, 0, errors.New("rate should be 0 or more")
	}
	var stages []stage
	var bad error
	rt.ForOf(o.get("stages"), func(each sobek.Value) bool {
		one := optionsOf(rt, each, "target", "duration")
		stages = append(stages, stage{target: one.number("target", -1), duration: one.duration("duration", -1)})
		last := stages[len(stages)-1]
		if bad = one.err; bad == nil && (last.target < 0 || last.duration < 0) {
			bad = errors.New("each stage needs a target and a duration, neither below 0")
		}
		return bad == nil
	})
	return rampingSchedule(rate, unit, stages), begins, bad
}

func parseDuration(value any) (time.Duration, error) { return types.GetDurationValue(value) }
