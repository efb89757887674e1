package slackfake

import (
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

// download reads an address with a token.
func (w *world) download(address, token string) string {
	w.Helper()
	r, err := http.NewRequest(http.MethodGet, address, nil)
	w.must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(r)
	w.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.must(err)
	return string(b)
}

// post sends JSON to an address and gives the status and the body.
func (w *world) post(address, body string) (int, string) {
	w.Helper()
	resp, err := http.Post(address, "application/json", strings.NewReader(body))
	w.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	w.must(err)
	return resp.StatusCode, string(b)
}

// Pages of history and replies join to the whole, without a gap and without a double.
func TestHistoryIsReadByPages(t *testing.T) {
	w := newWorld(t)
	root := str(w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "root"), "ts")
	var ts []string
	for i := range 7 {
		ts = append(ts, str(w.ok("chat.postMessage", "channel", "C0NWCASES", "text", fmt.Sprint("reply ", i), "thread_ts", root), "ts"))
	}
	var got []string
	cursor := ""
	for {
		out := w.ok("conversations.replies", "channel", "C0NWCASES", "ts", root, "limit", "3", "cursor", cursor)
		for _, m := range objects(out, "messages")[1:] { // The root is on every page.
			got = append(got, str(m, "ts"))
		}
		if cursor = str(out, "response_metadata", "next_cursor"); cursor == "" {
			break
		}
		if out["has_more"] != true {
			t.Error("there is a next page and has_more is false")
		}
	}
	if strings.Join(got, " ") != strings.Join(ts, " ") {
		t.Errorf("the pages read %v, want %v", got, ts)
	}
	out := w.ok("conversations.replies", "channel", "C0NWCASES", "ts", root, "oldest", ts[4])
	if n := len(objects(out, "messages")); n != 3 {
		t.Errorf("after the fifth reply there are %d messages with the root, want 3", n)
	}
	out = w.ok("conversations.replies", "channel", "C0NWCASES", "ts", root, "oldest", ts[4], "inclusive", "true")
	if n := len(objects(out, "messages")); n != 4 {
		t.Errorf("from the fifth reply on there are %d messages with the root, want 4", n)
	}
	if n := len(objects(w.ok("conversations.history", "channel", "C0NWCASES"), "messages")); n != 1 {
		t.Errorf("the channel has %d messages outside threads, want 1", n)
	}
	w.refused("invalid_cursor", "conversations.history", "channel", "C0NWCASES", "cursor", "next:x")
	w.refused("thread_not_found", "conversations.replies", "channel", "C0NWCASES", "ts", "1.000001")
}

// Slack's codes for what an app may not do.
func TestWhatSlackRefuses(t *testing.T) {
	w := newWorld(t)
	for token, code := range map[string]string{"": "not_authed", "xoxb-made-up": "invalid_auth", w.team.AppToken: "not_allowed_token_type"} {
		if out := w.call(token, "auth.test"); out["error"] != code {
			t.Errorf("with token %q: %v, want %s", token, out, code)
		}
	}
	w.refused("unknown_method", "chat.shout")
	w.refused("channel_not_found", "chat.postMessage", "channel", "C0HBCASES", "text", "another team's channel")
	w.refused("no_text", "chat.postMessage", "channel", "C0NWCASES")
	w.refused("user_not_in_channel", "chat.postEphemeral", "channel", "C0NWCASES", "user", "U0ERIN", "text", "x")
	w.refused("user_not_visible", "conversations.open", "users", "U0ERIN")
	ts := str(w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "x"), "ts")
	w.ok("reactions.add", "channel", "C0NWCASES", "timestamp", ts, "name", "eyes")
	w.refused("already_reacted", "reactions.add", "channel", "C0NWCASES", "timestamp", ts, "name", "eyes")
	w.refused("invalid_name", "reactions.add", "channel", "C0NWCASES", "timestamp", ts, "name", "👀")
	said, err := w.work.Say(t.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "mine", nil)
	w.must(err)
	_, own, _ := strings.Cut(string(said), "/")
	w.refused("cant_update_message", "chat.update", "channel", "C0NWCASES", "ts", own, "text", "yours")

	room := w.ok("conversations.create", "name", "nw-1042", "is_private", "true")
	w.refused("name_taken", "conversations.create", "name", "nw-1042")
	w.refused("invalid_name_specials", "conversations.create", "name", "NW 1042")
	id := str(room, "channel", "id")
	w.ok("conversations.invite", "channel", id, "users", "U0DANA")
	w.refused("already_in_channel", "conversations.invite", "channel", id, "users", "U0DANA")

	w.Kick("T0NW", "C0NWCASES")
	w.refused("not_in_channel", "chat.postMessage", "channel", "C0NWCASES", "text", "x")
	w.Kick("T0NW", id)
	w.refused("channel_not_found", "chat.postMessage", "channel", id, "text", "x")
	w.Scopes("T0NW", "chat:write")
	if out := w.refused("missing_scope", "users.info", "user", "U0DANA"); out["needed"] != "users:read" || out["provided"] != "chat:write" {
		t.Errorf("the missing scope is told as %v", out)
	}
	w.Revoke("T0NW")
	w.refused("token_revoked", "auth.test")
}

