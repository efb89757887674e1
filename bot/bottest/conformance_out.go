package bottest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// everything is a message with one of each block.
func everything() bot.Message {
	return bot.Message{
		Title: []bot.Span{bot.B("NW-1042"), bot.T(" Exports hang")}, Tone: bot.ToneWarn,
		Blocks: []bot.Block{
			bot.P(bot.T("Filed by "), bot.Who("dana", "Dana Demo"), bot.T("."), bot.C("E42")),
			bot.Q("It hangs\nat 99 %"),
			{Kind: bot.Fields, Fields: []bot.Pair{{Label: "Severity", Value: []bot.Span{bot.T("Sev 2")}}, {Label: "Customer", Value: []bot.Span{bot.T("Acme")}}}},
			{Kind: bot.List, Items: [][]bot.Span{{bot.T("first thing")}, {bot.T("second thing")}}},
			{Kind: bot.Divider},
			{Kind: bot.Pre, Spans: []bot.Span{bot.T("a  b\n c")}},
		},
		Footer:  []bot.Span{bot.T("small print")},
		Buttons: []bot.Button{{Label: "Acknowledge", Do: "ack NW-1042", Style: bot.ButtonPrimary}},
	}
}

func testPost(s *suite) {
	ref := s.post("", everything(), "d1")
	for _, words := range []string{"NW-1042", "Exports hang", "Filed by", "Dana Demo", "E42", "It hangs", "at 99 %", "Severity", "Sev 2", "Customer", "Acme",
		"first thing", "second thing", "small print"} {
		s.sees(s.Marco, s.channel(), words, 1)
	}
	s.must(s.Platform.Edit(s.Context(), ref, bot.Say("Now it is resolved")))
	s.sees(s.Dana, s.channel(), "Now it is resolved", 1)
	s.sees(s.Dana, s.channel(), "Exports hang", 0)
	if seen := s.Work.Read(s.Dana, s.channel()); len(seen) != 1 || seen[0].Ref != ref {
		s.Errorf("after the edit the channel has %+v, want the one message %s", seen, ref)
	} else if m := seen[0].Message; m != nil && len(m.Buttons) > 0 {
		s.Errorf("the buttons of a message that was replaced by one without are still there: %+v", m.Buttons)
	}
	if err := s.Platform.Ready(); err != nil {
		s.Errorf("connected and not ready: %v", err)
	}
}

func testThread(s *suite) {
	root := s.post("", bot.Say("the card"), "root")
	other := s.post("", bot.Say("another card"), "other")
	for _, n := range []string{"one", "two", "three"} {
		s.post(root, bot.Say("reply "+n), n)
	}
	s.post(other, bot.Say("elsewhere"), "elsewhere")
	if got := s.reads(s.Dana, s.thread(root)); !slices.Equal(got, []string{"the card", "reply one", "reply two", "reply three"}) {
		s.Errorf("the thread reads %q", got)
	}
	if got := s.reads(s.Dana, s.channel()); !slices.Equal(got, []string{"the card", "another card"}) {
		s.Errorf("the channel reads %q", got)
	}
}

func testDirect(s *suite) {
	_, err := s.Platform.Post(s.Context(), bot.To{Home: s.home(), Person: s.Dana}, bot.Say("You are on call"), "d1")
	s.must(err)
	s.sees(s.Dana, Spot{}, "You are on call", 1)
	s.sees(s.Marco, Spot{}, "You are on call", 0)
	s.sees(s.Marco, s.channel(), "You are on call", 0)
}

func testEscaping(s *suite) {
	for i, nasty := range []string{"<!channel> and <!here> & <@U123|x> &lt;", "@everyone @here <@&99> <#5>", "*bold* _it_ ~no~ `code` > quote",
		"[click](https://evil.test) <https://evil.test|bank>", "</p><script>alert(1)</script>", "||spoiler|| **x** # heading", "- list\n1. list", "```\nfence"} {
		id := fmt.Sprint("nasty ", i)
		s.post("", bot.Message{Title: []bot.Span{bot.T("title " + nasty)}, Blocks: []bot.Block{bot.P(bot.T("para " + nasty)), bot.Q("quote " + nasty),
			{Kind: bot.Fields, Fields: []bot.Pair{{Label: "field", Value: []bot.Span{bot.T(nasty)}}}}, {Kind: bot.List, Items: [][]bot.Span{{bot.T("item " + nasty)}}}}}, id)
		all := s.reads(s.Dana, s.channel())
		// A quote has marks of its own at the start of lines, so the words are compared without any.
		bare := strings.NewReplacer(">", "", " ", "", "\n", "")
		got := bare.Replace(all[len(all)-1])
		for _, place := range []string{"para ", "quote ", "item "} {
			if !strings.Contains(got, bare.Replace(place+nasty)) {
				s.Errorf("%s of %q is shown as %q", place, nasty, got)
			}
		}
	}
	if n := len(s.of(bot.Said)); n != 0 {
		s.Errorf("the desk's own messages came in as %d said by people", n)
	}
}

