package pgattest

import "time"

// All instants are nanoseconds since the process began, by the monotonic clock: a step of the wall clock moves no latency.
var (
	born     = time.Now()
	bornWall = born.UnixNano()
)

func now() int64 { return int64(time.Since(born)) }

// instantOf keeps the monotonic reading of t, where it has one.
func instantOf(t time.Time) int64 { return int64(t.Sub(born)) }

// fromMillis takes what JavaScript calls a time: milliseconds since the epoch, with a fraction.
func fromMillis(ms float64) int64 { return int64(ms*1e6) - bornWall }

// toMillis is the reverse of fromMillis; a double keeps about a quarter of a microsecond.
func toMillis(instant int64) float64 { return float64(instant+bornWall) / 1e6 }

func wallOf(instant int64) time.Time { return time.Unix(0, instant+bornWall) }
