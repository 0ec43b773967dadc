package pgattest

import (
	hdr "github.com/HdrHistogram/hdrhistogram-go"
)

// bucket is one statement in one second.
type bucket struct {
	done, wrong      int64
	errors           map[uint16]int64
	latency, service *hdr.Histogram
}

func newBucket() *bucket {
	return &bucket{errors: map[uint16]int64{}, latency: newHistogram(), service: newHistogram()}
}

func (b *bucket) add(e *entry) {
	if e.class == 0 {
		b.done++
	} else {
		b.errors[e.class]++
	}
	if e.wrong {
		b.wrong++
	}
	// Both are within the histogram's range: see micros.
	_ = b.latency.RecordValue(e.latency)
	_ = b.service.RecordValue(e.service)
}

func (b *bucket) reset() {
	b.done, b.wrong = 0, 0
	clear(b.errors)
	b.latency.Reset()
	b.service.Reset()
}