// A message over a limit is refused with the place of the fault, and noted.
func TestMessagesOverALimitAreRefused(t *testing.T) {
	w := newWorld(t)
	w.refused("msg_too_long", "chat.postMessage", "channel", "C0NWCASES", "text", strings.Repeat("x", 4001))
	section := func(n int) map[string]any {
		return map[string]any{"type": "section", "text": map[string]any{"type": "mrkdwn", "text": strings.Repeat("é", n)}}
	}
	w.ok("chat.postMessage", "channel", "C0NWCASES", "text", "x", "blocks", asJSON([]any{section(3000)}))
	many := make([]any, 51)
	for i := range many {
		many[i] = map[string]any{"type": "divider"}
	}
	for pointer, blocks := range map[string][]any{"/blocks/0/text/text": {section(3001)}, "/blocks": many, "/blocks/0/elements/0/elements/0/text": {map[string]any{"type": "rich_text",
		"elements": []any{map[string]any{"type": "rich_text_section", "elements": []any{map[string]any{"type": "text", "text": ""}}}}}}} {
		out := w.refused("invalid_blocks", "chat.postMessage", "channel", "C0NWCASES", "text", "x", "blocks", asJSON(blocks))
		if got := asJSON(items(out, "response_metadata", "messages")); !strings.Contains(got, pointer) {
			t.Errorf("the messages %s do not point to %s", got, pointer)
		}
	}
	// Each is within its own limit, all together are not; and an edit's text is counted in bytes.
	w.refused("msg_blocks_too_long", "chat.postMessage", "channel", "C0NWCASES", "text", "x", "blocks", asJSON([]any{section(3000), section(3000), section(3000), section(3000), section(3000)}))
	sent := w.ok("chat.postMessage", "channel", "C0NWCASES", "text", strings.Repeat("日", 2000))
	w.refused("msg_too_long", "chat.update", "channel", "C0NWCASES", "ts", str(sent, "ts"), "text", strings.Repeat("日", 2000))
	if n := len(w.Problems()); n != 6 {
		t.Errorf("%d problems are noted, want 6: %q", n, w.Problems())
	}
}

