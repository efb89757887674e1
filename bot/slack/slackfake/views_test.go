package slackfake

import (
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

func textInput(block, label, initial string, more map[string]any) map[string]any {
	e := map[string]any{"type": "plain_text_input", "action_id": "v"}
	if initial != "" {
		e["initial_value"] = initial
	}
	b := map[string]any{"type": "input", "block_id": block, "label": plainText(label), "element": e}
	for k, v := range more {
		b[k] = v
	}
	return b
}

func choiceInput(block, label string, live bool, values ...string) map[string]any {
	var options []any
	for _, v := range values {
		options = append(options, map[string]any{"text": plainText("Option " + v), "value": v})
	}
	return map[string]any{"type": "input", "block_id": block, "label": plainText(label), "dispatch_action": live,
		"element": map[string]any{"type": "static_select", "action_id": "v", "options": options}}
}

func modal(blocks ...any) map[string]any {
	return map[string]any{"type": "modal", "callback_id": "resolve", "title": plainText("Resolve"), "submit": plainText("Send"), "blocks": blocks}
}

// trigger makes Dana type a command and gives the trigger id of it.
func (w *world) trigger(a *app) string {
	w.Helper()
	w.must(w.work.Command(w.Context(), w.dana, bottest.Spot{Home: "nw", Channel: "C0NWCASES"}, "resolve"))
	all := a.interactions("")
	return str(all[len(all)-1], "trigger_id")
}

// A trigger id opens one modal, within three seconds.
func TestATriggerIsUsedOnceAndExpires(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	v := asJSON(modal(textInput("text", "What was done", "", nil)))
	once := w.trigger(a)
	w.ok("views.open", "trigger_id", once, "view", v)
	w.refused("exchanged_trigger_id", "views.open", "trigger_id", once, "view", v)
	late := w.trigger(a)
	w.clock.Advance(3*time.Second + time.Millisecond)
	w.refused("expired_trigger_id", "views.open", "trigger_id", late, "view", v)
	w.refused("invalid_trigger_id", "views.open", "trigger_id", "1.2.made-up", "view", v)
}

// An update with the hash of an older state is refused; one of a closed view finds nothing.
func TestAViewIsUpdatedByItsHash(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	opened := w.ok("views.open", "trigger_id", w.trigger(a), "view", asJSON(modal(textInput("text", "What was done", "", nil))))
	id, hash := str(opened, "view", "id"), str(opened, "view", "hash")
	second := asJSON(modal(textInput("text", "What was done", "new initial", nil), textInput("note", "Anything else", "with an initial", nil)))
	w.ok("views.update", "view_id", id, "hash", hash, "view", second)
	w.refused("hash_conflict", "views.update", "view_id", id, "hash", hash, "view", second)
	f := w.work.Dialog(w.dana)
	if len(f.Fields) != 2 || f.Fields[0].Value != "" || f.Fields[1].Value != "with an initial" {
		t.Errorf("what is typed belongs to the person, what is new begins with its initial value; the form is %+v", f.Fields)
	}
	w.must(w.CloseView(t.Context(), "U0DANA"))
	w.refused("not_found", "views.update", "view_id", id, "view", second)
}

// A refused submission stays open with what was typed and the sentences beside the fields.
func TestASubmissionIsAnsweredByErrorsThenTaken(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	w.ok("views.open", "trigger_id", w.trigger(a), "view", asJSON(modal(textInput("text~2", "What was done", "", nil), textInput("note", "Note", "", map[string]any{"optional": true}))))
	a.script(func(env map[string]any) (any, bool) {
		if text := str(env, "payload", "view", "state", "values", "text~2", "v", "value"); text == "asdf" {
			return map[string]any{"response_action": "errors", "errors": map[string]any{"text~2": "Say what was done."}}, true
		}
		return nil, true
	})
	w.must(w.work.Submit(t.Context(), w.dana, map[string]string{"note": "kept"}, nil))
	if f := w.work.Dialog(w.dana); f == nil || f.Fields[0].Error == "" || len(a.interactions("view_submission")) != 0 {
		t.Fatalf("a required field is empty and the form was sent: %+v", f)
	}
	w.must(w.work.Submit(t.Context(), w.dana, map[string]string{"text": "asdf"}, nil))
	f := w.work.Dialog(w.dana)
	if f == nil || f.Fields[0].Key != "text" || f.Fields[0].Value != "asdf" || f.Fields[0].Error != "Say what was done." || f.Fields[1].Value != "kept" {
		t.Fatalf("after the refusal the form is %+v", f)
	}
	if err := w.work.Submit(t.Context(), w.dana, map[string]string{"nothing": "x"}, nil); err == nil {
		t.Error("a field that is not there was filled in")
	}
	w.must(w.work.Submit(t.Context(), w.dana, map[string]string{"text": "Cleared the queue"}, nil))
	if w.work.Dialog(w.dana) != nil {
		t.Error("the dialog is still open")
	}
	if p := w.Problems(); len(p) > 0 {
		t.Error(p)
	}
}

// A field with dispatch_action is reported before the form is sent, and the update that follows is applied.
func TestALiveFieldChangesTheFormBeforeItIsSent(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	w.ok("views.open", "trigger_id", w.trigger(a), "view", asJSON(modal(choiceInput("kind", "Kind", true, "a", "b"), textInput("text", "Text", "", nil))))
	a.script(func(env map[string]any) (any, bool) {
		if p := obj(env, "payload"); str(p, "type") == "block_actions" {
			chosen := str(items(p, "actions")[0], "selected_option", "value")
			w.ok("views.update", "view_id", str(p, "view", "id"), "hash", str(p, "view", "hash"), "view",
				asJSON(modal(choiceInput("kind", "Kind", true, "a", "b"), textInput("text", "Text", "", nil), textInput("why", "Why "+chosen, "", nil))))
		}
		return nil, true
	})
	if err := w.work.Submit(t.Context(), w.dana, map[string]string{"kind": "c"}, nil); err == nil {
		t.Error("an option that is not there was chosen")
	}
	w.must(w.work.Submit(t.Context(), w.dana, map[string]string{"kind": "b", "text": "words", "why": "because"}, nil))
	got := a.interactions("view_submission")
	if len(got) != 1 || str(got[0], "view", "state", "values", "why", "v", "value") != "because" || str(got[0], "view", "state", "values", "kind", "v", "selected_option", "value") != "b" {
		t.Errorf("the form came as %v", got)
	}
}

// At most three modals lie on each other; an answer may push, update or clear them.
func TestModalsLieOnEachOther(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	page := func(n string) map[string]any { return modal(textInput("q"+n, "Question "+n, "", nil)) }
	w.ok("views.open", "trigger_id", w.trigger(a), "view", asJSON(page("1")))
	next := map[string]string{"q1": "2", "q2": "3"}
	a.script(func(env map[string]any) (any, bool) {
		for q, n := range next {
			if at(env, "payload", "view", "state", "values", q) != nil {
				return map[string]any{"response_action": "push", "view": page(n)}, true
			}
		}
		return map[string]any{"response_action": "clear"}, true
	})
	for _, q := range []string{"q1", "q2", "q3"} {
		if f := w.work.Dialog(w.dana); f == nil || f.Fields[0].Key != q {
			t.Fatalf("the form on top is %+v, want %s", f, q)
		}
		w.must(w.work.Submit(t.Context(), w.dana, map[string]string{q: "x"}, nil))
	}
	if w.work.Dialog(w.dana) != nil {
		t.Error("clear left a view open")
	}
}

// Files of a form come with the submission and are read with the app's token.
func TestAFormTakesFilesAndTimes(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	files := map[string]any{"type": "input", "block_id": "evidence", "optional": true, "label": plainText("Evidence"), "element": map[string]any{"type": "file_input", "action_id": "v", "max_files": 1, "filetypes": []any{"log"}}}
	due := map[string]any{"type": "input", "block_id": "due", "label": plainText("Due"), "element": map[string]any{"type": "datetimepicker", "action_id": "v"}}
	w.ok("views.open", "trigger_id", w.trigger(a), "view", asJSON(modal(files, due)))
	if err := w.work.Submit(t.Context(), w.dana, nil, []bot.File{{Name: "a.exe", Data: []byte("x")}}); err == nil {
		t.Error("a kind of file that is not allowed was taken")
	}
	w.must(w.work.Submit(t.Context(), w.dana, map[string]string{"due": "2026-03-06 17:00"}, []bot.File{{Name: "till.log", Type: "text/plain", Data: []byte("boom")}}))
	got := a.interactions("view_submission")
	if len(got) != 1 {
		t.Fatalf("%d forms came", len(got))
	}
	f := objects(got[0], "view", "state", "values", "evidence", "v", "files")
	when, _ := at(got[0], "view", "state", "values", "due", "v", "selected_date_time").(float64)
	// 17:00 in Chicago in early March is 23:00 UTC.
	if len(f) != 1 || str(f[0], "name") != "till.log" || time.Unix(int64(when), 0).UTC().Format(timeForm) != "2026-03-06 23:00" {
		t.Errorf("the form came with %v and %v", f, when)
	}
	if body := w.download(str(f[0], "url_private_download"), w.team.BotToken); body != "boom" {
		t.Errorf("the file reads %q", body)
	}
	if body := w.download(str(f[0], "url_private_download"), "xoxb-wrong"); !strings.Contains(body, "Sign in") {
		t.Errorf("with a wrong token the file reads %q, want the page to sign in on", body)
	}
}

// Every documented limit of a view is held: the call is refused and noted.
func TestViewsOverALimitAreRefused(t *testing.T) {
	w := newWorld(t)
	a := w.connect(w.team)
	big := modal(textInput("text", "Text", "", nil))
	big["private_metadata"] = strings.Repeat("x", 3001)
	long := modal(textInput("text", "Text", "", nil))
	long["title"] = plainText(strings.Repeat("t", 25))
	var many []string
	for range 101 {
		many = append(many, strings.Repeat("v", len(many)%70+1)+string(rune('A'+len(many)%26))+strings.Repeat("w", len(many)/50))
	}
	noSubmit := modal(textInput("text", "Text", "", nil))
	delete(noSubmit, "submit")
	for name, v := range map[string]map[string]any{"private_metadata": big, "title": long, "options": modal(choiceInput("x", "X", false, many...)), "submit": noSubmit,
		"already exists": modal(textInput("same", "A", "", nil), textInput("same", "B", "", nil)), "initial_value": modal(textInput("x", "X", strings.Repeat("x", 3001), nil))} {
		before := len(w.Problems())
		out := w.refused("invalid_arguments", "views.open", "trigger_id", w.trigger(a), "view", asJSON(v))
		if got := asJSON(items(out, "response_metadata", "messages")); !strings.Contains(got, name) || len(w.Problems()) != before+1 {
			t.Errorf("%s: the messages are %s", name, got)
		}
	}
}