func testLong(s *suite) {
	long := strings.Repeat("word and word ", 3600) // 50,400 characters.
	many := bot.Message{Title: []bot.Span{bot.T(long)}, Blocks: []bot.Block{bot.P(bot.T("start " + long)), bot.Q(long), {Kind: bot.Pre, Spans: []bot.Span{bot.T(long)}}},
		Footer: []bot.Span{bot.T(long)}}
	var items [][]bot.Span
	var pairs []bot.Pair
	for i := range 120 {
		items = append(items, []bot.Span{bot.T(fmt.Sprint("item ", i, " ", long[:300]))})
		pairs = append(pairs, bot.Pair{Label: fmt.Sprint("label ", i, long[:400]), Value: []bot.Span{bot.T(long[:2500])}})
		many.Buttons = append(many.Buttons, bot.Button{Label: fmt.Sprint("button ", i, " ", long[:100]), Do: fmt.Sprint("show NW-", i)})
		many.Blocks = append(many.Blocks, bot.P(bot.T(fmt.Sprint("paragraph ", i))))
	}
	many.Blocks = append(many.Blocks, bot.Block{Kind: bot.List, Items: items}, bot.Block{Kind: bot.Fields, Fields: pairs})
	for name, m := range map[string]bot.Message{"words": bot.Say("start " + long), "everything": many,
		"no spaces": bot.Say("start " + strings.Repeat("日", 50_000)), "joined emoji": bot.Say("start " + strings.Repeat("👩‍👩‍👧‍👦", 5_000)), "nothing": {}} {
		ref := s.post("", m, "long "+name)
		s.must(s.Platform.Edit(s.Context(), ref, m))
		if s.Limits != nil {
			s.Limits(s.T, s.channel())
		}
	}
	limit := s.Platform.Capabilities().TextLimit
	cut := 0
	for _, text := range s.reads(s.Dana, s.channel()) {
		if strings.HasPrefix(text, "start word and word") && strings.Contains(text, "…") {
			cut++
		}
	}
	if limit > 0 && limit < 50_000 && cut == 0 {
		s.Error("a text over the platform's limit is not cut with a visible …")
	}
	_, err := s.Platform.Post(s.Context(), bot.To{Home: s.home(), Person: s.Dana}, many, "long direct")
	s.must(err)
}

func testFiles(s *suite) {
	m := bot.Say("the chart")
	m.Files = []bot.File{{Name: "chart.png", Type: "image/png", Data: []byte("\x89PNG\r\n\x1a\nnot much of a picture")}}
	m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Image, File: "chart.png", Alt: "cases by week"})
	s.post("", m, "chart")
	found := false
	for _, seen := range s.Work.Read(s.Dana, s.channel()) {
		found = found || slices.Contains(seen.Files, "chart.png")
	}
	if !found {
		s.Error("the file is not with the message")
	}
	root := s.post("", bot.Say("the card"), "card")
	data := []byte("line one\x00line two")
	_, err := s.Work.Say(s.Context(), s.Dana, s.thread(root), "here is the log", []bot.File{{Name: "app.log", Type: "text/plain", Data: data}})
	s.must(err)
	in := s.only(bot.Said)
	if len(in.Files) != 1 || in.Files[0].Name != "app.log" {
		s.Fatalf("files: %+v", in.Files)
	}
	if got, err := in.Files[0].Open(); err != nil || string(got) != string(data) {
		s.Errorf("the file reads %q, %v", got, err)
	}
}

func testFind(s *suite) {
	f, ok := s.Platform.(bot.Finder)
	if !ok {
		s.Skip("the platform can't look messages up; unclear sends are shown as doubt")
	}
	to := bot.To{Home: s.home(), Channel: s.home().Cases}
	root := s.post("", bot.Say("the card"), "id-root")
	for _, c := range []struct {
		to bot.To
		id string
	}{{to, "id-top"}, {bot.To{Home: to.Home, Channel: to.Channel, Thread: root}, "id-reply"}, {bot.To{Home: to.Home, Person: s.Dana}, "id-direct"}} {
		if _, found, err := f.Find(s.Context(), c.to, c.id); found || err != nil {
			s.Errorf("%s is found before it was sent: %v", c.id, err)
		}
		ref, err := s.Platform.Post(s.Context(), c.to, bot.Say("hello"), c.id)
		s.must(err)
		if got, found, err := f.Find(s.Context(), c.to, c.id); !found || got != ref || err != nil {
			s.Errorf("%s is found as %q (%v, %v), want %q", c.id, got, found, err, ref)
		}
	}
}

