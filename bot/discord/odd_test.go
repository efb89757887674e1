package discord

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// oddEvents are payloads as nobody documents them. The first words are the kind of event.
var oddEvents = []string{
	`MESSAGE_CREATE {"id":"1477953611366400000","channel_id":"200000000000000001","content":"no author"}`,
	`MESSAGE_CREATE {"id":"1477953611366400000","channel_id":"200000000000000001","author":null,"member":null,"mentions":[null]}`,
	`MESSAGE_CREATE {"id":7,"channel_id":"200000000000000001"}`,
	`MESSAGE_CREATE {"id":"1477953611366400001","channel_id":"999","author":{"id":"300000000000000001"},"guild_id":"100000000000000001","content":"nowhere"}`,
	`MESSAGE_CREATE null`,
	`MESSAGE_UPDATE {"id":"1477953611366400000","channel_id":"200000000000000001","embeds":[{}],"edited_timestamp":"yesterday"}`,
	`MESSAGE_DELETE {"id":"x","channel_id":"200000000000000001"}`,
	`MESSAGE_DELETE_BULK {"ids":[null,"","1477953611366400000"],"channel_id":"200000000000000001"}`,
	`MESSAGE_REACTION_ADD {"user_id":"300000000000000001","channel_id":"200000000000000001","message_id":"1477953611366400000","emoji":null}`,
	`MESSAGE_REACTION_ADD {"user_id":"300000000000000001","channel_id":"200000000000000001","message_id":"1477953611366400000","emoji":{"id":null,"name":null},"member":{"user":null}}`,
	`MESSAGE_REACTION_REMOVE_ALL {"channel_id":"200000000000000001","message_id":"1"}`,
	`THREAD_UPDATE {"id":"1","thread_metadata":null}`,
	`THREAD_UPDATE {"id":"1","thread_metadata":{"archived":true}}`,
	`GUILD_CREATE {"id":"100000000000000001","channels":[null,{"id":null}],"roles":[{"id":"1","tags":null}]}`,
	`GUILD_DELETE {}`,
	`TELEPATHY_RECEIVED {"channel_id":"200000000000000001"}`,
	`INTERACTION_CREATE null`,
	`INTERACTION_CREATE {"id":"1","type":2}`,
	`INTERACTION_CREATE {"id":"1","token":"t","type":1,"user":{"id":"300000000000000001"},"channel_id":"1"}`,
	`INTERACTION_CREATE {"id":"1","token":"t","type":99,"member":{"user":{"id":"300000000000000001"}},"guild_id":"100000000000000001","channel_id":"200000000000000001"}`,
	`INTERACTION_CREATE {"id":"2","token":"t","type":2,"data":{"name":"unheard","type":1},"member":{"user":{"id":"300000000000000001"}},"guild_id":"100000000000000001","channel_id":"200000000000000001"}`,
	`INTERACTION_CREATE {"id":"3","token":"t","type":3,"data":{"custom_id":"foreign","component_type":77},"message":[],"member":{"user":{"id":"300000000000000001"}},"guild_id":"100000000000000001","channel_id":"200000000000000001"}`,
	`INTERACTION_CREATE {"id":"4","token":"t","type":5,"data":{"custom_id":"form|new|||||","components":[{"type":18,"component":{"type":99}},{"type":18},null]},"member":{"user":{"id":"300000000000000001"}},"guild_id":"100000000000000001","channel_id":"200000000000000001"}`,
	`INTERACTION_CREATE {"id":"5","token":"t","type":5,"data":null,"user":{"id":"300000000000000001"},"channel_id":"1"}`,
	`INTERACTION_CREATE {"id":"6","token":"t","type":2,"data":{"name":"case","type":1},"member":{"user":{"id":"300000000000000001"}},"guild_id":"555","channel_id":"666"}`,
}

