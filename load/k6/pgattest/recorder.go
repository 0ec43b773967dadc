package pgattest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sirupsen/logrus"
	"go.k6.io/k6/v2/metrics"
)

const kindTransaction = "transaction"

const (
	// How often what the clients did is taken.
	drainEvery = 200 * time.Millisecond
	// How long a second stays open after its end, for answers that are still on their way here.
	grace = 500 * time.Millisecond
)

type statementKey struct{ name, kind string }

// recorder gathers what all clients of the process did, second by second. Memory depends on the number of statements
// alone: what is over is written down and its histograms are used again.
type recorder struct {
	lock    sync.Mutex
	ids     map[statementKey]int32
	keys    []statementKey
	classes []string
	shards  []*shard

	// Since `start` of second 0.
	started bool
	start   int64
	// The first second that is still open.
	open    int64
	buckets map[int64]map[int32]*bucket
	spare   []*bucket
	spares  []entry
	file    *recordingFile
	out     outlet
	// Transactions counted, and when the last client was done.
	played int64
	last   int64

	failed   atomic.Pointer[string]
	stop     chan struct{}
	finished sync.WaitGroup
}

// outlet is where k6's own metrics go.
type outlet struct {
	metrics *k6Metrics
	samples chan<- metrics.SampleContainer
	context context.Context //nolint:containedctx // of the test, to know that nobody reads any more
	log     logrus.FieldLogger
	trends  int
}

func newRecorder() *recorder {
	return &recorder{
		ids: map[statementKey]int32{}, classes: []string{""}, buckets: map[int64]map[int32]*bucket{},
		out: outlet{trends: 20},
	}
}

// id of a statement under which clients count; the same name may be a read here and a write there.
func (r *recorder) id(name, kind string) int32 {
	r.lock.Lock()
	defer r.lock.Unlock()
	key := statementKey{name, kind}
	id, known := r.ids[key]
	if !known {
		id = int32(len(r.keys)) //nolint:gosec // a few hundred
		r.ids[key] = id
		r.keys = append(r.keys, key)
	}
	return id
}

func (r *recorder) class(name string) uint16 {
	r.lock.Lock()
	defer r.lock.Unlock()
	if at := slices.Index(r.classes, name); at >= 0 {
		return uint16(at) //nolint:gosec // about 40
	}
	r.classes = append(r.classes, name)
	return uint16(len(r.classes) - 1) //nolint:gosec // about 40
}

func (r *recorder) shard() *shard {
	s := &shard{entries: make([]entry, 0, 256)}
	r.lock.Lock()
	r.shards = append(r.shards, s)
	r.lock.Unlock()
	return s
}

// begin says where second 0 is; the first caller wins. From now on there is something to write down.
func (r *recorder) begin(start int64, out func(outlet) outlet) {
	r.lock.Lock()
	defer r.lock.Unlock()
	if r.started {
		return
	}
	r.started = true
	r.start = start
	r.out = out(r.out)
	if r.file != nil {
		r.start = r.file.begin(start)
		r.fail(r.file.err)
	}
	r.stop = make(chan struct{})
	r.finished.Add(1)
	go r.loop(r.stop)
}

func (r *recorder) loop(stop <-chan struct{}) {
	defer r.finished.Done()
	ticker := time.NewTicker(drainEvery)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			r.drain()
			r.write(now() - int64(grace))
		}
	}
}

// add hands over what a client did in one transaction.
func (r *recorder) add(s *shard, entries []entry) {
	s.lock.Lock()
	s.entries = append(s.entries, entries...)
	full := len(s.entries) >= shardLimit
	s.lock.Unlock()
	if full {
		r.drain()
	}
}

func (r *recorder) drain() {
	r.lock.Lock()
	defer r.lock.Unlock()
	for _, s := range r.shards {
		taken := s.take(r.spares)
		for i := range taken {
			r.count(&taken[i])
		}
		r.spares = taken
	}
}

func (r *recorder) count(e *entry) {
	// What comes when its second is written already counts in the first that is not.
	second := max((e.at-r.start)/int64(time.Second), r.open)
	ofSecond := r.buckets[second]
	if ofSecond == nil {
		ofSecond = map[int32]*bucket{}
		r.buckets[second] = ofSecond
	}
	b := ofSecond[e.statement]
	if b == nil {
		b = r.bucket()
		ofSecond[e.statement] = b
	}
	b.add(e)
	if r.keys[e.statement].kind == kindTransaction {
		r.played++
	}
}

func (r *recorder) bucket() *bucket {
	if last := len(r.spare) - 1; last >= 0 {
		b := r.spare[last]
		r.spare = r.spare[:last]
		return b
	}
	return newBucket()
}

// write closes all seconds that were over at the instant `until`.
func (r *recorder) write(until int64) {
	r.lock.Lock()
	over := []int64{}
	for second := range r.buckets {
		if r.start+(second+1)*int64(time.Second) <= until {
			over = append(over, second)
		}
	}
	slices.Sort(over)
	var samples metrics.Samples
	for _, second := range over {
		samples = r.close(second, samples)
	}
	if r.file != nil && len(over) > 0 {
		r.file.flush()
		r.fail(r.file.err)
	}
	out := r.out
	r.lock.Unlock()
	if len(samples) > 0 && out.samples != nil {
		metrics.PushIfNotDone(out.context, out.samples, samples)
	}
}

func (r *recorder) close(second int64, samples metrics.Samples) metrics.Samples {
	ofSecond := r.buckets[second]
	at := wallOf(r.start + (second+1)*int64(time.Second))
	for id := range int32(len(r.keys)) { //nolint:gosec // a few hundred
		b := ofSecond[id]
		if b == nil {
			continue
		}
		key := r.keys[id]
		if r.file != nil {
			r.file.bucket(second, key, b, r.classes)
		}
		if r.out.metrics != nil {
			samples = r.out.metrics.samples(samples, at, key, b, r.classes, r.out.trends)
		}
		b.reset()
		r.spare = append(r.spare, b)
	}
	delete(r.buckets, second)
	r.open = second + 1
	return samples
}

// fail ends the test: the disk is full, for one. What was written stays.
func (r *recorder) fail(err error) {
	if err == nil || r.failed.Load() != nil {
		return
	}
	reason := fmt.Sprintf("the recording cannot be written: %v", err)
	r.failed.Store(&reason)
	if r.out.log != nil {
		r.out.log.Error(reason)
	}
}

// finish writes down whatever there is. No client may add any more.
func (r *recorder) finish() {
	r.lock.Lock()
	stop := r.stop
	r.stop = nil
	if stop != nil {
		r.last = now()
	}
	r.lock.Unlock()
	if stop == nil {
		return
	}
	close(stop)
	r.finished.Wait()
	r.drain()
	r.write(1<<62 - 1)
}
