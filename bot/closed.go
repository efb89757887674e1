package bot

import (
	"errors"
	"slices"
	"strings"
	"time"

	"casebot/desk"
)

// A channel that the desk is not in takes nothing until somebody lets it in, which may be tomorrow; so does a workspace
// that has thrown it out. What is to be told there is looked at once, is refused, and then waits for that place as new
// cards wait for a full channel: with its lane, left out of every claim, so that it costs nothing and holds nobody up. The
// platform says when the place is open, and everything goes in its order. Decision 0014 says why.

const (
	closedFor  = 7 * 24 * time.Hour // How long something waits for such a place before it is a dead letter.
	closedLook = time.Hour          // How often one message is tried for a channel of which the platform knows that it would be refused.
)

// placeOf names the room of what waits for a place in a workspace. A party's own room has no slash.
func placeOf(home desk.Home, where string) string {
	return home.Platform + "/" + strings.TrimSuffix(home.Workspace+"/"+where, "/")
}

// closedTo gives the refusal of a place that takes nothing, if an error is one.
func closedTo(err error) (*SendError, bool) {
	var e *SendError
	return e, errors.As(err, &e) && e.Closed && e.Kind == Temporary
}

// Shut says whether a home's channel for cases, or its workspace, is known to take no messages at the moment.
func (d *Delivery) Shut(home desk.Home) bool {
	d.init()
	now := d.Clock.Now()
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.ContainsFunc([]string{placeOf(home, home.Cases), placeOf(home, ""), home.Party}, func(room string) bool {
		s := d.shut[room]
		return s.closed && s.holds(now)
	})
}

// closed shuts a place that took nothing of a message, and has the message wait for it with its lane. A new card waits with
// the others for its channel, in the order in which they were written; anything else goes behind what waits already, so that
// one thread that is refused for a reason of its own keeps no other waiting.
func (d *Delivery) closed(x desk.Delivery, t target, e *SendError) outcome {
	now, home := d.Clock.Now(), t.to.Home
	s := span{from: now, until: now.Add(max(e.After, time.Second)), closed: true}
	if w, ok := t.platform.(Watcher); ok && w.Shut(home, e.Where) {
		s.open = func() bool { return !w.Shut(home, e.Where) }
		if e.Where != "" {
			s.until = now.Add(closedLook) // Of a workspace, a call is the surest way to notice that it takes messages again.
		}
	}
	why, _, _ := strings.Cut(e.Err.Error(), "\n")
	o := d.again(x, 0, why)
	o.room = placeOf(home, e.Where)
	if room := roomOf(x, t); room != "" && room == x.Waits && (e.Where == "" || e.Where == t.to.Channel) {
		o.room, o.stays = room, true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shut[o.room] = s
	if told, known := d.logged[o.room]; !known || now.Sub(told).Abs() >= closedLook {
		d.logged[o.room] = now
		d.Log.Error("a channel or a workspace takes no messages; what is for it waits", "home", home.ID, "channel", e.Where, "err", why)
	}
	return o
}
