package pgattest

import (
	"sync"

	"github.com/sirupsen/logrus"
)

// sayings logs each kind of error once: the rest is in the counts.
type sayings struct {
	lock sync.Mutex
	seen map[string]bool
}

const maxSayings = 20

func (s *sayings) say(log logrus.FieldLogger, statement string, f *failure) {
	key := statement + "\x00" + f.code
	s.lock.Lock()
	known := s.seen[key] || len(s.seen) >= maxSayings
	if !known {
		s.seen[key] = true
	}
	s.lock.Unlock()
	if known || log == nil {
		return
	}
	// Not the detail: it quotes rows.
	log.Errorf("%s: %s (%s); further ones are only counted", statement, f.message, f.code)
}
