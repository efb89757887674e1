package slack

import (
	"context"
	"slices"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
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

// minute lets a minute go by and the watch do a round.
func (d *darkScene) minute() {
	d.clock.Advance(closedAgain)
	d.tend(d.Context(), d.nw())
	d.wait()
}

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

// Slack does not tell that the channel was archived: a refused send or edit does.
func TestAnArchivedChannelIsNoticedByRefusedCalls(t *testing.T) {
	for name, call := range map[string]func(d *darkScene) error{
		"a send": func(d *darkScene) error {
			h, _ := d.dir.Home("nw")
			_, err := d.Post(d.Context(), bot.To{Home: h, Channel: supportID, Thread: d.card}, bot.Say("welcome"), "d2")
			return err
		},
		"an edit": func(d *darkScene) error { return d.Edit(d.Context(), d.card, bot.Say("the card")) },
	} {
		t.Run(name, func(t *testing.T) {
			inBothWays(t, func(t *testing.T, http bool) {
				d := darkStage(t, http)
				d.deafTo("channel_archive", "channel_unarchive")
				d.fake.Archive(supportID, "U0MARCO")
				if call(d) == nil {
					t.Fatal("an archived channel took a call")
				}
				d.isNoted()
				d.fake.Unarchive(supportID, "U0MARCO")
				d.happens()
				d.invite()
				d.isReadBack()
			})
		})
	}
}
