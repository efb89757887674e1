package discordfake

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

// Pages of history join to the whole, without a gap and without a double, from either end.
func TestHistoryIsReadByPages(t *testing.T) {
	w := newWorld(t)
	var ids []string
	for i := range 7 {
		ids = append(ids, w.post(casesID, fmt.Sprint("message ", i)))
	}
	page := func(query string) []string {
		var out []string
		for _, m := range objects(w.ok("GET", "channels/"+casesID+"/messages?"+query, nil), "list") {
			out = append(out, str(m, "id"))
		}
		return out
	}
	newest := []string{ids[6], ids[5], ids[4], ids[3], ids[2], ids[1], ids[0]}
	var back []string
	for before := ""; ; {
		got := page("limit=3&before=" + before)
		if len(got) == 0 {
			break
		}
		back = append(back, got...)
		before = got[len(got)-1]
	}
	if strings.Join(back, " ") != strings.Join(newest, " ") {
		t.Errorf("backwards the pages read %v, want %v", back, newest)
	}
	for query, want := range map[string][]string{"": newest, "limit=2": newest[:2], "after=" + ids[1] + "&limit=2": {ids[3], ids[2]}, "after=0&limit=1": {ids[0]},
		"around=" + ids[3] + "&limit=3": {ids[4], ids[3], ids[2]}} {
		if got := page(query); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%q reads %v, want %v", query, got, want)
		}
	}
	w.refused(50035, "GET", "channels/"+casesID+"/messages?limit=101", nil)
}

// The same nonce within a few minutes is the same message; later, or not enforced, it is another.
func TestANonceSendsOnce(t *testing.T) {
	w := newWorld(t)
	send := func(text string, enforce bool) string {
		return str(w.ok("POST", "channels/"+casesID+"/messages", map[string]any{"content": text, "nonce": "d-1", "enforce_nonce": enforce, "allowed_mentions": quiet}), "id")
	}
	first := send("once", true)
	if again := send("again", true); again != first {
		t.Errorf("the same nonce gave %s and then %s", first, again)
	}
	if other := send("not enforced", false); other == first {
		t.Error("a nonce that was not enforced gave the old message")
	}
	w.clock.Advance(6 * time.Minute)
	if late := send("much later", true); late == first {
		t.Error("after six minutes the nonce is still remembered")
	}
	for _, m := range w.Raw(casesID) {
		if m["nonce"] != nil {
			t.Error("the history shows a nonce, which Discord does not keep")
		}
	}
	w.refused(50035, "POST", "channels/"+casesID+"/messages", map[string]any{"content": "x", "nonce": strings.Repeat("n", 26), "allowed_mentions": quiet})
}

// Faults: a status, a rate limit, and an answer that is lost after the work was done.
func TestCallsFailAsTheyDo(t *testing.T) {
	w := newWorld(t)
	route := "POST /channels/{id}/messages"
	faults := []*Fault{{Status: 500}, {Status: 403, Code: 50013}, {Status: 429, RetryAfter: 1.5, Global: true}, {Accept: true}}
	w.Fault(route, func(call int) *Fault {
		if call <= len(faults) {
			return faults[call-1]
		}
		return nil
	})
	body := map[string]any{"content": "hello", "allowed_mentions": quiet}
	var got []string
	for range 5 {
		status, out := w.call("POST", "channels/"+casesID+"/messages", body)
		got = append(got, fmt.Sprint(status, "/", num(out, "code"), "/", at(out, "retry_after"), "/", yes(out, "global")))
	}
	want := "500/0/<nil>/false 403/50013/<nil>/false 429/0/1.5/true 0/0/<nil>/false 200/0/<nil>/false"
	if strings.Join(got, " ") != want {
		t.Errorf("the calls gave %v, want %s", got, want)
	}
	if n := len(w.Raw(casesID)); n != 2 {
		t.Errorf("%d messages arrived, want the lost one and the last", n)
	}
	calls := w.Calls(route)
	if len(calls) != 5 || calls[2].Status != 429 || calls[0].Bot != w.bot.ID || str(calls[0].JSON, "content") != "hello" {
		t.Errorf("the calls were kept as %+v", calls)
	}
}

