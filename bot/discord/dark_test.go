package discord

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/discord/discordfake"
	"casebot/desk"
)

// darkScene is a case in whose channel the bot sees nothing for a while.
type darkScene struct {
	*scene
	card   bot.Ref
	before bot.Ref // What Dana said before.
	said   time.Time
}

// darkStage is a case with words in its thread, in a channel of a kind.
func darkStage(t *testing.T, kind string) *darkScene {
	d := &darkScene{}
	d.scene = stage(t, kind, func(o *Options) { o.Threads = openCards(&d.card) })
	d.card = d.scene.card("the card", "d1")
	var err error
	d.before, err = d.work.Say(t.Context(), d.dana, d.thread(d.card), "before", nil)
	d.must(err)
	d.clock.Advance(10 * time.Minute)
	return d
}

// happens is what people do in the thread while the bot does not see it, and elsewhere meanwhile.
func (d *darkScene) happens() {
	d.Helper()
	d.clock.Advance(3 * time.Hour)
	d.said = d.clock.Now()
	_, err := d.work.Say(d.Context(), d.marco, d.thread(d.card), "it burns", nil)
	d.must(err)
	d.must(d.work.Rewrite(d.Context(), d.dana, d.before, "before, in better words"))
	d.must(d.work.Toggle(d.Context(), bot.React, d.dana, d.card, "✅"))
	d.clock.Advance(2 * time.Hour)
	a := d.apps[0]
	a.set(func(a *app) { a.heard = d.clock.Now() }) // Of the other channels.
	d.saveUnlessReading(d.Context(), a)
	if d.heard("it burns") {
		d.Error("the bot hears a channel that it does not see")
	}
}

// isReadBack sees that all of it came in once, with its own time, and that nothing is noted any more.
func (d *darkScene) isReadBack() {
	d.Helper()
	d.wait()
	if dark := d.darkIn(d.apps[0], d.apps[0].guild(northwindGuild)); len(dark) > 0 {
		d.Fatalf("the bot believes that it does not see %q", dark)
	}
	words := slices.DeleteFunc(d.inbox.of(bot.Said), func(in bot.Interaction) bool { return in.Text != "it burns" })
	if len(words) != 1 || words[0].At.Sub(d.said).Abs() > time.Second || words[0].Thread != d.card || words[0].Person.ID != "marco" || !words[0].ReadBack {
		d.Errorf("read back as said: %+v", words)
	}
	if got := d.inbox.of(bot.Edited); len(got) != 1 || got[0].Text != "before, in better words" || got[0].At.Sub(d.said).Abs() > time.Second {
		d.Errorf("read back as edited: %+v", got)
	}
	if got := d.inbox.of(bot.React); len(got) != 1 || got[0].Emoji != "✅" || got[0].Message != d.card {
		d.Errorf("read back as reactions: %+v", got)
	}
	if raw, _ := d.state.Get(d.Context(), darkKey(supportID)); raw != nil {
		d.Errorf("it is still noted that the channel is not seen since %s", raw)
	}
	d.must(d.work.Toggle(d.Context(), bot.React, d.marco, d.card, "✋"))
	if got := d.inbox.of(bot.React); len(got) != 2 {
		d.Errorf("afterwards %d reactions came in, want 2", len(got))
	}
	d.broken()
}

// again starts the desk anew.
func (d *darkScene) again() {
	d.end()
	d.scene = play(d.T, d.world, func(o *Options) { o.Threads = openCards(&d.card) })
	d.wait()
}

// The bot loses sight of the cases channel and is let in again, by each of the acts that do so: what was said, edited and
// reacted meanwhile is read back, from where that channel was heard and not from where the others were.
func TestWhatWasSaidInAChannelGivenBackIsReadBack(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		for _, act := range []string{"CHANNEL_UPDATE", "GUILD_ROLE_UPDATE", "GUILD_MEMBER_UPDATE"} {
			t.Run(kind+" "+act, func(t *testing.T) {
				d := darkStage(t, kind)
				d.fake.PermitBy(act, supportID)
				d.wait()
				d.happens()
				d.fake.PermitBy(act, supportID, discordfake.Everything()...)
				d.wait()
				d.isReadBack()
			})
		}
	}
}

// The bot is let in while the desk is down, or is down for a while in between.
func TestAChannelGivenBackOverARestart(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		for name, play := range map[string]func(d *darkScene, shut, open func()){
			"lost at work, given back while down": func(d *darkScene, shut, open func()) {
				shut()
				d.wait()
				d.happens()
				d.end()
				open()
				d.again()
			},
			"lost while down, given back at work": func(d *darkScene, shut, open func()) {
				d.end()
				shut()
				d.again()
				d.happens()
				open()
				d.wait()
			},
			"a start in between": func(d *darkScene, shut, open func()) {
				shut()
				d.wait()
				d.happens()
				d.again()
				d.clock.Advance(time.Hour)
				open()
				d.wait()
			},
			"two starts in between": func(d *darkScene, shut, open func()) {
				d.end()
				shut()
				d.again()
				d.happens()
				d.again()
				open()
				d.wait()
			},
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				d := darkStage(t, kind)
				play(d, func() { d.fake.Permit(supportID) }, func() { d.fake.Permit(supportID, discordfake.Everything()...) })
				d.isReadBack()
			})
		}
	}
}

