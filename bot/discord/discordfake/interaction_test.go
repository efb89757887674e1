package discordfake

import (
	"strings"
	"testing"
	"time"

	"casebot/bot"
)

// commands registers /case with its one option.
func (w *world) commands() {
	w.Helper()
	w.ok("PUT", "applications/"+w.bot.Application+"/guilds/"+guildID+"/commands", []any{
		map[string]any{"name": "case", "description": "Cases", "options": []any{map[string]any{"type": 3, "name": "line", "description": "What to do", "autocomplete": true}}},
		map[string]any{"name": "File as a case", "type": 3}})
}

// taken collects interactions without answering them.
func (a *app) taken() <-chan map[string]any {
	out := make(chan map[string]any, 10)
	a.with(func(d map[string]any) { out <- d })
	return out
}

func callbackOf(d map[string]any) string {
	return "interactions/" + str(d, "id") + "/" + str(d, "token") + "/callback"
}

func webhookOf(d map[string]any) string {
	return "webhooks/" + str(d, "application_id") + "/" + str(d, "token")
}

// There is one first answer, within three seconds; the token then lives for fifteen minutes.
func TestAnInteractionIsAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intents)
	w.commands()
	in := a.taken()
	ended := make(chan error, 1)
	command := func() map[string]any {
		go func() { ended <- w.work.Command(t.Context(), w.dana, w.channel(), "list") }()
		return <-in
	}
	d := command()
	w.refused(10015, "POST", webhookOf(d), map[string]any{"content": "too early", "allowed_mentions": quiet})
	w.refused(10062, "POST", "interactions/"+str(d, "id")+"/made-up/callback", reply("x"))
	w.refused(50035, "POST", callbackOf(d), map[string]any{"type": 7, "data": map[string]any{"content": "x"}})
	w.ok("POST", callbackOf(d), reply("once"))
	w.must(<-ended)
	if n := len(w.Problems()); n != 1 {
		t.Errorf("problems so far: %q", w.Problems())
	}
	w.refused(40060, "POST", callbackOf(d), reply("twice"))
	if p := w.Problems(); len(p) != 2 || !strings.Contains(p[1], "a second first answer") {
		t.Errorf("problems: %q", p)
	}
	w.ok("PATCH", webhookOf(d)+"/messages/@original", map[string]any{"content": "changed", "allowed_mentions": quiet})
	later := w.ok("POST", webhookOf(d), map[string]any{"content": "and more", "flags": 64, "allowed_mentions": quiet})
	w.ok("PATCH", webhookOf(d)+"/messages/"+str(later, "id"), map[string]any{"content": "and less", "allowed_mentions": quiet})
	var got []string
	for _, m := range w.work.Read(w.dana, w.channel()) {
		got = append(got, bot.PlainText(*m.Message, time.UTC))
		if !m.Private {
			t.Errorf("%v is not private", m)
		}
	}
	if strings.Join(got, "|") != "changed|and less" || len(w.work.Read(w.marco, w.channel())) != 0 || len(w.Raw(casesID)) != 0 {
		t.Errorf("Dana reads %q", got)
	}
	w.ok("DELETE", webhookOf(d)+"/messages/"+str(later, "id"), nil)
	w.clock.Advance(16 * time.Minute)
	w.refused(50027, "PATCH", webhookOf(d)+"/messages/@original", map[string]any{"content": "late", "allowed_mentions": quiet})

	d = command()
	w.clock.Advance(4 * time.Second)
	w.refused(10062, "POST", callbackOf(d), reply("late"))
	w.Close() // Nobody answers any more.
	if err := <-ended; err == nil {
		t.Error("the command has an answer that came too late")
	}
}

// A deferred answer is filled in by an edit or by the first follow-up, and seen by whom it was for.
func TestADeferredAnswerComesLater(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intents)
	w.commands()
	in := a.taken()
	for _, private := range []bool{true, false} {
		ended := make(chan error, 1)
		go func() { ended <- w.work.Command(t.Context(), w.dana, w.channel(), "list") }()
		d := <-in
		flags := 0
		if private {
			flags = 64
		}
		w.ok("POST", callbackOf(d), map[string]any{"type": 5, "data": map[string]any{"flags": flags}})
		w.must(<-ended)
		if private {
			if n := len(w.work.Read(w.dana, w.channel())); n != 0 {
				t.Errorf("what is not there yet is read as %d messages", n)
			}
			w.ok("PATCH", webhookOf(d)+"/messages/@original", map[string]any{"content": "here", "allowed_mentions": quiet})
		} else {
			w.ok("POST", webhookOf(d), map[string]any{"content": "there", "flags": 64, "allowed_mentions": quiet})
		}
		w.Settle()
	}
	if dana, marco := w.work.Read(w.dana, w.channel()), w.work.Read(w.marco, w.channel()); len(dana) != 2 || len(marco) != 1 || marco[0].Private || marco[0].Edited {
		t.Errorf("Dana reads %+v, Marco %+v", dana, marco)
	}
	if p := w.Problems(); len(p) > 0 {
		t.Error(p)
	}
}