// A bucket that a test sets runs empty and fills again.
func TestABucketRunsEmpty(t *testing.T) {
	w := newWorld(t)
	w.Limit("POST /channels/{c}/typing", 1, time.Hour)
	w.ok("POST", "channels/"+casesID+"/typing", nil)
	status, out := w.call("POST", "channels/"+casesID+"/typing", nil)
	if after, _ := out["retry_after"].(float64); status != 429 || after < 3000 {
		t.Errorf("over the limit: %d %v", status, out)
	}
	w.ok("POST", "channels/"+forumID+"/typing", nil)
	w.Limit("POST /channels/{c}/typing", 0, 0)
	w.ok("POST", "channels/"+casesID+"/typing", nil)
}

// Discord's codes for what a bot may not do.
func TestWhatDiscordRefuses(t *testing.T) {
	w := newWorld(t)
	id := w.post(casesID, "card")
	text := map[string]any{"content": "x", "allowed_mentions": quiet}
	w.refused(10003, "POST", "channels/123456789012345678/messages", text)
	w.refused(50035, "POST", "channels/no-such-channel/messages", text)
	w.refused(50006, "POST", "channels/"+casesID+"/messages", map[string]any{"content": " \n "})
	w.refused(50024, "POST", "channels/"+forumID+"/messages", text)
	w.refused(10008, "PATCH", "channels/"+casesID+"/messages/1", text)
	said, err := w.work.Say(t.Context(), w.dana, w.channel(), "mine", nil)
	w.must(err)
	_, own, _ := strings.Cut(string(said), "/")
	w.refused(50005, "PATCH", "channels/"+casesID+"/messages/"+own, text)
	w.refused(10014, "PUT", "channels/"+casesID+"/messages/"+id+"/reactions/eyes/@me", nil)
	w.refused(10007, "GET", "guilds/"+guildID+"/members/1", nil)
	w.refused(0, "GET", "guilds/"+guildID+"/webhooks", nil)

	w.Permit(casesID, "VIEW_CHANNEL", "READ_MESSAGE_HISTORY")
	w.refused(50013, "POST", "channels/"+casesID+"/messages", text)
	w.ok("GET", "channels/"+casesID+"/messages/"+id, nil)
	w.Permit(casesID)
	w.refused(50001, "POST", "channels/"+casesID+"/messages", text)
	w.Kick(w.bot, guildID)
	w.refused(50001, "POST", "channels/"+forumID+"/messages", text)
	w.Delete(forumID)
	w.refused(10003, "POST", "channels/"+forumID+"/messages", text)
	w.Revoke(w.bot)
	if status, out := w.call("GET", "users/@me", nil); status != 401 || str(out, "message") != "401: Unauthorized" {
		t.Errorf("with a token taken back: %d %v", status, out)
	}
}

