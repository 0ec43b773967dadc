package pgattest

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/grafana/sobek"
	"go.k6.io/k6/v2/lib"
)

var errNotInit = errors.New("call it at the top level of the script")

// record opens the recording; the first virtual user does it for all.
func (i *instance) record(path string, options sobek.Value) {
	if i.vu.State() != nil {
		i.throw(fmt.Errorf("record: %w", errNotInit))
	}
	if path == "" {
		i.throw(errors.New("record: give the path of a file"))
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		i.throw(err)
	}
	if !countsDropped(i.env.RuntimeOptions) {
		i.throw(errors.New("record: without thresholds and summary k6 does not count dropped iterations; allow one of them"))
	}
	given, err := i.recordOptions(options)
	if err != nil {
		i.throw(fmt.Errorf("record: %w", err))
	}
	r := i.module.recorder
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.file != nil {
		if r.file.path != absolute {
			i.throw(fmt.Errorf("record: %s is being written already; there is one recording for each process", r.file.path))
		}
		return
	}
	file, err := createRecording(absolute)
	if err != nil {
		i.throw(fmt.Errorf("record: %w", err))
	}
	file.header = given.header
	file.startedAt = given.startedAt
	r.file = file
	if given.trends != nil {
		r.out.trends = *given.trends
	}
}

type recordOptions struct {
	header    recordingHeader
	startedAt *time.Time
	trends    *int
}

func (i *instance) recordOptions(value sobek.Value) (recordOptions, error) {
	given := recordOptions{header: recordingHeader{Schema: recordingSchema, Generator: "k6 " + k6Version()}}
	o := optionsOf(i.vu.Runtime(), value, "model", "startedAt", "segment", "trendSamples")
	given.header.Model = o.text("model", "")
	if model := given.header.Model; model != "" && model != "open" && model != "closed" {
		return given, fmt.Errorf("model %q is neither open nor closed", model)
	}
	given.header.Segment = o.text("segment", "")
	if o.has("trendSamples") {
		trends := int(o.integer("trendSamples", 0))
		given.trends = &trends
	}
	if o.has("startedAt") {
		at, err := timeOf(o.get("startedAt"))
		if err != nil {
			return given, err
		}
		given.startedAt = &at
	}
	return given, o.err
}

func timeOf(value sobek.Value) (time.Time, error) {
	if text, is := value.Export().(string); is {
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return at, fmt.Errorf("startedAt %q is not ISO 8601 with a time zone", text)
		}
		return at, nil
	}
	return time.UnixMicro(int64(value.ToFloat() * 1000)), nil
}

// headerOf completes what the script left to the test's own options.
func headerOf(header recordingHeader, options lib.Options) recordingHeader {
	if header.Model == "" {
		header.Model = "closed"
		for _, scenario := range options.Scenarios {
			if strings.HasSuffix(scenario.GetType(), "-arrival-rate") {
				header.Model = "open"
			}
		}
	}
	if header.Segment == "" && options.ExecutionSegment != nil {
		header.Segment = options.ExecutionSegment.String()
	}
	return header
}
