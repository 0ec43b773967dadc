package pgattest

import (
	"math"
	"math/big"
	"time"
)

type stage struct {
	target   float64
	duration time.Duration
}

// schedule says when iteration i of an arrival rate is due: the inverse of the integral of the rate, with k6's own
// rounding (lib/executor/constant_arrival_rate.go and ramping_arrival_rate.go), or it would drift from what k6 does.
type schedule struct {
	// Constant: nanoseconds from one iteration to the next.
	period time.Duration
	// Ramping: rates per nanosecond.
	from   float64
	stages []rampStage
}

type rampStage struct {
	begins       time.Duration
	length       float64
	from, to     float64
	before, upTo float64
}

func constantSchedule(rate int64, unit time.Duration) *schedule {
	period, _ := new(big.Rat).SetFrac64(int64(unit), rate).Float64()
	return &schedule{period: time.Duration(period)}
}

func rampingSchedule(startRate float64, unit time.Duration, stages []stage) *schedule {
	s := &schedule{from: startRate / float64(unit), stages: make([]rampStage, 0, len(stages))}
	from, count := s.from, 0.0
	var begins time.Duration
	for _, each := range stages {
		to, length := each.target/float64(unit), float64(each.duration)
		one := rampStage{begins: begins, length: length, from: from, to: to, before: count}
		count += length * ((to-from)/2 + from)
		one.upTo = count
		s.stages = append(s.stages, one)
		from = to
		begins += each.duration
	}
	return s
}

// due is the offset from the start of the scenario of iteration i, 0-based; false past the last stage.
func (s *schedule) due(i int64) (time.Duration, bool) {
	if s.stages == nil {
		return s.period * time.Duration(i), true
	}
	// k6 reckons with areas: the first iteration is due when one is full.
	area := float64(i + 1)
	at, found := s.find(area)
	if !found {
		return 0, false
	}
	g := &s.stages[at]
	if g.from == g.to {
		return g.begins + time.Duration((area-g.before)/g.to), true
	}
	root := g.length * (g.from*g.from*g.length + 2*(area-g.before)*(g.to-g.from))
	x := (g.from*g.length - math.Sqrt(max(root, 0))) / (g.from - g.to)
	return g.begins + time.Duration(x), true
}

// find gives the first stage that the area ends in, by halving.
func (s *schedule) find(area float64) (int, bool) {
	low, high := 0, len(s.stages)
	for low < high {
		middle := (low + high) / 2
		if area <= s.stages[middle].upTo {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low, low < len(s.stages)
}

// length is how many iterations all stages ask for; infinite for a constant rate.
func (s *schedule) length() float64 {
	if s.stages == nil {
		return math.Inf(1)
	}
	if len(s.stages) == 0 {
		return 0
	}
	return math.Floor(s.stages[len(s.stages)-1].upTo)
}