// A payload over a limit is refused with the place of each fault, and noted.
func TestPayloadsOverALimitAreRefused(t *testing.T) {
	w := newWorld(t)
	long := func(n int) string { return strings.Repeat("x", n) }
	options := func(n int) (out []any) {
		for i := range n {
			out = append(out, map[string]any{"label": fmt.Sprint(i), "value": fmt.Sprint(i)})
		}
		return out
	}
	for place, body := range map[string]map[string]any{
		"content":                                   {"content": long(2001)},
		"embeds":                                    {"embeds": []any{map[string]any{"description": long(4000)}, map[string]any{"description": long(2001)}}},
		"embeds.0.title":                            {"embeds": []any{map[string]any{"title": long(257)}}},
		"embeds.0.description":                      {"embeds": []any{map[string]any{"description": long(4097)}}},
		"embeds.0.fields.0.name":                    {"embeds": []any{map[string]any{"title": "t", "fields": []any{map[string]any{"name": "", "value": "v"}}}}},
		"components.0.components.0.label":           {"content": "x", "components": []any{row(button(long(81), "a"))}},
		"components.0.components.0.custom_id":       {"content": "x", "components": []any{row(button("a", long(101)))}},
		"components.0.components.1.custom_id":       {"content": "x", "components": []any{row(button("a", "same"), button("b", "same"))}},
		"components.0.components":                   {"content": "x", "components": []any{row(button("1", "1"), button("2", "2"), button("3", "3"), button("4", "4"), button("5", "5"), button("6", "6"))}},
		"components.0.components.0.options":         {"content": "x", "components": []any{row(map[string]any{"type": 3, "custom_id": "s", "options": options(26)})}},
		"components.0.components.0.options.0.label": {"content": "x", "components": []any{row(map[string]any{"type": 3, "custom_id": "s", "options": []any{map[string]any{"label": long(101), "value": "v"}}})}},
		"allowed_mentions":                          {"content": "x", "allowed_mentions": map[string]any{"parse": []any{"users"}, "users": []any{danaID}}},
		"components.0.components.0.url":             {"content": "x", "components": []any{row(map[string]any{"type": 2, "style": 5, "label": "a", "url": "not an address"})}},
	} {
		out := w.refused(50035, "POST", "channels/"+casesID+"/messages", body)
		path := append(append([]string{"errors"}, strings.Split(place, ".")...), "_errors")
		if len(items(out, path...)) == 0 {
			t.Errorf("%s is not named in %v", place, out)
		}
	}
	if p := w.Problems(); len(p) != 13 {
		t.Errorf("%d problems are noted, want 13: %q", len(p), p)
	}
	w.ok("POST", "channels/"+casesID+"/messages", map[string]any{"content": long(2000), "allowed_mentions": quiet, "embeds": []any{map[string]any{"description": long(4096)}}})
}

// A send without allowed_mentions is noted, and one that pings everybody too.
func TestPingsAreNoted(t *testing.T) {
	w := newWorld(t)
	out := w.ok("POST", "channels/"+casesID+"/messages", map[string]any{"content": "<@" + danaID + "> <@&" + supportID + "> @everyone `<@" + marcoID + ">`"})
	if len(items(out, "mentions")) != 1 || len(items(out, "mention_roles")) != 1 || !yes(out, "mention_everyone") {
		t.Errorf("it pings %v %v %v", out["mentions"], out["mention_roles"], out["mention_everyone"])
	}
	out = w.ok("POST", "channels/"+casesID+"/messages", map[string]any{"content": "<@" + danaID + "> <@" + marcoID + "> @here", "allowed_mentions": map[string]any{"parse": []any{}, "users": []any{marcoID}}})
	if m := objects(out, "mentions"); len(m) != 1 || str(m[0], "id") != marcoID || yes(out, "mention_everyone") {
		t.Errorf("it pings %v %v", out["mentions"], out["mention_everyone"])
	}
	if p := w.Problems(); len(p) != 2 || !strings.Contains(p[0], "without allowed_mentions") || !strings.Contains(p[1], "pings everybody") {
		t.Errorf("the problems are %q", p)
	}
}