// form is a modal with two questions.
func form(id string, fields ...any) map[string]any {
	rows := []any{}
	for _, f := range fields {
		rows = append(rows, row(f))
	}
	return map[string]any{"type": 9, "data": map[string]any{"custom_id": id, "title": "Resolve NW-1", "components": rows}}
}

func input(id, label, value string, required bool) map[string]any {
	return map[string]any{"type": 4, "custom_id": id, "label": label, "style": 2, "value": value, "required": required, "placeholder": "for example", "max_length": 200}
}

// A modal opens in answer to a press, comes back with what was typed, and no modal may follow it.
func TestAModalIsFilledIn(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intents)
	card := bot.Ref("nwd:" + casesID + "/" + w.post(casesID, "card"))
	var sent map[string]any
	a.with(func(d map[string]any) {
		switch num(d, "type") {
		case 3:
			w.call("POST", callbackOf(d), form("resolve", input("text~1", "What was done", "", true), input("note", "More", "as before", false)))
		case 5:
			w.refused(50035, "POST", callbackOf(d), form("another", input("a", "b", "", false)))
			sent = d
			w.call("POST", callbackOf(d), reply("resolved"))
		}
	})
	w.must(w.work.Press(t.Context(), w.dana, card, "Acknowledge"))
	f := w.work.Dialog(w.dana)
	if f == nil || f.Title != "Resolve NW-1" || len(f.Fields) != 2 || f.Fields[0].Key != "text" || !f.Fields[0].Required || f.Fields[1].Value != "as before" ||
		f.Fields[0].Kind != bot.AskLong || f.Fields[0].Example != "for example" {
		t.Fatalf("the dialog is %+v", f)
	}
	if w.work.Dialog(w.marco) != nil {
		t.Error("Marco sees Dana's dialog")
	}
	submit := func(values map[string]string, files ...bot.File) error {
		return w.work.Submit(t.Context(), w.dana, values, files)
	}
	if submit(map[string]string{"colour": "red"}) == nil || submit(nil, bot.File{Name: "a"}) == nil || submit(map[string]string{"text": strings.Repeat("x", 201)}) == nil {
		t.Error("a wrong filling was taken")
	}
	w.must(submit(map[string]string{"text": ""}))
	if f = w.work.Dialog(w.dana); f == nil || f.Fields[0].Error == "" {
		t.Fatalf("an empty required field was sent: %+v", f)
	}
	w.must(submit(map[string]string{"text": "Cleared the queue"}))
	w.Settle()
	if w.work.Dialog(w.dana) != nil {
		t.Error("the dialog is still open")
	}
	rows := objects(sent, "data", "components")
	if str(sent, "data", "custom_id") != "resolve" || len(rows) != 2 || str(objects(rows[0], "components")[0], "value") != "Cleared the queue" ||
		str(objects(rows[1], "components")[0], "value") != "as before" || str(sent, "message", "id") == "" {
		t.Errorf("the modal came as %v", sent)
	}
}

