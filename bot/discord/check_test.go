package discord

import (
	"strings"
	"testing"
)

// findings are what a check has to say, in one text: what is wrong only.
func findings(t *testing.T, w *world) string {
	t.Helper()
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range p.Check(t.Context()) {
		if f.Do != "" {
			out = append(out, f.What+": "+f.Do)
		}
	}
	if n := w.fake.Identifies(w.bot); n != 0 {
		t.Errorf("a check began %d sessions", n)
	}
	return strings.Join(out, "\n")
}

// A set-up that is in order has nothing to say; each fault is named with what to tick.
func TestCheckSaysWhatToTick(t *testing.T) {
	for name, c := range map[string]struct {
		kind string
		harm func(w *world)
		want []string
	}{
		"in order":         {"text", func(*world) {}, nil},
		"a forum in order": {"forum", func(*world) {}, nil},
		"intent":           {"text", func(w *world) { w.fake.Intents(w.bot) }, []string{"tick Message Content Intent"}},
		"permissions": {"text", func(w *world) {
			w.fake.Permit(supportID, "VIEW_CHANNEL", "SEND_MESSAGES", "EMBED_LINKS", "ATTACH_FILES", "READ_MESSAGE_HISTORY", "ADD_REACTIONS", "CREATE_PUBLIC_THREADS", "SEND_MESSAGES_IN_THREADS")
		}, []string{"home nw", supportID, "Create Private Threads", "Manage Threads"}},
		"not seen":        {"text", func(w *world) { w.fake.Permit(supportID) }, []string{"does not see the channel"}},
		"no such channel": {"text", func(w *world) { w.fake.Delete(supportID) }, []string{"no such channel"}},
		"not a member":    {"text", func(w *world) { w.fake.Kick(w.bot, harborGuild) }, []string{harborGuild, "casebot discord invite"}},
		"forum, no room": {"forum", func(w *world) {
			w.fake.Delete(reviewID)
			w.fake.AddChannel(northwindGuild, reviewID, "forum too", "forum")
		}, []string{"the review a text channel"}},
		"token": {"text", func(w *world) { w.fake.Revoke(w.bot) }, []string{"token is not valid"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, c.kind)
			c.harm(w)
			got := findings(t, w)
			if (got == "") != (len(c.want) == 0) {
				t.Errorf("the check says %q", got)
			}
			for _, words := range c.want {
				if !strings.Contains(got, words) {
					t.Errorf("%q is missing in %q", words, got)
				}
			}
		})
	}
}
