package bot

import (
	"time"

	"casebot/desk"
)

// A channel takes so many messages a second and no more, and hundreds of cases can wait for their turn in one. Looking at
// each of them again and again would cost as much as sending, and what goes to other channels would have to wait behind the
// looks. So a channel that has just taken what it may is shut until its next turn: the lanes that begin with a new card for
// it are not claimed meanwhile, and keep their order. Everything else is looked at by itself, because it may be an
// edit, which other limits hold for.
//
// A channel that the desk is not in, or a workspace that has thrown it out, is a room as well, which is shut until somebody
// lets it in (closed.go).

// span is a time during which a room is shut. Its beginning is kept for a clock that steps back.
type span struct {
	from, until time.Time
	open        func() bool // Says whether it is open before its time; nil: nobody can tell.
	closed      bool        // Somebody has to let the desk in; else the room is only full.
}

func (s span) holds(now time.Time) bool {
	return !now.Before(s.from) && now.Before(s.until) && (s.open == nil || !s.open())
}

// hold puts back what a platform's limit holds back, and shuts its room where it waits for one.
func (d *Delivery) hold(x desk.Delivery, t target, after time.Duration, now time.Time) outcome {
	o := d.again(x, after, "held back by the platform's rate limit")
	room := roomOf(x, t)
	if room == "" && x.Waits == placeOf(t.to.Home, t.to.Channel) {
		room = x.Waits // A channel that the desk was let into again, with all that waited for it.
	}
	if room != "" {
		o.stays = true
		d.mu.Lock()
		d.shut[room] = span{from: now, until: now.Add(after)}
		d.mu.Unlock()
	}
	return o
}

// roomOf is the room that a new card waits for as long as it goes to an open channel; empty: it waits by itself.
func roomOf(x desk.Delivery, t target) string {
	if t.there != "" || t.private {
		return ""
	}
	return x.Room
}

// closedRooms lists the rooms that are shut, and for how long from now the first of them still is; 0 when none is.
func (d *Delivery) closedRooms(now time.Time) (rooms []string, first time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for room, s := range d.shut {
		if !s.holds(now) {
			delete(d.shut, room)
			continue
		}
		rooms = append(rooms, room)
		if left := s.until.Sub(now); first == 0 || left < first {
			first = left
		}
	}
	return rooms, first
}

// untilNext is how long the worker waits for a nudge at most: until it polls, or until a room opens.
func (d *Delivery) untilNext() time.Duration {
	if _, first := d.closedRooms(d.Clock.Now()); first > 0 {
		return min(first, pollEvery)
	}
	return pollEvery
}
