package slack

import (
	"context"
	"slices"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

const (
	supportID = "C0SUPPORT"
	northwind = "T0NORTHWIND"
)

// darkScene is a case in whose channel the bot sees nothing for a while.
type darkScene struct {
	*scene
	card   bot.Ref
	before bot.Ref // What Dana said before.
	said   time.Time
	others []desk.Post // Cards in other channels.
}

// inBothWays plays something by Socket Mode and by signed requests.
func inBothWays(t *testing.T, play func(t *testing.T, http bool)) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) { play(t, http) })
	}
}

// darkStage is a case with words in its thread. The channel may be prepared before.
func darkStage(t *testing.T, http bool, prepare ...func(w *world)) *darkScene {
	d := &darkScene{}
	w := newWorld(t, http)
	for _, f := range prepare {
		f(w)
	}
	d.scene = play(t, w, d.open)
	d.card = d.scene.card("the card", "d1")
	var err error
	d.before, err = d.work.Say(t.Context(), d.dana, d.thread(), "before", nil)
	d.must(err)
	d.clock.Advance(10 * time.Minute)
	return d
}

func (d *darkScene) open(o *Options) {
	o.Threads = func(context.Context) ([]desk.Post, error) {
		if d.card == "" {
			return nil, nil
		}
		return append([]desk.Post{{Ref: d.card}}, d.others...), nil
	}
}

func (d *darkScene) thread() bottest.Spot {
	at := d.at
	at.Thread = d.card
	return at
}

func (d *darkScene) nw() *team { return d.Platform.team(northwind) }

// kick takes the app out of the channel and letIn brings it back, as people do it.
func (d *darkScene) kick() { d.fake.Kick(northwind, supportID); d.wait() }

func (d *darkScene) invite() { d.fake.Join(supportID, d.teams[northwind].BotUser); d.wait() }

// deafTo takes the events away that would tell of the loss and the return.
func (d *darkScene) deafTo(names ...string) {
	d.fake.Subscribe(northwind, slices.DeleteFunc(Events(), func(e string) bool { return slices.Contains(names, e) })...)
}

func (d *darkScene) words(text string) []bot.Interaction {
	return slices.DeleteFunc(d.inbox.of(bot.Said), func(in bot.Interaction) bool { return in.Text != text })
}

// happens is what people do in the thread while the bot does not see it, and elsewhere meanwhile.
func (d *darkScene) happens() {
	d.Helper()
	d.clock.Advance(3 * time.Hour)
	d.said = d.clock.Now()
	_, err := d.work.Say(d.Context(), d.marco, d.thread(), "it burns", nil)
	d.must(err)
	d.must(d.work.Rewrite(d.Context(), d.dana, d.before, "before, in better words"))
	d.must(d.work.Toggle(d.Context(), bot.React, d.dana, d.card, "✅"))
	_, err = d.work.Say(d.Context(), d.marco, d.at, "@casebot list", nil)
	d.must(err)
	d.passes()
	if len(d.words("it burns")) > 0 {
		d.Error("the bot hears a channel that it does not see")
	}
}

// passes lets time go by in which other channels are heard, so that the workspace's own mark moves on.
func (d *darkScene) passes() {
	d.Helper()
	d.clock.Advance(2 * time.Hour)
	_, err := d.work.Say(d.Context(), d.dana, bottest.Spot{Home: "nw", Channel: "C0REVIEW"}, "something else", nil)
	d.must(err)
	d.saveUnlessReading(d.Context(), d.nw())
}

// minute is what the watch does once a minute.
func (d *darkScene) minute() { d.clock.Advance(closedAgain); d.lookAgain(d.nw()); d.wait() }

func (d *darkScene) isNoted() {
	d.Helper()
	raw, _ := d.state.Get(d.Context(), darkKey(northwind, supportID))
	if !d.nw().isDark(supportID) || raw == nil {
		d.Errorf("the channel is not noted as one that the bot does not see; kept is %q", raw)
	}
}

