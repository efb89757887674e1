package discordfake

import "time"

// AutoArchive switches on that threads archive themselves after a silence of their auto_archive_duration by
// the clock, as they do at the vendor. It is off at first, so that a story may let weeks go by.
func (s *Server) AutoArchive(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.archives = on
}

// tire archives what has been silent for too long. It is looked at whenever something happens; the lock is
// held.
func (s *Server) tire() {
	if !s.archives {
		return
	}
	for _, t := range s.order {
		if !t.isThread() || t.archived || t.autoArchive <= 0 {
			continue
		}
		last := t.shelved
		for _, m := range t.messages {
			if m.at.After(last) {
				last = m.at
			}
		}
		if s.clock.Now().Sub(last) >= time.Duration(t.autoArchive)*time.Minute {
			t.archived, t.shelved = true, s.clock.Now()
			s.tellThread("THREAD_UPDATE", t, false)
		}
	}
}
