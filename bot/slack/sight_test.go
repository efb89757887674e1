package slack

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
	"casebot/desk"
)

// Slack withholds the event of the loss, or the app never asked for these events: a refused call notices the loss, hours
// after it, or a look does; a call that is taken, or a look a minute later, notices the return, or the event of it alone.
// Nothing is missed of what was said before the loss was noticed.
func TestAChannelGivenBackUnheard(t *testing.T) {
	post := func(d *darkScene) error {
		h, _ := d.dir.Home("nw")
		_, err := d.Post(d.Context(), bot.To{Home: h, Channel: supportID, Thread: d.card}, bot.Say("welcome"), "d2")
		return err
	}
	refused := func(call func(d *darkScene) error) func(*darkScene) {
		return func(d *darkScene) {
			if call(d) == nil {
				d.Fatal("a channel that the bot does not see took a call")
			}
			d.isNoted()
		}
	}
	edit := func(d *darkScene) error { return d.Edit(d.Context(), d.card, bot.Say("the card")) }
	find := func(d *darkScene) error {
		h, _ := d.dir.Home("nw")
		_, _, err := d.Find(d.Context(), bot.To{Home: h, Channel: supportID}, "d9")
		return err
	}
	react := func(d *darkScene) error { return d.React(d.Context(), d.card, "👀") }
	answer := func(d *darkScene) error {
		at := &spot{team: d.nw(), home: d.nw().homes[0], channel: supportID, user: "U0DANA"}
		before := len(d.fake.Calls("chat.postEphemeral"))
		d.private(d.Context(), at, bot.Say("for you alone"), d.dana)
		if len(d.fake.Calls("chat.postEphemeral")) == before {
			d.Fatal("nothing was tried in the channel")
		}
		return errors.New("what came of it was logged")
	}
	share := func(d *darkScene) error {
		file, err := d.uploadOne(d.Context(), d.nw(), bot.File{Name: "till.log", Data: []byte("E42")})
		d.must(err)
		d.share(d.Context(), d.nw(), supportID, "", []api.FileSummary{file})
		return errors.New("what came of it was logged")
	}
	probe := func(d *darkScene) error { return d.Probe(d.Context(), northwind) }
	looks := func(d *darkScene) { d.minute() }
	looksLater := func(d *darkScene) { d.clock.Advance(lookAtHome); d.minute(); d.isNoted() }
	nothing := func(*darkScene) {}
	for name, c := range map[string]struct {
		private, quiet   bool // A private channel; one from which nothing came since the desk was started.
		joined           bool // The event of the return comes.
		loss, comingBack func(d *darkScene)
	}{
		"by sends":               {loss: refused(post), comingBack: func(d *darkScene) { d.must(post(d)) }},
		"by a send and an edit":  {loss: refused(post), comingBack: func(d *darkScene) { d.must(edit(d)) }},
		"by a receipt":           {loss: refused(react), comingBack: looks},
		"by finding":             {loss: refused(find), comingBack: looks},
		"by an answer":           {loss: refused(answer), comingBack: looks},
		"by a file":              {loss: refused(share), comingBack: looks},
		"by a probe":             {loss: refused(probe), comingBack: looks},
		"by sends, private":      {private: true, loss: refused(post), comingBack: looks},
		"by an edit, private":    {private: true, loss: refused(edit), comingBack: looks},
		"by looks":               {loss: looksLater, comingBack: looks},
		"by a send and an event": {joined: true, loss: refused(post), comingBack: nothing},
		"by an event alone":      {joined: true, loss: nothing, comingBack: nothing},
		"by an event, quiet":     {quiet: true, joined: true, loss: nothing, comingBack: nothing},
		"by a start in between":  {loss: func(d *darkScene) { looksLater(d); d.again(); d.isNoted() }, comingBack: looks},
	} {
		t.Run(name, func(t *testing.T) {
			inBothWays(t, func(t *testing.T, http bool) {
				var prepare []func(*world)
				if c.private {
					prepare = append(prepare, func(w *world) { w.fake.Private(supportID) })
				}
				d := darkStage(t, http, prepare...)
				if c.quiet {
					d.again()
				}
				deaf := []string{"channel_left", "group_left"}
				if !c.joined {
					deaf = append(deaf, "member_joined_channel")
				}
				d.deafTo(deaf...)
				d.lookAgain(d.nw()) // All is well.
				d.wait()
				d.kick()
				d.happens()
				c.loss(d)
				d.invite()
				c.comingBack(d)
				d.wait()
				d.isReadBack()
			})
		})
	}
}