// A message for one person with selects is a form too: each choice is an act, then the way on.
func TestChoicesInAMessageAreAForm(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intents)
	w.commands()
	var acts []string
	a.with(func(d map[string]any) {
		switch {
		case num(d, "type") == 2:
			w.call("POST", callbackOf(d), map[string]any{"type": 4, "data": map[string]any{"content": "Which?", "flags": 64, "allowed_mentions": quiet, "components": []any{
				row(map[string]any{"type": 3, "custom_id": "f:new:severity~2", "placeholder": "Severity", "options": []any{
					map[string]any{"label": "Sev 1", "value": "1"}, map[string]any{"label": "Sev 2", "value": "2", "default": true}}}),
				row(map[string]any{"type": 3, "custom_id": "f:new:areas", "placeholder": "Areas", "min_values": 0, "max_values": 2, "options": []any{
					map[string]any{"label": "API", "value": "api"}, map[string]any{"label": "UI", "value": "ui"}}}),
				row(button("Continue", "go on"))}}})
		case num(d, "data", "component_type") == 3:
			acts = append(acts, str(d, "data", "custom_id")+"="+strings.Join(texts(d, "data", "values"), ","))
			w.call("POST", callbackOf(d), map[string]any{"type": 6})
		default:
			acts = append(acts, str(d, "data", "custom_id"))
			w.call("POST", callbackOf(d), form("page", input("text", "Words", "", false)))
		}
	})
	w.must(w.work.Command(t.Context(), w.dana, w.channel(), "new"))
	f := w.work.Dialog(w.dana)
	if f == nil || len(f.Fields) != 2 || f.Fields[0].Key != "severity" || f.Fields[0].Value != "2" || f.Fields[0].Kind != bot.AskChoice || f.Fields[1].Kind != bot.AskMulti {
		t.Fatalf("the form is %+v", f)
	}
	if w.work.Submit(t.Context(), w.dana, map[string]string{"severity": "9"}, nil) == nil || w.work.Submit(t.Context(), w.dana, map[string]string{"x": "9"}, nil) == nil {
		t.Error("a choice that is not there was taken")
	}
	w.must(w.work.Submit(t.Context(), w.dana, map[string]string{"severity": "1", "areas": "api, ui"}, nil))
	if got := strings.Join(acts, " "); got != "f:new:areas=api,ui f:new:severity~2=1 go on" {
		t.Errorf("the acts are %q", got)
	}
	if f = w.work.Dialog(w.dana); f == nil || f.Name != "page" {
		t.Errorf("no modal followed: %+v", f)
	}
	w.CloseModal(danaID)
	if f = w.work.Dialog(w.dana); f == nil || f.Fields[0].Value != "1" {
		t.Errorf("what was chosen is gone: %+v", f)
	}
}

// Completions come while a person types; a message's menu files it.
func TestCompletionsAndMenus(t *testing.T) {
	w := newWorld(t)
	a := w.connect(intentGuilds)
	w.commands()
	in := a.taken()
	said, err := w.work.Say(t.Context(), w.marco, w.channel(), "it hangs", nil)
	w.must(err)
	got := make(chan []bot.Option, 1)
	go func() {
		o, err := w.work.(Completer).Complete(t.Context(), w.dana, w.channel(), "ack N")
		if err != nil {
			t.Error(err)
		}
		got <- o
	}()
	d := <-in
	if o := objects(d, "data", "options"); str(o[0], "value") != "ack N" || !yes(o[0], "focused") || num(d, "type") != 4 {
		t.Errorf("the completion came as %v", d)
	}
	w.ok("POST", callbackOf(d), map[string]any{"type": 8, "data": map[string]any{"choices": []any{map[string]any{"name": "NW-1 Exports hang", "value": "ack NW-1"}}}})
	if o := <-got; len(o) != 1 || o[0].Value != "ack NW-1" {
		t.Errorf("the completions are %+v", o)
	}
	a.answer(reply("filed"))
	w.must(w.work.(Completer).Pick(t.Context(), w.dana, said, "File as a case"))
	w.Settle()
	picked := a.of("INTERACTION_CREATE")[1]
	target := str(picked, "data", "target_id")
	if str(picked, "data", "resolved", "messages", target, "content") != "it hangs" {
		t.Errorf("the menu came as %v", picked)
	}
}

// Commands keep their ids when they are written again, and are held against the limits.
func TestCommandsAreOverwritten(t *testing.T) {
	w := newWorld(t)
	if err := w.work.Command(t.Context(), w.dana, w.channel(), "list"); err == nil {
		t.Error("a command that is not registered was taken")
	}
	w.commands()
	first := w.Commands(w.bot)
	w.commands()
	again := w.Commands(w.bot)
	if len(again) != 2 || str(first[0], "id") != str(again[0], "id") || w.CommandWrites() != 2 {
		t.Errorf("first %v, then %v", first, again)
	}
	path := "applications/" + w.bot.Application + "/commands"
	w.refused(50035, "PUT", path, []any{map[string]any{"name": "Case", "description": "capital letters"}})
	w.refused(50035, "PUT", path, []any{map[string]any{"name": "case", "description": strings.Repeat("x", 101)}})
	w.refused(20012, "PUT", "applications/1/commands", []any{})
	if err := w.work.Command(t.Context(), w.dana, w.channel(), "list"); err != errNotConnected {
		t.Errorf("with nobody connected: %v", err)
	}
	if out, err := fill(map[string]any{"options": []any{map[string]any{"type": 1.0, "name": "ack", "options": []any{
		map[string]any{"type": 3.0, "name": "case", "required": true}, map[string]any{"type": 4.0, "name": "severity"}}}}}, "ack NW-1 severity=2", false); err != nil ||
		len(out) != 1 || len(objects(out[0], "options")) != 2 || num(objects(out[0], "options")[1], "value") != 2 {
		t.Errorf("a subcommand is filled as %v, %v", out, err)
	}
}
