package discord

import (
	"context"
	"strings"
	"sync"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
)

// heard is an inbox that keeps what comes in and answers with a word.
type heard struct {
	mu  sync.Mutex
	got []bot.Interaction
}

func (h *heard) Handle(_ context.Context, in *bot.Interaction) bot.Answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.got = append(h.got, *in)
	if in.Kind == bot.Complete {
		return bot.Answer{Completions: []bot.Option{{Value: in.Text + "NW-1042 ", Label: "NW-1042 Sev 2", Note: "Acme: it hangs"}}}
	}
	m := bot.Say("done")
	return bot.Answer{Message: &m}
}

// last is what came in last.
func (h *heard) last(t *testing.T, kind bot.InteractionKind) bot.Interaction {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.got) == 0 || h.got[len(h.got)-1].Kind != kind {
		t.Fatalf("%s did not come in; there is %+v", kind, h.got)
	}
	return h.got[len(h.got)-1]
}

// Every way to a command ends in the line that the desk reads, with its files.
func TestEveryMenuReachesTheDesk(t *testing.T) {
	w, h := newWorld(t, "text"), &heard{}
	w.start(t, h, func(o *Options) { o.Commands = sampleCommands() })
	work := w.fake.Workspace(w.dir)
	menus := work.(discordfake.Menus)
	more := work.(discordfake.Completer)
	dana, _ := w.dir.Person("dana")
	at := bottest.Spot{Home: "nw", Channel: supportID}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		w.fake.Settle()
	}
	must(menus.Attach(t.Context(), dana, at, "new severity=2", []bot.File{{Name: "a.log", Type: "text/plain", Data: []byte("one")}, {Name: "b.png", Data: []byte("two")}}))
	in := h.last(t, bot.Command)
	if in.Text != "new severity=2" || len(in.Files) != 2 || in.Files[1].Name != "b.png" || in.Person.ID != "" && in.Person.ID != "dana" {
		t.Errorf("the command with files came in as %+v", in)
	}
	if data, err := in.Files[0].Open(); err != nil || string(data) != "one" {
		t.Errorf("its file reads %q, %v", data, err)
	}
	must(menus.Fill(t.Context(), dana, at, "desk assign", map[string]string{"case": "NW-1042", "to": `Eve "the" Demo`}))
	if in := h.last(t, bot.Command); in.Text != `assign NW-1042 to="Eve \"the\" Demo"` {
		t.Errorf("the menu came in as %q", in.Text)
	}
	must(menus.Fill(t.Context(), dana, at, "desk kb open", map[string]string{"article": "a-b"}))
	if in := h.last(t, bot.Command); in.Text != `kb-open article="a-b"` {
		t.Errorf("the menu of a family came in as %q", in.Text)
	}
	must(menus.PickPerson(t.Context(), dana, at, userMarco, casesOf))
	if in := h.last(t, bot.Command); in.Text != "list status=open owner=<@"+userMarco+">" {
		t.Errorf("the menu of a person came in as %q", in.Text)
	}
	said, err := work.Say(t.Context(), dana, at, "it *hangs*", []bot.File{{Name: "c.log", Data: []byte("three")}})
	must(err)
	must(more.Pick(t.Context(), dana, said, fileAsCase))
	if in := h.last(t, bot.Picked); in.Text != "it *hangs*" || in.Message != said || len(in.Files) != 1 {
		t.Errorf("the picked message came in as %+v", in)
	}
	offered, err := more.Complete(t.Context(), dana, at, "ack ")
	if err != nil || len(offered) != 1 || offered[0].Value != "ack NW-1042" || !strings.Contains(offered[0].Label, "Acme: it hangs") {
		t.Errorf("while typing this is offered: %+v, %v", offered, err)
	}
	if p := w.fake.Problems(); len(p) > 0 {
		t.Error(p)
	}
}
