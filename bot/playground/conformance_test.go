package playground

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// crowd is the suite's way to act: the visitors of the playground that runs at the moment.
type crowd struct{ now func() *Visitors }

func (c crowd) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	return c.now().Command(ctx, by, at.Channel, at.Thread, line)
}

func (c crowd) Say(ctx context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	return c.now().Say(ctx, by, at.Channel, at.Thread, text, files)
}

func (c crowd) Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error {
	return c.now().Rewrite(ctx, by, ref, text)
}

func (c crowd) Remove(ctx context.Context, by desk.Person, ref bot.Ref) error {
	return c.now().Remove(ctx, by, ref)
}

func (c crowd) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	return c.now().Press(ctx, by, ref, label)
}

func (c crowd) Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	return c.now().Toggle(ctx, kind, by, ref, emoji)
}

func (c crowd) Dialog(by desk.Person) *bot.Form { return c.now().Dialog(by) }

func (c crowd) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	return c.now().Submit(ctx, by, values, files)
}

func (c crowd) Read(by desk.Person, at bottest.Spot) []bottest.Seen {
	var out []bottest.Seen
	for _, e := range c.now().Read(by, at.Home, at.Channel, at.Thread) {
		out = append(out, bottest.Seen(e))
	}
	return out
}

// lossy is the playground behind a line that can go dead after a message has arrived.
type lossy struct {
	*Platform
	mu   sync.Mutex
	lose bool
}

func (l *lossy) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	ref, err := l.Platform.Post(ctx, to, m, id)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lose && err == nil {
		l.lose = false
		return "", &bot.SendError{Kind: bot.Unclear, Err: errors.New("the line went dead")}
	}
	return ref, err
}

// echoing hands everything on and can hand in the last event once more.
type echoing struct {
	to   bot.Inbox
	mu   sync.Mutex
	last *bot.Interaction
}

func (e *echoing) Handle(ctx context.Context, in *bot.Interaction) bot.Answer {
	copied := *in
	e.mu.Lock()
	e.last = &copied
	e.mu.Unlock()
	return e.to.Handle(ctx, in)
}

// The playground passes the suite that every platform passes. Nobody is a stranger on it: only listed
// people can be played.
func TestConformance(t *testing.T) {
	bottest.Conformance(t, func(t *testing.T, inbox bot.Inbox) *bottest.Harness {
		return openPlayground(t, inbox, newMemory())
	})
}

func openPlayground(t *testing.T, inbox bot.Inbox, state State) *bottest.Harness {
	dir := sampleDirectory(t)
	p, err := New(t.Context(), Options{Dir: dir, State: state, Clock: NewClock(func() time.Time { return bottest.Monday })})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	page, _, _ := p.hub.join("") // The first event says that the inbox is there.
	ears := &echoing{to: inbox}
	go func() { ended <- p.Run(ctx, ears) }()
	<-page
	p.hub.leave(page)
	end := sync.OnceFunc(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(end)
	line, visitors := &lossy{Platform: p}, NewVisitors(p)
	h := &bottest.Harness{Platform: line, Work: crowd{func() *Visitors { return visitors }}, Dir: dir}
	h.Dana, _ = dir.Person("dana")
	h.Marco, _ = dir.Person("marco")
	home, _ := dir.HomeOf(h.Dana.Party)
	h.Out = func() { visitors.Out(home.ID, home.Cases) }
	h.In = func() {
		if err := visitors.In(t.Context(), home.ID, home.Cases); err != nil {
			t.Error(err)
		}
	}
	h.Lose = func() { line.mu.Lock(); line.lose = true; line.mu.Unlock() }
	h.Redeliver = func() {
		ears.mu.Lock()
		again := *ears.last
		ears.mu.Unlock()
		ears.to.Handle(t.Context(), &again)
	}
	h.Restart = func(t *testing.T, inbox bot.Inbox) *bottest.Harness {
		end()
		return openPlayground(t, inbox, state)
	}
	return h
}