// A fault fails a call in each of the ways in which calls fail.
func TestFaultsAndRates(t *testing.T) {
	w := newWorld(t)
	w.Fault("chat.postMessage", func(call int) *Fault {
		return map[int]*Fault{1: {Status: 503}, 2: {Error: "internal_error"}, 3: {Status: 429, RetryAfter: 7}, 4: {Accept: true}}[call]
	})
	post := func() (*http.Response, error) {
		return http.Get(w.APIURL() + "chat.postMessage?channel=C0NWCASES&text=x&token=" + w.team.BotToken)
	}
	for i, want := range []int{503, 200, 429} {
		resp, err := post()
		w.must(err)
		resp.Body.Close()
		if resp.StatusCode != want || i == 2 && resp.Header.Get("Retry-After") != "7" {
			t.Errorf("call %d gave status %d and %v", i+1, resp.StatusCode, resp.Header)
		}
	}
	if n := len(w.Raw("C0NWCASES")); n != 0 {
		t.Errorf("failed calls left %d messages", n)
	}
	// The client may have asked again by itself, for the request was a GET; the message is there in any case.
	if resp, err := post(); err == nil {
		resp.Body.Close()
	}
	if n := len(w.Raw("C0NWCASES")); n == 0 {
		t.Error("a call whose answer was lost was not carried out")
	}
	w.Limit("users.info", 2)
	w.ok("users.info", "user", "U0DANA")
	w.ok("users.info", "user", "U0DANA")
	resp, err := http.Get(w.APIURL() + "users.info?user=U0DANA&token=" + w.team.BotToken)
	w.must(err)
	resp.Body.Close()
	if resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "60" {
		t.Errorf("the third call in a minute gave status %d, wait %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	w.clock.Advance(time.Minute)
	w.ok("users.info", "user", "U0DANA")
	if n := len(w.Calls("users.info")); n != 4 {
		t.Errorf("%d calls are kept, want 4", n)
	}
}

// An upload is three steps, and the file is with a message of the app's.
func TestAFileIsUploaded(t *testing.T) {
	w := newWorld(t)
	asked := w.ok("files.getUploadURLExternal", "filename", "chart.png", "length", "5")
	body := &strings.Builder{}
	form := multipart.NewWriter(body)
	part, err := form.CreateFormFile("file", "chart.png")
	w.must(err)
	_, err = part.Write([]byte("bytes"))
	w.must(err)
	w.must(form.Close())
	complete := []string{"files", asJSON([]any{map[string]any{"id": asked["file_id"], "title": "Chart"}}), "channel_id", "C0NWCASES", "initial_comment", "the chart"}
	w.refused("file_update_failed", "files.completeUploadExternal", complete...)
	resp, err := http.Post(str(asked, "upload_url"), form.FormDataContentType(), strings.NewReader(body.String()))
	w.must(err)
	resp.Body.Close()
	done := w.ok("files.completeUploadExternal", complete...)
	w.refused("file_not_found", "files.completeUploadExternal", complete...)
	seen := w.work.Read(w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"})
	if len(seen) != 1 || strings.Join(seen[0].Files, " ") != "chart.png" {
		t.Fatalf("Dana sees %+v", seen)
	}
	if got := w.download(str(objects(done, "files")[0], "url_private"), w.team.BotToken); got != "bytes" {
		t.Errorf("the file reads %q", got)
	}
	if got := w.download(str(objects(done, "files")[0], "url_private"), w.other.BotToken); !strings.Contains(got, "Sign in") {
		t.Errorf("another team's token reads %q", got)
	}
}

// A response URL takes five answers in half an hour.
func TestAResponseURLIsUsedUp(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	channel := bottest.Spot{Home: "nw", Channel: "C0NWCASES"}
	w.must(w.work.Command(t.Context(), w.dana, channel, "list"))
	address := str(a.interactions("")[0], "response_url")
	for i := range 5 {
		kind := "ephemeral"
		if i == 4 {
			kind = "in_channel"
		}
		if status, body := w.post(address, fmt.Sprintf(`{"text":"answer %d","response_type":%q}`, i, kind)); status != 200 || body != "ok" {
			t.Errorf("answer %d: status %d, %q", i, status, body)
		}
	}
	if status, body := w.post(address, `{"text":"one too many"}`); status != 404 || !strings.Contains(body, "used_url") {
		t.Errorf("the sixth answer: status %d, %q", status, body)
	}
	seen := w.work.Read(w.dana, channel)
	if len(seen) != 5 || !seen[0].Private || seen[4].Private || len(w.Raw("C0NWCASES")) != 1 {
		t.Errorf("Dana sees %+v", seen)
	}
	// A press on a private answer names the place and replaces it through its own address.
	w.must(w.work.Command(t.Context(), w.dana, channel, "list"))
	all := a.interactions("")
	w.post(str(all[1], "response_url"), `{"blocks":`+button("More", "list 2")+`}`)
	seen = w.work.Read(w.dana, channel)
	w.must(w.work.Press(t.Context(), w.dana, seen[5].Ref, "More"))
	press := a.interactions("block_actions")[0]
	if press["message"] != nil || at(press, "container", "is_ephemeral") != true {
		t.Errorf("the press on a private answer came as %v", press)
	}
	w.post(str(press, "response_url"), `{"text":"page two","replace_original":true}`)
	if seen = w.work.Read(w.dana, channel); len(seen) != 6 || bot.PlainText(*seen[5].Message, nil) != "page two" {
		t.Errorf("after the press Dana sees %+v", seen[5].Message)
	}
	w.clock.Advance(31 * time.Minute)
	if status, body := w.post(str(press, "response_url"), `{"text":"late"}`); status != 404 || !strings.Contains(body, "expired_url") {
		t.Errorf("after half an hour: status %d, %q", status, body)
	}
}

// OAuth codes are used once.
func TestACodeIsExchangedOnce(t *testing.T) {
	w := newWorld(t)
	w.DefineCode("code-1", "T0HB")
	out := w.call("", "oauth.v2.access", "client_id", "1", "client_secret", "2", "code", "code-1")
	if str(out, "access_token") != w.other.BotToken || str(out, "team", "id") != "T0HB" {
		t.Errorf("the code gave %v", out)
	}
	if out = w.call("", "oauth.v2.access", "client_id", "1", "client_secret", "2", "code", "code-1"); out["error"] != "invalid_code" {
		t.Errorf("the code gave %v again", out)
	}
}

// A message that calls a crowd is noted, wherever in it the call stands; what only reads like one is not.
func TestCallsOfACrowdAreNoted(t *testing.T) {
	for _, c := range []struct {
		name, text, blocks string
		noted              bool
	}{
		{"in the text", "<!channel> hello", "", true},
		{"of a user group", "<!subteam^S0AGENTS>", "", true},
		{"in a section", "x", `[{"type":"section","text":{"type":"mrkdwn","text":"<!here|here> hello"}}]`, true},
		{"in a field", "x", `[{"type":"section","fields":[{"type":"mrkdwn","text":"<!everyone>"}]}]`, true},
		{"in rich text", "x", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"channel"}]}]}]`, true},
		{"escaped", "&lt;!channel&gt;", `[{"type":"section","text":{"type":"mrkdwn","text":"&lt;!here&gt;"}}]`, false},
		{"as plain words", "x", `[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text","text":"<!channel>"}]}]},{"type":"section","text":{"type":"plain_text","text":"<!here>"}}]`, false},
		{"of one person", "<@U0DANA>", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v any = map[string]any{"type": "mrkdwn", "text": c.text}
			if c.blocks != "" {
				var list []any
				if err := json.Unmarshal([]byte(c.blocks), &list); err != nil {
					t.Fatal(err)
				}
				v = map[string]any{"type": "mrkdwn", "text": c.text, "elements": list}
			}
			if got := summons(v); (got != "") != c.noted {
				t.Errorf("noted: %q", got)
			}
		})
	}
}
