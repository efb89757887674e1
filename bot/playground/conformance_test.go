package playground

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// visit lets the suite act through the page's own ways in.
type visit struct{ *Visitors }

func (v visit) Command(ctx context.Context, by desk.Person, at bottest.Spot, line string) error {
	return v.Visitors.Command(ctx, by, at.Channel, at.Thread, line)
}

func (v visit) Say(ctx context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	return v.Visitors.Say(ctx, by, at.Channel, at.Thread, text, files)
}

func (v visit) Read(by desk.Person, at bottest.Spot) []bottest.Seen {
	var out []bottest.Seen
	for _, e := range v.Visitors.Read(by, at.Home, at.Channel, at.Thread) {
		out = append(out, bottest.Seen(e))
	}
	return out
}

// The playground is the third platform and passes the suite of the others.
func TestPlaygroundConforms(t *testing.T) {
	bottest.Conformance(t, func(t *testing.T, inbox bot.Inbox) *bottest.Harness {
		return connect(t, inbox, newMemory())
	})
}

func connect(t *testing.T, inbox bot.Inbox, state State) *bottest.Harness {
	dir := sampleDirectory(t)
	p, err := New(t.Context(), Options{Dir: dir, Clock: NewClock(func() time.Time { return monday }), State: state})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); p.Run(ctx, inbox) }()
	end := sync.OnceFunc(func() { stop(); <-ended })
	t.Cleanup(end)
	for p.Ready() != nil {
		runtime.Gosched()
	}
	h := &bottest.Harness{Platform: p, Work: visit{NewVisitors(p)}, Dir: dir,
		Restart: func(t *testing.T, inbox bot.Inbox) *bottest.Harness { end(); return connect(t, inbox, state) }}
	h.Dana, _ = dir.Person("dana")
	h.Marco, _ = dir.Person("marco")
	return h
}
