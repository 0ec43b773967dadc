package pgattest

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"go.k6.io/k6/v2/metrics"
)

type recordedLine struct {
	recordingHeader
	recordingBucket
	End *endLine `json:"end"`
}

func readRecording(t *testing.T, path string) []recordedLine {
	t.Helper()
	file, err := os.Open(path) //nolint:gosec // a test's own
	must(t, err)
	defer file.Close() //nolint:errcheck // only read
	var lines []recordedLine
	scanner := bufio.NewScanner(file)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		var one recordedLine
		must(t, json.Unmarshal(scanner.Bytes(), &one))
		lines = append(lines, one)
	}
	return lines
}

func recordingIn(t *testing.T, r *recorder) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "recording.jsonl")
	file, err := createRecording(path)
	must(t, err)
	file.header = recordingHeader{Schema: recordingSchema, Generator: "test", Model: "open"}
	r.file = file
	return path
}

func TestSumsEqualWhatWasDone(t *testing.T) {
	r := newRecorder()
	path := recordingIn(t, r)
	r.begin(now(), func(o outlet) outlet { return o })
	read, whole := r.id("a", "read"), r.id("t", kindTransaction)
	class := r.class("40")
	const users, each = 8, 20_000
	var wait sync.WaitGroup
	for range users {
		wait.Go(func() {
			s := r.shard()
			for i := range each {
				e := entry{statement: read, latency: int64(i%1000) + 1, service: 1, at: now()}
				if i%10 == 0 {
					e.class = class
				}
				e.wrong = i%100 == 0
				r.add(s, []entry{e, {statement: whole, latency: 5, service: 5, at: now()}})
			}
		})
	}
	// Readers of the running recorder, for the race detector.
	for range 20 {
		r.drain()
		r.write(now() - int64(time.Millisecond))
	}
	wait.Wait()
	r.end(metrics.NewRegistry(), nil)
	lines := readRecording(t, path)
	var done, failed, wrong, whole2, latency int64
	for _, one := range lines[1 : len(lines)-1] {
		h, err := hdr.Decode([]byte(one.Latency))
		must(t, err)
		if one.Kind == kindTransaction {
			whole2 += one.Done
			continue
		}
		done += one.Done
		failed += one.Errors["40"]
		wrong += one.Wrong
		latency += h.TotalCount()
	}
	equal(t, "done", done, users*each*9/10)
	equal(t, "errors", failed, users*each/10)
	equal(t, "wrong", wrong, users*each/100)
	equal(t, "latencies", latency, users*each)
	equal(t, "transactions", whole2, users*each)
	end := lines[len(lines)-1].End
	if end == nil || !end.Complete || end.Scheduled == nil || *end.Scheduled != users*each {
		t.Errorf("end: %+v", end)
	}
}

func TestAnAnswerIsWhereItCame(t *testing.T) {
	r := newRecorder()
	path := recordingIn(t, r)
	start := now()
	r.begin(start, func(o outlet) outlet { return o })
	id, s := r.id("a", "read"), r.shard()
	for _, second := range []int64{0, 2, 2} {
		r.add(s, []entry{{statement: id, latency: 1, service: 1, at: start + second*1e9 + 5}})
	}
	r.drain()
	r.write(start + 4e9)
	// Second 0 is written already.
	r.add(s, []entry{{statement: id, latency: 1, service: 1, at: start + 6}})
	r.end(metrics.NewRegistry(), nil)
	lines := readRecording(t, path)
	equal(t, "lines", len(lines), 5)
	for i, want := range []int64{0, 2, 3} {
		equal(t, "second", lines[i+1].Second, want)
	}
	equal(t, "done", lines[2].Done, 2)
}

func TestHistogramsAreUsedAgain(t *testing.T) {
	r := newRecorder()
	start := now()
	r.begin(start, func(o outlet) outlet { return o })
	id, s := r.id("a", "read"), r.shard()
	for second := range int64(1000) {
		r.add(s, []entry{{statement: id, latency: 1, service: 1, at: start + second*1e9}})
		r.drain()
		r.write(start + (second+1)*1e9)
	}
	equal(t, "buckets", len(r.spare)+len(r.buckets), 1)
	r.finish()
}

func TestAFullDiskEndsTheTest(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("no /dev/full here")
	}
	r := newRecorder()
	r.file = &recordingFile{path: "/dev/full", file: full, out: bufio.NewWriter(full)}
	r.begin(now(), func(o outlet) outlet { return o })
	if reason := r.failed.Load(); reason == nil {
		t.Error("it was not noticed")
	} else {
		contains(t, *reason, "no space left on device")
	}
	r.end(metrics.NewRegistry(), nil)
}

func TestNothingIsOverwritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "there")
	must(t, os.WriteFile(path, []byte("mine"), 0o600))
	if _, err := createRecording(path); err == nil {
		t.Error("an existing file was taken")
	}
}

func TestSpread(t *testing.T) {
	h := newHistogram()
	for i := range int64(1000) {
		must(t, h.RecordValue(i+1))
	}
	values := spread(h, 20)
	equal(t, "values", len(values), 20)
	equal(t, "first", values[0], 25)
	equal(t, "last", values[19], 1000)
	equal(t, "none", len(spread(h, 0)), 0)
	h.Reset()
	must(t, h.RecordValue(7))
	equal(t, "one", spread(h, 20)[0], 7)
}