// No event tells of the loss or of its end: a refused call notices the one, and a call that is taken, or a look a minute
// later, the other.
func TestAChannelGivenBackUnheard(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		for name, notice := range map[string]func(d *darkScene){
			"by a send": func(d *darkScene) {
				_, err := d.Post(d.Context(), bot.To{Home: d.home(), Channel: supportID, Thread: d.card}, bot.Say("welcome"), "d3")
				d.must(err)
			},
			"by an edit": func(d *darkScene) { d.must(d.Edit(d.Context(), d.card, bot.Say("the card"))) },
			"by a look":  func(d *darkScene) { d.lookAgain(d.apps[0]) },
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				d := darkStage(t, kind)
				d.fake.Zombie(d.bot)
				d.fake.Permit(supportID)
				for range 2 {
					if _, err := d.Post(t.Context(), bot.To{Home: d.home(), Channel: supportID, Thread: d.card}, bot.Say("hello"), "d2"); err == nil {
						t.Fatal("a channel that the bot does not see took a message")
					}
				}
				d.happens()
				d.fake.Permit(supportID, discordfake.Everything()...)
				notice(d)
				d.wait()
				got := slices.DeleteFunc(d.inbox.of(bot.Said), func(in bot.Interaction) bool { return in.Text != "it burns" })
				if len(got) != 1 || got[0].At.Sub(d.said).Abs() > time.Second || len(d.darkIn(d.apps[0], d.apps[0].guild(northwindGuild))) > 0 {
					t.Errorf("read back as said: %+v", got)
				}
				d.broken()
			})
		}
	}
}

// Of a channel's loss nothing told, and of its end nothing but the threads that the bot sees again.
func TestAChannelGivenBackIsToldByItsThreads(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		t.Run(kind, func(t *testing.T) {
			d := darkStage(t, kind)
			d.fake.PermitBy("", supportID)
			if _, err := d.Post(t.Context(), bot.To{Home: d.home(), Channel: supportID, Thread: d.card}, bot.Say("hello"), "d2"); err == nil {
				t.Fatal("a channel that the bot does not see took a message")
			}
			d.happens()
			d.fake.PermitBy("", supportID, discordfake.Everything()...)
			d.isReadBack()
		})
	}
}

// Let in without the permission to read what was said, the bot reads it when it has that as well, or when Discord answers
// again.
func TestAChannelGivenBackByHalves(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		t.Run(kind, func(t *testing.T) {
			d := darkStage(t, kind)
			d.fake.Permit(supportID)
			d.wait()
			d.happens()
			d.fake.Permit(supportID, "VIEW_CHANNEL", "SEND_MESSAGES", "SEND_MESSAGES_IN_THREADS")
			d.wait()
			if d.heard("it burns") || !d.isDark(d.apps[0], d.apps[0].guild(northwindGuild), supportID) {
				t.Error("what can't be read yet counts as read")
			}
			failing(d.scene, "GET /channels/{c}/messages", 20, discordfake.Fault{Status: http.StatusBadGateway})
			d.fake.Permit(supportID, discordfake.Everything()...)
			d.wait()
			if !d.isDark(d.apps[0], d.apps[0].guild(northwindGuild), supportID) {
				t.Error("what could not be read counts as read")
			}
			failing(d.scene, "GET /channels/{c}/messages", 0, discordfake.Fault{})
			d.clock.Advance(closedAgain)
			d.lookAgain(d.apps[0])
			d.isReadBack()
		})
	}
}

// A private room out of which somebody took the bot, where it may not manage threads, is read back when it is in it again.
func TestARoomGivenBackIsReadBack(t *testing.T) {
	d := darkStage(t, "text")
	var mayNot []string
	for _, p := range discordfake.Everything() {
		if p != "MANAGE_THREADS" {
			mayNot = append(mayNot, p)
		}
	}
	d.fake.Permit(supportID, mayNot...)
	room, err := d.Room(t.Context(), d.home(), "nw-2", []desk.Person{d.dana, d.marco})
	d.must(err)
	d.card, err = d.Post(t.Context(), bot.To{Home: d.home(), Channel: room}, bot.Say("the card"), "d2")
	d.must(err)
	d.before, err = d.work.Say(t.Context(), d.dana, d.thread(d.card), "before", nil)
	d.must(err)
	d.fake.TakeOut(d.bot, room)
	d.wait()
	if d.isDark(d.apps[0], d.apps[0].guild(northwindGuild), supportID) || !d.isDark(d.apps[0], d.apps[0].guild(northwindGuild), room) {
		t.Error("the room is not noted as one that the bot does not see")
	}
	d.happens()
	d.fake.TakeIn(d.bot, room)
	d.wait()
	d.isReadBack()
}