// However many channels are noted, a round of looks keeps to what Slack takes, and each has its turn.
func TestLooksAreBounded(t *testing.T) {
	d := darkStage(t, false)
	looked := map[string]bool{}
	for i := range 50 {
		channel := fmt.Sprintf("C0GONE%02d", i)
		d.others = append(d.others, desk.Post{Ref: place{"nw", channel, "1772442000.000100"}.ref()})
		d.lost(t.Context(), d.nw(), channel, d.clock.Now())
	}
	d.nw().set(func(t *team) { t.lookedHome = d.clock.Now().Add(5 * time.Minute) })
	for range 5 {
		before := len(d.fake.Calls("conversations.info"))
		d.minute()
		d.lookAgain(d.nw())
		d.wait()
		calls := d.fake.Calls("conversations.info")[before:]
		if len(calls) != lookMost {
			t.Errorf("%d looks in a minute, want %d", len(calls), lookMost)
		}
		for _, c := range calls {
			looked[c.Form.Get("channel")] = true
		}
	}
	if len(looked) != 50 {
		t.Errorf("%d of 50 channels were looked at", len(looked))
	}
	// Their cases are closed: nothing is left to be read, and nothing to look at.
	d.others = nil
	for range 5 {
		d.minute()
	}
	if dark := d.nw().darkOnes(); len(dark) > 0 {
		t.Errorf("noted are still %q", dark)
	}
}

// What is for a channel waits where the bot was taken out of it, public or private, or it was archived; and the channel is
// open as soon as an event, or without one a look a minute later, says that the bot is in it. A text that is no id names no
// channel, and nothing waits for it.
func TestAChannelIsOpenWhenTheBotIsInIt(t *testing.T) {
	for name, c := range map[string]struct {
		private, archived, told bool
		says                    string
	}{
		"public, told":  {told: true, says: "the bot is not in channel C0SUPPORT; invite it there with /invite @"},
		"public":        {says: "the bot is not in channel C0SUPPORT"},
		"private, told": {private: true, told: true, says: "or there is no such channel"},
		"private":       {private: true, says: "or there is no such channel"},
		"archived":      {private: true, archived: true, says: "channel C0SUPPORT is archived; bring it back"},
	} {
		t.Run(name, func(t *testing.T) {
			d := darkStage(t, false, func(w *world) {
				if c.private {
					w.fake.Private(supportID)
				}
			})
			if !c.told {
				d.deafTo("channel_left", "group_left", "member_joined_channel", "channel_archive", "channel_unarchive", "group_archive", "group_unarchive")
			}
			h, _ := d.dir.Home("nw")
			out, in := d.kick, d.invite
			if c.archived {
				out, in = func() { d.fake.Archive(supportID, "U0MARCO") }, func() { d.fake.Unarchive(supportID, "U0MARCO") }
			}
			out()
			_, err := d.Post(t.Context(), bot.To{Home: h, Channel: supportID, Thread: d.card}, bot.Say("welcome"), "d2")
			var e *bot.SendError
			if !errors.As(err, &e) || !e.Closed || e.Where != supportID || !strings.Contains(e.Err.Error(), c.says) || !d.Shut(h, supportID) {
				t.Fatalf("a post is %v", err)
			}
			d.minute()
			if !d.Shut(h, supportID) {
				t.Error("after a look the channel counts as open")
			}
			in()
			if !c.told {
				d.minute()
			}
			if d.Shut(h, supportID) {
				t.Error("the bot is in the channel, and it counts as closed")
			}
			_, err = d.Post(t.Context(), bot.To{Home: h, Channel: "no-such-channel"}, bot.Say("hello"), "d3")
			if kind, _ := bot.SendKindOf(err); kind != bot.Permanent {
				t.Errorf("a post to what is no channel is %v", err)
			}
		})
	}
}