// Files go out as multipart and are served under addresses that expire; reading again gives a new one.
func TestAttachmentsExpire(t *testing.T) {
	w := newWorld(t)
	kind, data := parts(w, map[string]any{"content": "chart", "allowed_mentions": quiet, "attachments": []any{map[string]any{"id": 0, "description": "cases by week"}},
		"embeds": []any{map[string]any{"image": map[string]any{"url": "attachment://chart.png"}}}}, "chart.png")
	status, out := w.request("POST", "channels/"+casesID+"/messages", kind, data)
	if status != 200 {
		t.Fatal(status, out)
	}
	get := func(address string) int {
		resp, err := http.Get(address)
		w.must(err)
		defer resp.Body.Close()
		return resp.StatusCode
	}
	// What an embed shows is not among the attachments; its address stands in the embed.
	picture := func(m map[string]any) string { return str(objects(m, "embeds")[0], "image", "url") }
	if n := len(items(out, "attachments")); n != 0 {
		t.Errorf("%d attachments are told beside the picture in the embed", n)
	}
	address := picture(out)
	if get(address) != 200 || get(strings.Replace(address, "hm=", "hm=1", 1)) != 404 {
		t.Error("the address does not serve the file, or a wrong one does")
	}
	w.clock.Advance(25 * time.Hour)
	if get(address) != 404 {
		t.Error("after a day the address still works")
	}
	again := w.ok("GET", "channels/"+casesID+"/messages/"+str(out, "id"), nil)
	if get(picture(again)) != 200 {
		t.Error("reading again gives no new address")
	}
	seen := w.work.Read(w.dana, w.channel())
	if len(seen) != 1 || seen[0].Files[0] != "chart.png" || seen[0].Message.Blocks[1].Alt != "cases by week" {
		t.Errorf("Dana sees %+v", seen)
	}
	w.refused(50035, "POST", "channels/"+casesID+"/messages", map[string]any{"embeds": []any{map[string]any{"image": map[string]any{"url": "attachment://gone.png"}}}})
	edited := w.ok("PATCH", "channels/"+casesID+"/messages/"+str(out, "id"), map[string]any{"content": "none", "embeds": []any{}, "attachments": []any{}, "allowed_mentions": quiet})
	if len(items(edited, "attachments")) != 0 {
		t.Errorf("the edit left %v", edited["attachments"])
	}
}

// An edit leaves the attachments that it names by their ids, takes away the others, and adds what comes along; where it
// names none and brings none, all stay.
func TestAnEditKeepsTheAttachmentsItNames(t *testing.T) {
	w := newWorld(t)
	send := func(method, path string, body map[string]any, names ...string) map[string]any {
		body["allowed_mentions"] = quiet
		kind, data := parts(w, body, names...)
		status, out := w.request(method, path, kind, data)
		if status != 200 {
			t.Fatal(status, out)
		}
		return out
	}
	has := func(m map[string]any) (ids, names []string) {
		for _, a := range objects(m, "attachments") {
			ids, names = append(ids, str(a, "id")), append(names, str(a, "filename"))
		}
		return ids, names
	}
	path := "channels/" + casesID + "/messages"
	posted := send("POST", path, map[string]any{"content": "logs"}, "a.log", "b.log")
	ids, _ := has(posted)
	at := path + "/" + str(posted, "id")
	if got, _ := has(w.ok("PATCH", at, map[string]any{"content": "more words", "allowed_mentions": quiet})); !slices.Equal(got, ids) {
		t.Errorf("an edit that says nothing of files left %q of %q", got, ids)
	}
	got, names := has(send("PATCH", at, map[string]any{"attachments": []any{map[string]any{"id": ids[1]}, map[string]any{"id": 0}}}, "c.log"))
	if got[0] != ids[1] || !slices.Equal(names, []string{"b.log", "c.log"}) {
		t.Errorf("an edit that keeps the second file of two left %q, %q", got, names)
	}
	w.refused(50035, "PATCH", at, map[string]any{"attachments": []any{map[string]any{"id": ids[0]}}})
	if _, names := has(send("PATCH", at, map[string]any{"content": "logs"}, "d.log")); !slices.Equal(names, []string{"d.log"}) {
		t.Errorf("an edit that brings a file and names none left %q", names)
	}
	if got, _ := has(w.ok("PATCH", at, map[string]any{"attachments": []any{}})); len(got) != 0 {
		t.Errorf("an edit that names none left %q", got)
	}
}

