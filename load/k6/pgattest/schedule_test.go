package pgattest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

func TestConstantSchedule(t *testing.T) {
	s := constantSchedule(4, time.Second)
	for i, want := range []time.Duration{0, 250e6, 500e6} {
		due, inside := s.due(int64(i))
		equal(t, "due", due, want)
		equal(t, "inside", inside, true)
	}
	// As k6 does: whole nanoseconds, so that both drift alike.
	due, _ := constantSchedule(3000, time.Second).due(3_000_000)
	equal(t, "drift", due, 333_333*3_000_000)
	equal(t, "length", s.length(), math.Inf(1))
}

func TestRampingScheduleByHand(t *testing.T) {
	// 2/s for 5 s, then up to 4/s over 5 s: 10 and 15 iterations.
	s := rampingSchedule(2, time.Second, []stage{{2, 5 * time.Second}, {4, 5 * time.Second}})
	equal(t, "length", s.length(), 25)
	for i, want := range map[int64]float64{0: 0.5, 9: 5, 24: 10} {
		due, inside := s.due(i)
		equal(t, "inside", inside, true)
		if math.Abs(due.Seconds()-want) > 1e-6 {
			t.Errorf("iteration %d: %v, want %v s", i, due, want)
		}
	}
	if _, inside := s.due(25); inside {
		t.Error("there are only 25")
	}
}

func TestRampingScheduleInvertsTheIntegral(t *testing.T) {
	for range 200 {
		from := float64(rand.IntN(50)) //nolint:gosec // a test
		var stages []stage
		for range 1 + rand.IntN(5) { //nolint:gosec // a test
			stages = append(stages, stage{float64(rand.IntN(50)), time.Duration(rand.IntN(5)) * time.Second}) //nolint:gosec // a test
		}
		s := rampingSchedule(from, time.Second, stages)
		last := time.Duration(0)
		for i := range int64(s.length()) {
			due, inside := s.due(i)
			if !inside || due < last {
				t.Fatalf("%v %v: iteration %d at %v after %v", from, stages, i, due, last)
			}
			last = due
			if area := integral(from, stages, due); math.Abs(area-float64(i+1)) > 1e-4 {
				t.Fatalf("%v %v: at %v the area is %v, want %d", from, stages, due, area, i+1)
			}
		}
	}
}

func integral(from float64, stages []stage, until time.Duration) float64 {
	area := 0.0
	for _, each := range stages {
		part := min(each.duration, until)
		if part > 0 {
			rate := from + (each.target-from)*float64(part)/float64(each.duration)
			area += (from + rate) / 2 * part.Seconds()
		}
		from = each.target
		until -= each.duration
		if until <= 0 {
			break
		}
	}
	return area
}

func TestScheduleInScripts(t *testing.T) {
	u := newUser(t, newModule())
	equal(t, "constant", u.run(t, "pg.schedule({ rate: 4, startTime: 1000 }).due(2)"), any(int64(1500)))
	equal(t, "ramping", u.run(t, "pg.schedule({ rate: 2, timeUnit: '1s', stages: [{ target: 2, duration: '5s' }] }).length"), any(int64(10)))
	equal(t, "past", u.run(t, "isNaN(pg.schedule({ rate: 2, stages: [{ target: 2, duration: '5s' }] }).due(10))"), any(true))
	contains(t, u.fails(t, "pg.schedule({})"), "rate should be 1 or more")
	contains(t, u.fails(t, "pg.schedule({ rate: 1, stages: [{ target: 2 }] })"), "target and a duration")
	contains(t, u.fails(t, "pg.schedule({ rate: 1, unit: 1 })"), `no option "unit"`)
}
