package pgattest

import (
	"errors"
	"reflect"

	"go.k6.io/k6/v2/errext"
	"go.k6.io/k6/v2/errext/exitcodes"
	"go.k6.io/k6/v2/js/modules"
	"go.k6.io/k6/v2/lib"
	"go.k6.io/k6/v2/metrics"
)

// Types of k6's events; their package is internal to k6.
const (
	eventTestEnd = 3
	eventExit    = 6
)

// listen closes the recording: what is left is written when all iterations are over, the last line when k6 has counted
// all that was dropped.
func (m *module) listen(vu modules.VU) {
	global := vu.Events().Global
	if global == nil {
		return
	}
	registry := vu.InitEnv().Registry
	_, events := global.Subscribe(eventTestEnd, eventExit)
	go func() {
		for event := range events {
			switch event.Type {
			case eventTestEnd:
				m.recorder.finish()
			case eventExit:
				m.recorder.end(registry, errorOf(event.Data))
			}
			event.Done()
		}
	}()
}

// errorOf reads the field Error of a struct that cannot be named here.
func errorOf(data any) error {
	value := reflect.Indirect(reflect.ValueOf(data))
	if value.Kind() != reflect.Struct {
		return nil
	}
	field := value.FieldByName("Error")
	if !field.IsValid() {
		return nil
	}
	err, _ := field.Interface().(error)
	return err
}

// end writes the last line.
func (r *recorder) end(registry *metrics.Registry, cause error) {
	// Init may have failed: then there was no end of the test.
	r.finish()
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.file == nil {
		return
	}
	begun := r.file.begun
	if !begun {
		r.file.begin(now())
		r.start = now()
	}
	line := endLine{Complete: begun && whole(cause) && r.failed.Load() == nil, Dropped: counted(registry, metrics.DroppedIterationsName)}
	if begun {
		line.Seconds = float64(r.last-r.start) / 1e9
	}
	if r.file.header.Model == "open" {
		scheduled := r.played + line.Dropped
		line.Scheduled = &scheduled
	}
	switch {
	case r.failed.Load() != nil:
		line.Reason = *r.failed.Load()
	case cause != nil && !whole(cause):
		line.Reason = cause.Error()
	case !begun:
		line.Reason = "nothing was sent"
	}
	if err := r.file.finish(line); err != nil && r.out.log != nil && r.failed.Load() == nil {
		r.out.log.WithError(err).Error("the end of the recording cannot be written")
	}
	r.file = nil
}

// whole tells whether the test ran to its end, whatever came out of it.
func whole(err error) bool {
	if err == nil {
		return true
	}
	var reason errext.HasAbortReason
	if errors.As(err, &reason) && reason.AbortReason() == errext.AbortedByThresholdsAfterTestEnd {
		return true
	}
	var code errext.HasExitCode
	return errors.As(err, &code) && code.ExitCode() == exitcodes.MarkedAsFailed
}

// counted reads one of k6's own counters: only when k6 has stopped counting.
func counted(registry *metrics.Registry, name string) int64 {
	metric := registry.Get(name)
	if metric == nil {
		return 0
	}
	if sink, is := metric.Sink.(*metrics.CounterSink); is {
		return int64(sink.Value)
	}
	return 0
}

// countsDropped tells whether k6 will count what it drops: it does so for thresholds or a summary.
func countsDropped(options lib.RuntimeOptions) bool {
	return !options.NoThresholds.Bool || options.SummaryMode.String != "disabled"
}
