package slackfake

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"casebot/bot"
	"casebot/bot/bottest"
)

// A channel can get another id: apps use the new one and hear of it, people notice nothing.
func TestAChannelGetsAnotherID(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	sent := w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "before")
	w.ChangeChannelID("C0NWCASES", "C0NEW")
	w.Settle()
	if got := a.events("channel_id_changed"); len(got) != 1 || str(got[0], "event", "old_channel_id") != "C0NWCASES" || str(got[0], "event", "new_channel_id") != "C0NEW" {
		t.Errorf("the change came as %v", got)
	}
	w.refused("channel_not_found", "chat.update", "channel", "C0NWCASES", "ts", str(sent, "ts"), "text", "after")
	w.ok("chat.update", "channel", "C0NEW", "ts", str(sent, "ts"), "text", "after")
	if seen := w.work.Read(w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}); len(seen) != 1 || !seen[0].Edited {
		t.Errorf("Dana sees %+v", seen)
	}
}

// An app that was removed hears so and gets nothing after it.
func TestARevokedTeamHearsNothingMore(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	w.Revoke("T0NW")
	_, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "hello", nil)
	w.must(err)
	w.Settle()
	if len(a.events("tokens_revoked")) != 1 || len(a.events("message")) != 0 {
		t.Errorf("the app got %v", a.got)
	}
	if out := w.call(w.team.AppToken, "apps.connections.open"); out["error"] != "invalid_auth" {
		t.Errorf("a removed app may connect: %v", out)
	}
}

// Slack sends no event for which the app has no scope.
func TestEventsNeedTheirScope(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	w.Scopes("T0NW", "chat:write", "app_mentions:read")
	_, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "@casebot hello", nil)
	w.must(err)
	if len(a.events("message")) != 0 || len(a.events("app_mention")) != 1 {
		t.Errorf("the app got %v", a.got)
	}
	if err := w.work.Command(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "list"); err == nil {
		t.Error("a command without the scope commands was taken")
	}
}

// A private channel shows itself to its members alone.
func TestAPrivateChannelIsForItsMembers(t *testing.T) {
	w := newWorld(t)
	w.AddUser("T0NW", "U0MARCO", "Marco Demo", "America/Chicago")
	id := str(w.ok("conversations.create", "name", "nw-1042", "is_private", "true"), "channel", "id")
	w.ok("conversations.invite", "channel", id, "users", "U0DANA")
	w.ok("chat.postMessage", "channel", id, "text", "need to know")
	room := bottest.Spot{Home: "nw", Channel: id}
	seen := w.work.Read(w.dana, room)
	if len(seen) != 2 || seen[0].Text != "@Dana Demo has joined the channel" || bot.PlainText(*seen[1].Message, nil) != "need to know" {
		t.Errorf("Dana sees %+v", seen)
	}
	if out := w.call(w.other.BotToken, "conversations.info", "channel", id); out["error"] != "channel_not_found" {
		t.Errorf("another team is told of the channel: %v", out)
	}
	members := w.ok("conversations.members", "channel", id)
	if got := fmt.Sprint(members["members"]); got != "["+w.team.BotUser+" U0DANA]" {
		t.Errorf("the members are %s", got)
	}
}

// The root of a thread with replies leaves a tombstone; any other message is gone.
func TestDeletedMessages(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	channel := bottest.Spot{Home: "nw", Channel: "C0NWCASES"}
	root, err := w.work.Say(t.Context(), w.dana, channel, "root", nil)
	w.must(err)
	reply, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES", Thread: root}, "reply", nil)
	w.must(err)
	w.must(w.work.Remove(t.Context(), w.dana, root))
	w.must(w.work.Remove(t.Context(), w.dana, reply))
	var kinds []string
	for _, p := range a.events("message") {
		kinds = append(kinds, str(p, "event", "subtype")+"/"+str(p, "event", "message", "subtype"))
	}
	if got := strings.Join(kinds, " "); got != "/ / message_changed/tombstone message_deleted/" {
		t.Errorf("the events are %q", got)
	}
}

