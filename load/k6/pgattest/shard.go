package pgattest

import "sync"

// entry is one answer, or one that did not come.
type entry struct {
	statement int32
	// Of the recorder's classes; 0 is none.
	class uint16
	wrong bool
	// Microseconds.
	latency, service int64
	// Instant of the answer.
	at int64
}

// shard takes what one client did. Only that client adds, only the recorder takes, so the lock is nearly always free.
type shard struct {
	lock    sync.Mutex
	entries []entry
}

// When nobody takes for so long, the client itself hands over: memory stays bounded.
const shardLimit = 8192

func (s *shard) take(into []entry) []entry {
	s.lock.Lock()
	taken := s.entries
	s.entries = into[:0]
	s.lock.Unlock()
	return taken
}