// Threads: the id of the message, once; archived they take nothing until they are unarchived.
func TestArchivedThreadsTakeNothing(t *testing.T) {
	w := newWorld(t)
	card := w.post(casesID, "card")
	thread := w.ok("POST", "channels/"+casesID+"/messages/"+card+"/threads", map[string]any{"name": "NW-1", "auto_archive_duration": 1440})
	if str(thread, "id") != card || str(thread, "parent_id") != casesID {
		t.Fatalf("the thread is %v", thread)
	}
	w.refused(160004, "POST", "channels/"+casesID+"/messages/"+card+"/threads", map[string]any{"name": "NW-1"})
	w.refused(50035, "POST", "channels/"+casesID+"/messages/"+w.post(casesID, "other")+"/threads", map[string]any{"name": strings.Repeat("x", 101)})
	reply := w.post(card, "reply")
	w.Archive(card)
	text := map[string]any{"content": "late", "allowed_mentions": quiet}
	w.refused(50083, "POST", "channels/"+card+"/messages", text)
	w.refused(50083, "PATCH", "channels/"+card+"/messages/"+reply, text)
	w.refused(50083, "PUT", "channels/"+card+"/messages/"+reply+"/reactions/👀/@me", nil)
	w.refused(50083, "PATCH", "channels/"+card, map[string]any{"name": "NW-2"})
	if err := w.work.Toggle(t.Context(), bot.React, w.dana, bot.Ref("nwd:"+card+"/"+reply), "✅"); err == nil {
		t.Error("a person reacts in an archived thread")
	}
	active := objects(w.ok("GET", "guilds/"+guildID+"/threads/active", nil), "threads")
	old := objects(w.ok("GET", "channels/"+casesID+"/threads/archived/public", nil), "threads")
	if len(active) != 0 || len(old) != 1 {
		t.Errorf("active are %v, archived %v", active, old)
	}
	w.ok("PATCH", "channels/"+card, map[string]any{"archived": false})
	w.ok("POST", "channels/"+card+"/messages", text)
	if !yes(w.ok("PATCH", "channels/"+card, map[string]any{"archived": true, "locked": true}), "thread_metadata", "locked") {
		t.Error("the thread is not locked")
	}
	at := w.channel()
	at.Thread = bot.Ref("nwd:" + casesID + "/" + card)
	if _, err := w.work.Say(t.Context(), w.dana, at, "hello", nil); err == nil {
		t.Error("a person writes into a locked thread")
	}
	if got := w.work.Read(w.dana, at); len(got) != 3 {
		t.Errorf("Dana reads %+v", got)
	}
}

// A private thread is seen by its members alone, a forum by its posts.
func TestPrivateThreadsAndForums(t *testing.T) {
	w := newWorld(t)
	room := str(w.ok("POST", "channels/"+casesID+"/threads", map[string]any{"name": "nw-1", "type": 12, "invitable": false}), "id")
	w.ok("PUT", "channels/"+room+"/thread-members/"+danaID, nil)
	id := w.post(room, "need to know")
	at := bottest.Spot{Home: "nwd", Channel: room}
	if len(w.work.Read(w.dana, at)) != 1 || len(w.work.Read(w.marco, at)) != 0 {
		t.Error("the private thread is not read by Dana alone")
	}
	at.Thread = bot.Ref("nwd:" + room + "/" + id)
	if _, err := w.work.Say(t.Context(), w.dana, at, "I know", nil); err != nil || len(w.work.Read(w.dana, at)) != 2 {
		t.Errorf("Dana cannot write there: %v", err)
	}
	if n := len(items(w.ok("GET", "channels/"+room+"/thread-members", nil), "list")); n != 2 {
		t.Errorf("the thread has %d members", n)
	}
	post := w.ok("POST", "channels/"+forumID+"/threads", map[string]any{"name": "NW-2", "message": map[string]any{"content": "post", "allowed_mentions": quiet}})
	if str(post, "message", "id") != str(post, "id") || str(post, "message", "channel_id") != str(post, "id") {
		t.Errorf("the post is %v", post)
	}
	forum := bottest.Spot{Home: "nwd", Channel: "posts"}
	got := w.work.Read(w.marco, forum)
	if len(got) != 1 || string(got[0].Ref) != "nwd:"+str(post, "id")+"/"+str(post, "id") {
		t.Fatalf("Marco reads %+v", got)
	}
	forum.Thread = got[0].Ref
	if _, err := w.work.Say(t.Context(), w.marco, forum, "answer", nil); err != nil || len(w.work.Read(w.marco, forum)) != 2 {
		t.Errorf("Marco cannot answer: %v, %+v", err, w.work.Read(w.marco, forum))
	}
}
