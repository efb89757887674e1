package bot_test

import (
	"context"
	"sync"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// leads is a platform that keeps where the messages to a person lead.
type leads struct {
	*bottest.Fake
	mu sync.Mutex
	to []bot.Ref
}

func (l *leads) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	if to.Person.ID != "" {
		l.mu.Lock()
		l.to = append(l.to, m.About)
		l.mu.Unlock()
	} else if m.About != "" {
		panic("a message in a thread leads to its own card")
	}
	return l.Fake.Post(ctx, to, m, id)
}

// A message that calls a person leads to the case's card, also when both are written by one act. A restricted case's
// card is in a room that not everybody reads.
func TestACallLeadsToTheThread(t *testing.T) {
	for _, c := range []struct {
		name       string
		restricted bool
		who        string
		leads      bool
	}{{"an ordinary case", false, "marco", true}, {"a restricted case", true, "marco", false}, {"a restricted case, and one who is invited", true, "dana", true}} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.file("NW-1001", "Exports hang", c.restricted)
			call := direct("person/"+c.who, "call")
			call.Case, call.Person = "NW-1001", c.who
			w.put(call, notice(desk.NoticeCard, desk.InThread, "card", "NW-1001"))
			l := &leads{Fake: w.fake}
			w.worker(l).Flush(t.Context())
			var card []desk.Post
			w.store.View(t.Context(), func(r desk.Reader) (err error) {
				card, err = r.Posts("NW-1001", desk.Partner, desk.PurposeCard)
				return err
			})
			if len(l.to) != 1 || c.leads && (len(card) != 1 || l.to[0] != card[0].Ref) || !c.leads && l.to[0] != "" {
				t.Errorf("it leads to %q, the card is %+v", l.to, card)
			}
		})
	}
}
