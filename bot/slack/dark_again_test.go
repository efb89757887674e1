package slack

import (
	"context"
	"slices"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// The bot is invited while the desk is down, or is down for a while in between.
func TestAChannelGivenBackOverARestart(t *testing.T) {
	for name, play := range map[string]func(d *darkScene){
		"lost at work, given back while down": func(d *darkScene) {
			d.kick()
			d.happens()
			d.end()
			d.invite()
			d.again()
		},
		"lost while down, given back at work": func(d *darkScene) {
			d.end()
			d.kick()
			d.again()
			d.isNoted()
			d.happens()
			d.invite()
		},
		"a start in between": func(d *darkScene) {
			d.kick()
			d.happens()
			d.again()
			d.isNoted()
			d.passes()
			d.invite()
		},
		"two starts in between": func(d *darkScene) {
			d.end()
			d.kick()
			d.again()
			d.happens()
			d.again()
			d.passes()
			d.again()
			d.invite()
		},
	} {
		t.Run(name, func(t *testing.T) {
			inBothWays(t, func(t *testing.T, http bool) {
				d := darkStage(t, http)
				play(d)
				d.isReadBack()
			})
		})
	}
}

// What can't be read yet stays noted, and is read when Slack answers. So is a thread that could not be read after a start.
func TestAChannelThatCanNotBeReadYetStaysNoted(t *testing.T) {
	failing := func(int) *slackfake.Fault { return &slackfake.Fault{Status: 502} }
	inBothWays(t, func(t *testing.T, http bool) {
		t.Run("when it is given back", func(t *testing.T) {
			d := darkStage(t, http)
			d.kick()
			d.happens()
			d.fake.Fault("conversations.replies", failing)
			d.invite()
			d.isNoted()
			d.fake.Fault("conversations.replies", nil)
			d.passes()
			d.minute()
			d.isReadBack()
		})
		t.Run("after a start", func(t *testing.T) {
			d := darkStage(t, http)
			d.end()
			d.clock.Advance(3 * time.Hour)
			d.said = d.clock.Now()
			for _, f := range []func() error{
				func() error { _, err := d.work.Say(t.Context(), d.marco, d.thread(), "it burns", nil); return err },
				func() error { return d.work.Rewrite(t.Context(), d.dana, d.before, "before, in better words") },
				func() error { return d.work.Toggle(t.Context(), bot.React, d.dana, d.card, "✅") },
				func() error { _, err := d.work.Say(t.Context(), d.marco, d.at, "@casebot list", nil); return err },
			} {
				d.must(f())
			}
			d.fake.Fault("conversations.replies", failing)
			d.again()
			d.isNoted()
			d.fake.Fault("conversations.replies", nil)
			d.passes()
			d.minute()
			d.isReadBack()
		})
	})
}

// While it is read back the bot is taken out again: the end of the reading does not count as the end of that.
func TestAChannelLostAgainWhileItIsReadStaysNoted(t *testing.T) {
	inBothWays(t, func(t *testing.T, http bool) {
		d := darkStage(t, http)
		d.kick()
		d.happens()
		d.inbox.set(func(in *bot.Interaction) bot.Answer {
			if in.Text == "it burns" {
				d.lost(t.Context(), d.nw(), supportID, d.clock.Now())
			}
			return bot.Answer{}
		})
		d.invite()
		d.isNoted()
		d.minute()
		d.isReadBack()
	})
}

// The channel of a restricted case is none of a home's. What nobody has a case in is not noted.
func TestARoomGivenBackIsReadBack(t *testing.T) {
	inBothWays(t, func(t *testing.T, http bool) {
		d := darkStage(t, http)
		h, _ := d.dir.Home("nw")
		room, err := d.Room(t.Context(), h, "nw-2", []desk.Person{d.dana, d.marco})
		d.must(err)
		d.card, err = d.Post(t.Context(), bot.To{Home: h, Channel: room}, bot.Say("the card"), "d2")
		d.must(err)
		d.at.Channel = room
		d.before, err = d.work.Say(t.Context(), d.dana, d.thread(), "before", nil)
		d.must(err)
		d.fake.Kick(northwind, room)
		d.fake.Kick(northwind, "C0REVIEW")
		d.wait()
		if got := d.nw().darkOnes(); !slices.Equal(got, []string{room}) {
			t.Errorf("noted are %q, want the room %s", got, room)
		}
		d.fake.Join("C0REVIEW", d.teams[northwind].BotUser)
		d.happens()
		d.fake.Join(room, d.teams[northwind].BotUser)
		d.wait()
		d.isReadBack()
	})
}

// Slack stops taking the token while it is read back: the workspace's mark stays, and with it everything.
func TestATokenThatEndsWhileItIsReadBack(t *testing.T) {
	inBothWays(t, func(t *testing.T, http bool) {
		d := darkStage(t, http)
		d.passes()
		before, _ := d.state.Get(t.Context(), heardKey(northwind))
		d.clock.Advance(time.Hour)
		d.fake.Fault("conversations.replies", func(int) *slackfake.Fault { return &slackfake.Fault{Error: "token_revoked"} })
		d.recover(t.Context(), d.nw())
		if !d.nw().isShut() {
			t.Error("the workspace is not reported")
		}
		d.saveUnlessReading(t.Context(), d.nw())
		if after, _ := d.state.Get(t.Context(), heardKey(northwind)); string(after) != string(before) || len(d.nw().darkOnes()) > 0 {
			t.Errorf("the mark moved from %s to %s; noted are %q", before, after, d.nw().darkOnes())
		}
	})
}

// A start asks Slack once about a channel that is noted, however many cases stand in it. A thread that is deleted keeps
// nothing noted.
func TestAStartAsksOnceAboutAChannelThatIsNoted(t *testing.T) {
	d := darkStage(t, true)
	for _, ts := range []string{"1772442000.000100", "1772442000.000200"} {
		d.others = append(d.others, desk.Post{Ref: place{"nw", supportID, ts}.ref()})
	}
	d.kick()
	d.happens()
	asked := func() int {
		n := len(d.fake.Calls("conversations.replies"))
		for _, c := range d.fake.Calls("conversations.history") {
			if c.Form.Get("channel") == supportID {
				n++
			}
		}
		return n
	}
	before := asked()
	d.again()
	d.isNoted()
	if n := asked() - before; n != 1 {
		t.Errorf("Slack was asked %d times about the channel, want once", n)
	}
	d.invite()
	d.isReadBack()
}

// While it is read back, whoever else notices that the channel is seen again does not wait for it.
func TestOneReadsAChannelBack(t *testing.T) {
	d := darkStage(t, false)
	d.kick()
	d.nw().reading.Lock()
	done := make(chan bool, 2)
	for range 2 {
		go func() { d.letIn(context.WithoutCancel(t.Context()), d.nw(), supportID); done <- true }()
	}
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Error("both wait")
	}
	d.nw().reading.Unlock()
	<-done
}

// Several processes serve an app, and each event goes to one of them: where one noted the loss and another hears of the
// return, the first note counts.
func TestALossThatAnotherProcessNoted(t *testing.T) {
	inBothWays(t, func(t *testing.T, http bool) {
		d := darkStage(t, http)
		lost := d.clock.Now()
		d.deafTo("channel_left")
		d.kick()
		d.happens()
		d.must(d.state.Put(t.Context(), darkKey(northwind, supportID), []byte(lost.UTC().Format(time.RFC3339Nano))))
		d.nw().last.Whole(d.clock.Now())
		d.invite()
		d.isReadBack()
	})
}

// With the app Slack takes its bot out of the channels. Installed again, it is invited later than that.
func TestAChannelGivenBackAfterTheAppWasInstalledAgain(t *testing.T) {
	inBothWays(t, func(t *testing.T, http bool) {
		d := darkStage(t, http)
		d.fake.Revoke(northwind)
		d.kick()
		d.happens()
		d.end()
		d.fake.Reinstall(northwind)
		d.again()
		d.isNoted()
		d.passes()
		d.invite()
		d.isReadBack()
	})
}