// What was sent twice is found by its metadata, and an event can be made to come twice.
func TestDoublesAreFound(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	w.Twice(true)
	_, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "hello", nil)
	w.must(err)
	w.Settle()
	if got := a.events("message"); len(got) != 2 || got[0]["event_id"] != got[1]["event_id"] {
		t.Errorf("the event came as %v", got)
	}
	for range 2 {
		w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "x", "metadata", `{"event_type":"note","event_payload":{"id":"d1"}}`)
	}
	if got := w.Doubles(); len(got) != 1 || !strings.Contains(got[0], "d1") {
		t.Errorf("the doubles are %q", got)
	}
}

// What only one person sees is gone after they start anew.
func TestPrivateAnswersDoNotLast(t *testing.T) {
	w := newWorld(t)
	out := w.ok("chat.postEphemeral", "channel", "C0NWCASES", "user", "U0DANA", "text", "for you")
	w.refused("message_not_found", "chat.update", "channel", "C0NWCASES", "ts", str(out, "message_ts"), "text", "other words")
	channel := bottest.Spot{Home: "nw", Channel: "C0NWCASES"}
	before := len(w.work.Read(w.dana, channel))
	w.Reload("U0DANA")
	if after := len(w.work.Read(w.dana, channel)); before != 1 || after != 0 {
		t.Errorf("Dana saw %d private answers and then %d", before, after)
	}
}

// In a thread without replies a private answer is taken and shown to nobody.
func TestPrivateAnswersInAThreadNeedReplies(t *testing.T) {
	w := newWorld(t)
	root := str(w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "root"), "ts")
	thread := bottest.Spot{Home: "nw", Channel: "C0NWCASES", Thread: bot.Ref("nw:C0NWCASES/" + root)}
	whisper := []string{"channel", "C0NWCASES", "user", "U0DANA", "thread_ts", root, "text", "for you"}
	w.ok("chat.postEphemeral", whisper...)
	if n := len(w.work.Read(w.dana, thread)); n != 1 {
		t.Errorf("Dana sees %d messages, want the root alone", n)
	}
	_, err := w.work.Say(t.Context(), w.dana, thread, "a reply", nil)
	w.must(err)
	w.ok("chat.postEphemeral", whisper...)
	if n := len(w.work.Read(w.dana, thread)); n != 3 {
		t.Errorf("Dana sees %d messages, want the root, the reply and the answer", n)
	}
}

// A shortcut gives the message it was used on; the App Home is published to one person.
func TestShortcutsAndTheAppHome(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	ref, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "please look at this", nil)
	w.must(err)
	_, ts, _ := strings.Cut(string(ref), "/")
	w.must(w.Shortcut(t.Context(), "U0DANA", "C0NWCASES", ts, "file_case"))
	got := a.interactions("message_action")
	if len(got) != 1 || str(got[0], "callback_id") != "file_case" || str(got[0], "message", "text") != "please look at this" {
		t.Errorf("the shortcut came as %v", got)
	}
	w.OpenHome("T0NW", "U0DANA", "home")
	w.Settle()
	if e := a.events("app_home_opened"); len(e) != 1 || str(e[0], "event", "tab") != "home" {
		t.Errorf("the visit came as %v", e)
	}
	home := map[string]any{"type": "home", "blocks": []any{map[string]any{"type": "divider"}}}
	w.ok("views.publish", "user_id", "U0DANA", "view", asJSON(home))
	if v := w.HomeView("T0NW", "U0DANA"); str(v, "type") != "home" || w.HomeView("T0NW", "U0ERIN") != nil {
		t.Errorf("the home is %v", v)
	}
}