func testUnclear(s *suite) {
	if s.Lose == nil {
		s.Skip("the harness can't lose an answer")
	}
	s.Lose()
	_, err := s.Platform.Post(s.Context(), bot.To{Home: s.home(), Channel: s.home().Cases}, bot.Say("did it arrive"), "lost")
	if kind, _ := bot.SendKindOf(err); err == nil || kind != bot.Unclear {
		s.Errorf("a lost answer is %v, want an unclear failure", err)
	}
	s.sees(s.Dana, s.channel(), "did it arrive", 1)
	s.put(note(desk.NoticeText, desk.InReview, "by the outbox"))
	s.Lose()
	s.deliver()
	n := 0
	for _, at := range []Spot{s.channel(), {Home: s.home().ID, Channel: s.home().Review}} {
		for _, text := range s.reads(s.Dana, at) {
			n += strings.Count(text, "by the outbox")
		}
		if s.home().Review == "" || s.home().Review == s.home().Cases {
			break
		}
	}
	if n != 1 {
		s.Errorf("after a lost answer the outbox's message is there %d times", n)
	}
}

func testPermanent(s *suite) {
	_, err := s.Platform.Post(s.Context(), bot.To{Home: s.home(), Channel: "no-such-channel"}, bot.Say("hello"), "d1")
	if kind, _ := bot.SendKindOf(err); err == nil || kind != bot.Permanent {
		s.Errorf("posting to no channel: %v, want a permanent failure", err)
	}
	var e *bot.SendError
	if err := s.Platform.Edit(s.Context(), bot.Ref(s.home().ID+":nothing"), bot.Say("hello")); !errors.As(err, &e) || e.Kind != bot.Permanent {
		s.Errorf("editing no message: %v, want a permanent failure", err)
	}
}

func testRoom(s *suite) {
	maker, ok := s.Platform.(bot.RoomMaker)
	if ok != s.Platform.Capabilities().Rooms {
		s.Errorf("Capabilities.Rooms is %v and the platform is a RoomMaker: %v", !ok, ok)
	}
	if !ok {
		s.Skip("the platform makes no private rooms")
	}
	channel, err := maker.Room(s.Context(), s.home(), "nw-1042", []desk.Person{s.Dana})
	s.must(err)
	_, err = s.Platform.Post(s.Context(), bot.To{Home: s.home(), Channel: channel}, bot.Say("need to know"), "d1")
	s.must(err)
	room := Spot{Home: s.home().ID, Channel: channel}
	s.sees(s.Dana, room, "need to know", 1)
	s.sees(s.Marco, room, "need to know", 0)
	again, err := maker.Room(s.Context(), s.home(), "nw-1042", []desk.Person{s.Dana, s.Marco})
	s.must(err)
	if again != channel {
		s.Errorf("the same room is %q and then %q", channel, again)
	}
	s.sees(s.Marco, room, "need to know", 1)
}

// note makes a notice for the home of the suite; the party is filled in by put.
func note(kind desk.NoticeKind, place desk.Place, key string) desk.Notice {
	return desk.Notice{ID: desk.DeliveryID(key), Key: key, Lane: "one", Kind: kind, Place: place, At: Monday, NotBefore: Monday}
}

func (s *suite) put(ns ...desk.Notice) {
	s.Helper()
	s.must(s.store.Update(s.Context(), func(tx desk.Tx) error {
		for _, n := range ns {
			n.Tenant, n.Party = s.Dana.Party, s.Dana.Party
			if err := tx.PutNotice(n); err != nil {
				return err
			}
		}
		return nil
	}))
}

// deliver runs the real outbox over the platform until nothing is waiting, for a minute of its time.
func (s *suite) deliver() {
	d := &bot.Delivery{Store: s.store, Dir: s.Dir, Clock: s.clock, Log: slog.New(slog.DiscardHandler), Platforms: map[string]bot.Platform{s.Platform.Name(): s.Platform},
		Render: func(_ context.Context, n desk.Notice, _ desk.Home) (bot.Message, bool, error) {
			return bot.Say(n.Key), false, nil
		}}
	for range 60 {
		d.Flush(s.Context())
		s.clock.Advance(time.Second)
	}
}

func testOutbox(s *suite) {
	direct := note(desk.NoticeText, desk.ToPerson, "direct")
	direct.Person = s.Dana.ID
	s.put(note(desk.NoticeText, desk.InReview, "first"), note(desk.NoticeText, desk.InReview, "second"), direct, note(desk.NoticeText, desk.InReview, "third"))
	s.deliver()
	at := s.channel()
	if r := s.home().Review; r != "" {
		at.Channel = r
	}
	if got := s.reads(s.Dana, at); !slices.Equal(got, []string{"first", "second", "third"}) {
		s.Errorf("the review channel reads %q", got)
	}
	s.sees(s.Dana, Spot{}, "direct", 1)
}
