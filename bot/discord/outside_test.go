package discord

import (
	"errors"
	"net/http"
	"testing"

	"casebot/bot"
	"casebot/bot/discord/discordfake"
)

// The bot sees the channel and may not write there: what is for it waits under the name of the cases channel, also what is
// for a thread. With the permission back it is open at once. A channel that is deleted is a permanent failure.
func TestWhatAPermissionKeepsFromAChannelWaits(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		t.Run(kind, func(t *testing.T) {
			d := darkStage(t, kind)
			var mayNot []string
			for _, p := range discordfake.Everything() {
				if p != "SEND_MESSAGES" && p != "SEND_MESSAGES_IN_THREADS" {
					mayNot = append(mayNot, p)
				}
			}
			d.fake.Permit(supportID, mayNot...)
			d.wait()
			for _, to := range []bot.To{{Home: d.home(), Channel: supportID}, {Home: d.home(), Channel: supportID, Thread: d.card}} {
				_, err := d.Post(t.Context(), to, bot.Say("hello"), "d-"+string(to.Thread))
				if !waitsFor(err, "casebot check names it") || !d.Shut(d.home(), supportID) {
					t.Errorf("a post without the permission to %q is %v", to.Thread, err)
				}
			}
			if d.Shut(d.home(), "") || len(d.darkIn(d.apps[0], d.apps[0].guild(northwindGuild))) != 0 {
				t.Error("what was said there would be read back")
			}
			d.fake.Permit(supportID, discordfake.Everything()...)
			d.wait()
			if d.Shut(d.home(), supportID) {
				t.Error("with the permission the channel counts as closed")
			}
			failing(d.scene, sendRoute, 1, discordfake.Fault{Status: http.StatusNotFound, Code: 10003})
			failing(d.scene, "POST /channels/{id}/threads", 1, discordfake.Fault{Status: http.StatusNotFound, Code: 10003})
			_, err := d.Post(t.Context(), bot.To{Home: d.home(), Channel: supportID}, bot.Say("hello"), "d-gone")
			if sort, _ := bot.SendKindOf(err); sort != bot.Permanent {
				t.Errorf("a post to a channel that is deleted is %v", err)
			}
		})
	}
}

// Of a channel's loss nothing told, and it is noticed hours after, while other channels were heard: nothing is missed of what
// was said there before it was noticed, nor where only the return is told.
func TestALossThatIsNoticedLate(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		for name, notice := range map[string]func(d *darkScene) error{
			"by a send": func(d *darkScene) error {
				_, err := d.Post(d.Context(), bot.To{Home: d.home(), Channel: supportID, Thread: d.card}, bot.Say("hello"), "d2")
				return err
			},
			"by a new card": func(d *darkScene) error {
				_, err := d.Post(d.Context(), bot.To{Home: d.home(), Channel: supportID}, bot.Say("another card"), "d2")
				return err
			},
			"by an edit":       func(d *darkScene) error { return d.Edit(d.Context(), d.card, bot.Say("the card")) },
			"by a look":        func(d *darkScene) error { d.lookAgain(d.apps[0]); d.wait(); return errors.New("it was looked at") },
			"by its end alone": nil,
		} {
			t.Run(kind+" "+name, func(t *testing.T) {
				d := darkStage(t, kind)
				d.fake.PermitBy("", supportID)
				d.happens()
				if notice != nil {
					if notice(d) == nil {
						t.Fatal("a channel that the bot does not see took a message")
					}
					if !d.isDark(d.apps[0], d.apps[0].guild(northwindGuild), supportID) {
						t.Error("the channel is not noted as one that the bot does not see")
					}
				}
				d.fake.PermitBy("", supportID, discordfake.Everything()...)
				d.isReadBack()
			})
		}
	}
}