// Every block kind is read back as the message a person sees.
func TestBlocksAreReadBack(t *testing.T) {
	w := newWorld(t)
	line := func(kind string, parts ...any) map[string]any { return map[string]any{"type": kind, "elements": parts} }
	text := func(s string, style ...string) map[string]any {
		m := map[string]any{"type": "text", "text": s}
		if len(style) > 0 {
			m["style"] = map[string]any{style[0]: true}
		}
		return m
	}
	md := func(s string) map[string]any { return map[string]any{"type": "mrkdwn", "text": s} }
	blocks := []any{
		map[string]any{"type": "header", "text": plainText("NW-1 :sos:")},
		line("rich_text", line("rich_text_section", text("by "), map[string]any{"type": "user", "user_id": "U0DANA"}, text(" now", "bold")),
			line("rich_text_quote", text("<it> *hangs*\u200b")), line("rich_text_preformatted", text("a  b")),
			map[string]any{"type": "rich_text_list", "style": "bullet", "elements": []any{line("rich_text_section", text("one")), line("rich_text_section", text("two"))}}),
		map[string]any{"type": "section", "fields": []any{md("*Severity*\nSev 2 &amp; up"), md("*Owner*\n<@U0DANA>")}},
		map[string]any{"type": "section", "text": md("see <https://a.test|the _page_> and `code *x*` 2*3*4")},
		map[string]any{"type": "divider"},
		line("context", md("small _print_")),
	}
	w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "x", "blocks", asJSON(blocks))
	m := w.work.Read(w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"})[0].Message
	want := "NW-1 🆘\nby @Dana Demo now\n> <it> *hangs*\na  b\n• one\n• two\nSeverity: Sev 2 & up\nOwner: @Dana Demo\nsee the _page_ and code *x* 2*3*4\n—\nsmall print"
	if got := bot.PlainText(*m, nil); got != want {
		t.Errorf("the message reads\n%s\nwant\n%s", got, want)
	}
	if p := m.Blocks[0].Spans; p[1].Person != "dana" || !p[1].Ping || p[2].Style != bot.Bold {
		t.Errorf("the spans are %+v", p)
	}
}

// Slack's marks count at the edges of words only, and not behind an invisible character.
func TestMarkupIsReadAsSlackReadsIt(t *testing.T) {
	w := &workspace{s: newWorld(t).Server}
	for in, want := range map[string]string{
		"*bold* _it_ ~no~":      "bold/bold  /plain it/italic  /plain no/strike",
		"2*3*4 a_b_c":           "2*3*4 a_b_c/plain",
		"*\u2060bold*":          "*bold*/plain",
		"* not bold *":          "* not bold */plain",
		"a &lt;b&gt; &amp;amp;": "a <b> &amp;/plain",
		"*open":                 "*open/plain",
		"`a *b* c`":             "a *b* c/code",
	} {
		var out []string
		for _, s := range w.mrkdwn(in, bot.Plain) {
			style := string(s.Style)
			if style == "" {
				style = "plain"
			}
			out = append(out, s.Text+"/"+style)
		}
		if got := strings.Join(out, " "); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

// Each emoji goes to its name and comes back, with every skin tone, and means the same to the desk.
func TestEmojiGoAndComeBack(t *testing.T) {
	for c := range emojiNames {
		for _, tone := range []string{"", "🏻", "🏼", "🏽", "🏾", "🏿"} {
			if tone != "" && utf8.RuneCountInString(c) > 1 {
				continue // Keycaps have no skin.
			}
			name := shortName(c + tone)
			if !knownEmoji(name) || character(name) != c+tone {
				t.Errorf("%s is named %q and comes back as %q", c+tone, name, character(name))
			}
		}
	}
	for _, c := range []string{"🆘", "✋", "📤", "✅", "📝", "✋🏽"} {
		if bot.EmojiKey(shortName(c)) != bot.EmojiKey(c) {
			t.Errorf("%s is sent as %q, which the desk does not take for the same", c, shortName(c))
		}
	}
	if got := fromColons(toColons("on it ✋🏽 ⚠️ 12:30:00")); got != "on it ✋🏽 ⚠ 12:30:00" {
		t.Errorf("a text with emoji comes back as %q", got)
	}
}