// isReadBack sees that all of it came in once, with its own time, and that nothing is noted any more.
func (d *darkScene) isReadBack() {
	d.Helper()
	if dark := d.nw().darkOnes(); len(dark) > 0 {
		d.Fatalf("the bot believes that it does not see %q", dark)
	}
	if words := d.words("it burns"); len(words) != 1 || words[0].At.Sub(d.said).Abs() > time.Second || words[0].Thread != d.card || words[0].Person.ID != "marco" || !words[0].ReadBack {
		d.Errorf("read back as said: %+v", words)
	}
	if got := d.inbox.of(bot.Edited); len(got) != 1 || got[0].Text != "before, in better words" || got[0].At.Sub(d.said).Abs() > time.Second {
		d.Errorf("read back as edited: %+v", got)
	}
	if got := d.inbox.of(bot.React); len(got) != 1 || got[0].Message != d.card {
		d.Errorf("read back as reactions: %+v", got)
	}
	if got := d.words("list"); d.at.Channel == supportID && (len(got) != 1 || !got[0].Mention || got[0].Thread != "") {
		d.Errorf("read back of what stands in no thread: %+v", got)
	}
	if raw, _ := d.state.Get(d.Context(), darkKey(northwind, d.at.Channel)); raw != nil {
		d.Errorf("it is still noted: %s", raw)
	}
	d.must(d.work.Toggle(d.Context(), bot.React, d.marco, d.card, "✋"))
	if got := d.inbox.of(bot.React); len(got) != 2 {
		d.Errorf("afterwards %d reactions came in, want 2", len(got))
	}
	for _, p := range d.fake.Problems() {
		d.Error(p)
	}
}

// again starts the desk anew.
func (d *darkScene) again() {
	d.end()
	d.scene = play(d.T, d.world, d.open)
	d.wait()
}

// The bot is taken out of the cases channel and invited again: what was said, edited and reacted meanwhile is read back,
// from where that channel was heard and not from where the others were.
func TestWhatWasSaidInAChannelGivenBackIsReadBack(t *testing.T) {
	private := func(w *world) { w.fake.Private(supportID) }
	for name, prepare := range map[string][]func(*world){"public": nil, "private": {private}} {
		t.Run(name, func(t *testing.T) {
			inBothWays(t, func(t *testing.T, http bool) {
				d := darkStage(t, http, prepare...)
				d.kick()
				d.isNoted()
				d.happens()
				d.invite()
				d.isReadBack()
			})
		})
	}
}

// A channel is made private and the bot taken out of it: Slack says then that there is no such channel.
func TestAChannelMadePrivateIsReadBack(t *testing.T) {
	inBothWays(t, func(t *testing.T, http bool) {
		d := darkStage(t, http)
		d.fake.Private(supportID)
		d.kick()
		d.isNoted()
		d.happens()
		d.minute()
		d.isNoted()
		d.invite()
		d.isReadBack()
	})
}

// The channel is archived. Brought back it has the bot in it where it is private; else somebody invites it, and what was
// said before that is read back.
func TestAChannelBroughtBackFromTheArchive(t *testing.T) {
	inBothWays(t, func(t *testing.T, http bool) {
		t.Run("public", func(t *testing.T) {
			d := darkStage(t, http)
			d.fake.Archive(supportID, "U0MARCO")
			d.wait()
			d.isNoted()
			d.passes()
			d.fake.Unarchive(supportID, "U0MARCO")
			d.wait()
			d.isNoted()
			d.happens()
			d.invite()
			d.isReadBack()
		})
		t.Run("private", func(t *testing.T) {
			d := darkStage(t, http, func(w *world) { w.fake.Private(supportID) })
			d.fake.Archive(supportID, "U0MARCO")
			d.wait()
			d.isNoted()
			d.passes()
			d.minute()
			d.isNoted()
			d.fake.Unarchive(supportID, "U0MARCO")
			d.wait()
			if dark := d.nw().darkOnes(); len(dark) > 0 {
				t.Errorf("brought back the channel counts as unseen: %q", dark)
			}
		})
	})
}

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
		d.nw().set(func(t *team) { t.whole = d.clock.Now() })
		d.invite()
		d.isReadBack()
	})
}