// No payload, however odd, ends the process or the connection.
func TestOddPayloadsEndNothing(t *testing.T) {
	s := stage(t, "text", nil)
	for _, x := range oddEvents {
		kind, raw, _ := strings.Cut(x, " ")
		s.fake.SendEvent(s.bot, kind, json.RawMessage(raw))
	}
	s.saysAndIsHeard("still there")
	if n := s.fake.Identifies(s.bot); n != 1 || s.fake.Resumes(s.bot) != 0 {
		t.Errorf("the connection was begun %d times and resumed %d times", n, s.fake.Resumes(s.bot))
	}
}

// Whatever an event carries, taking it in ends in words for the desk or in nothing.
func FuzzEvents(f *testing.F) {
	for _, x := range oddEvents {
		kind, raw, _ := strings.Cut(x, " ")
		f.Add(kind, []byte(raw))
	}
	f.Add("MESSAGE_CREATE", []byte(`{"id":"1477953611366400001","channel_id":"200000000000000001","guild_id":"100000000000000001","author":{"id":"300000000000000001"},"content":"<@1> <@&2> <#3> <:a:4> <t:5:R>"}`))
	w := newWorld(f, "text")
	p, err := New(w.options())
	if err != nil {
		f.Fatal(err)
	}
	p.inbox.Set(&recorder{dir: w.dir})
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		if !json.Valid(raw) {
			return // The gateway's message would not have been read at all.
		}
		p.take(t.Context(), p.apps[0], &discordgo.Event{Type: kind, Sequence: 1, RawData: raw})
		p.Wait()
	})
}

// A mention may be of the bot or of the role that Discord made for it; the words come in without it, others by
// their names.
func TestMentionsAreReadAsWords(t *testing.T) {
	s := stage(t, "text", nil)
	a := s.apps[0]
	g := a.guild(northwindGuild)
	a.set(func(a *app) {
		g.learn(a, roleIn{ID: "700", Name: "casebot", Tags: struct {
			Bot string `json:"bot_id"`
		}{s.bot.ID}})
		g.learn(a, roleIn{ID: "701", Name: "on call"})
	})
	for text, want := range map[string]string{
		"<@" + s.bot.ID + "> ack":                         "ack",
		"<@!" + s.bot.ID + "> ack":                        "ack",
		"<@&700> ack":                                     "ack",
		"<@" + s.bot.ID + "> assign <@" + userMarco + ">": "assign <@" + userMarco + ">",
	} {
		if got, mention := s.plainWords(a, g, text, nil); !mention || s.commandWords(a, g, text, nil) != want {
			t.Errorf("%q reads %q (%v), as a command %q", text, got, mention, s.commandWords(a, g, text, nil))
		}
	}
	text := "ask <@" + userMarco + "> or <@&701> in <#" + reviewID + "> <:parrot:1> <a:dance:2> </case:3> <@42> <t:1772442000:R> <b> *x*"
	want := "ask @Marco Muster or @on call in #ops-review :parrot: :dance: /case @Guest 2026-03-02 09:00 UTC <b> *x*"
	if got, mention := s.plainWords(a, g, text, []userIn{{ID: "42", Name: "guest", Global: "Guest"}}); mention || got != want {
		t.Errorf("reads %q, want %q", got, want)
	}
}

// "File as a case" hands in the message with its words, files and time.
func TestAPickedMessageComesInWhole(t *testing.T) {
	s := stage(t, "text", nil)
	ref, err := s.work.Say(t.Context(), s.marco, s.at, "the till is dead", []bot.File{{Name: "till.log", Data: []byte("x")}})
	s.must(err)
	s.inbox.asks()
	picker, ok := s.work.(interface {
		bottest.Workspace
		Pick(ctx context.Context, by desk.Person, ref bot.Ref, name string) error
	})
	if !ok {
		t.Fatal("the fake has no menus of messages")
	}
	s.must(picker.Pick(t.Context(), s.dana, ref, fileAsCase))
	got := s.inbox.of(bot.Picked)
	if len(got) != 1 || got[0].Text != "the till is dead" || got[0].Message != ref || len(got[0].Files) != 1 || got[0].Person.ID != "dana" || s.work.Dialog(s.dana) == nil {
		t.Errorf("the picked message came in as %+v", got)
	}
}
