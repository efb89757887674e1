package slack

import (
	"context"
	"maps"
	"sync"
	"time"

	"casebot/bot"
)

// refreshed asks for a form again whose live field was changed.
func (p *Platform) refreshed(t *team, x *interactive) {
	p.mu.Lock()
	r := p.live[x.View.ID]
	if r == nil {
		r = &refresher{}
		p.live[x.View.ID] = r
	}
	start := r.put(x)
	p.mu.Unlock()
	if !start {
		return // The one under way takes the newest when it is done.
	}
	p.spawn("a live form", func(context.Context) {
		for {
			p.mu.Lock()
			x := r.take()
			if x == nil && !r.sent {
				delete(p.live, r.view)
			}
			p.mu.Unlock()
			if x == nil {
				return
			}
			if x.typed() && p.stillTyping(r) {
				continue // There is a newer state, and it is the one that counts.
			}
			// Each change has a time of its own: somebody may fill a form in for long.
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			p.refresh(ctx, t, x, r)
			cancel()
		}
	})
}

// sending notes that a form is sent: what was typed into it before changes nothing any more, also where Slack
// tells of it only now.
func (p *Platform) sending(view string) *refresher {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.live) > 2000 {
		maps.DeleteFunc(p.live, func(_ string, r *refresher) bool { return r.sent && !r.working })
	}
	r := p.live[view]
	if r == nil {
		r = &refresher{view: view}
		p.live[view] = r
	}
	r.sent, r.newest, r.at = true, nil, max(r.at, stampOf(p.Clock.Now()))
	return r
}

// typingPause is how long a person must pause before what they type changes the form: Slack tells of every
// character.
const typingPause = 700 * time.Millisecond

// stillTyping waits for a pause in the typing, and says whether something more was typed meanwhile.
func (p *Platform) stillTyping(r *refresher) bool {
	wait := p.Typing
	if wait == 0 {
		wait = typingPause
	}
	if wait > 0 {
		time.Sleep(wait)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return r.newest != nil
}

// typed says whether a change of a form is one of its text.
func (x *interactive) typed() bool {
	return len(x.Actions) > 0 && x.Actions[0].Type == "plain_text_input"
}

// refresher keeps the newest state of a form while an older one is worked on, so that fast typing asks
// Slack for one change at a time.
type refresher struct {
	desk    sync.Mutex // Held while the desk looks at a state, so that a form that is sent waits for it.
	sent    bool       // The form was sent; what was typed before changes nothing any more.
	view    string
	newest  *interactive
	at      string // When the newest state was typed, as Slack writes times.
	working bool
}

// put keeps a state, unless a later one has overtaken it on the way; true: whoever called must start the work.
func (r *refresher) put(x *interactive) bool {
	at := ""
	if len(x.Actions) > 0 {
		at = x.Actions[0].ActionTS
	}
	if at < r.at {
		return false
	}
	r.view, r.newest, r.at, r.sent = x.View.ID, x, at, false
	start := !r.working
	r.working = true
	return start
}

// take gives the newest state; nil: there is no more to do.
func (r *refresher) take() *interactive {
	x := r.newest
	r.newest = nil
	if x == nil {
		r.working = false
	}
	return x
}

// refresh builds the form anew from what is typed and puts it in place of the old one.
func (p *Platform) refresh(ctx context.Context, t *team, x *interactive, r *refresher) {
	in := p.by(ctx, t, x, bot.Refresh)
	meta, seen := p.filled(t, x, in)
	in.ID = "r/" + x.View.ID + "/" + x.View.Hash
	in.Files = nil // A file counts when the form is sent.
	r.desk.Lock()
	p.mu.Lock()
	late := r.sent
	p.mu.Unlock()
	var a bot.Answer
	if !late {
		a = p.hand(ctx, in)
	}
	r.desk.Unlock()
	if a.Form == nil {
		return
	}
	v := view(*a.Form, meta, p.reader(t, p.homeAt(t, meta.Channel), in.Person), seen)
	err := p.patient(ctx, func() error {
		_, err := t.web().UpdateViewContext(ctx, v, "", "", x.View.ID)
		return err
	})
	if err != nil && codeOf(err) != "not_found" {
		p.Log.Warn("an open form could not be brought up to date", "err", err)
	}
}
