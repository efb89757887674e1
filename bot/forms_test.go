package bot_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// handler is a bot.Handler that keeps what it was handed and answers by a function of the test.
type handler struct {
	got    []bot.Interaction
	answer func(in *bot.Interaction) (bot.Answer, error)
}

func (h *handler) Handle(_ context.Context, in *bot.Interaction) (bot.Answer, error) {
	whole := *in
	whole.Values = maps.Clone(in.Values)
	h.got = append(h.got, whole)
	return h.answer(in)
}

// filing is a form of two choices and a text, as the handler would make it.
func filing(in *bot.Interaction) bot.Form {
	return bot.Form{Name: "new", Title: "New case", Fields: []bot.FormField{
		{Key: "severity", Label: "How bad is it", Kind: bot.AskChoice, Required: true, Value: in.Values["severity"], Hint: "Ask if unsure.",
			Options: []bot.Option{{Value: "1", Label: "Sev 1"}, {Value: "2", Label: "Sev 2"}}},
		{Key: "areas", Label: "Where", Kind: bot.AskMulti, Value: in.Values["areas"], Options: []bot.Option{{Value: "pos", Label: "Point of sale"}, {Value: "web"}}},
		{Key: "steps", Label: "Steps", Kind: bot.AskLong, Required: true, Value: in.Values["steps"]}}}
}

func (w *world) flow(h bot.Handler) *bot.Flow {
	return &bot.Flow{Next: h, Desk: &desk.Desk{Store: w.store, Dir: w.dir, Log: slog.New(slog.DiscardHandler)}}
}

func TestPages(t *testing.T) {
	var f bot.Form
	f.Title, f.Submit, f.Intro = "New case", "File", []bot.Block{bot.P(bot.T("what will happen"))}
	for i := range 11 {
		f.Fields = append(f.Fields, bot.FormField{Key: fmt.Sprint(i)})
	}
	for n, want := range map[int]string{0: "11", 11: "11", 20: "11", 5: "5 5 1", 4: "4 4 3", 1: "1 1 1 1 1 1 1 1 1 1 1"} {
		var sizes []string
		pages := bot.Plan(f, bot.Capabilities{DialogFields: n})
		for i, p := range pages {
			sizes = append(sizes, fmt.Sprint(len(p.Fields)))
			if last := i == len(pages)-1; (p.Submit == "File") != last || (len(p.Intro) > 0) != (i == 0) {
				t.Errorf("page %d of %d: button %q, intro %v", i+1, len(pages), p.Submit, p.Intro)
			}
		}
		if got := strings.Join(sizes, " "); got != want {
			t.Errorf("pages of %d: %s, want %s", n, got, want)
		}
	}
}

// Which questions are asked in a message before the dialogs, and which forms need none.
func TestPlanOfChoices(t *testing.T) {
	options := []bot.Option{{Value: "a"}, {Value: "b"}}
	field := func(key string) bot.FormField {
		x := bot.FormField{Key: key, Kind: bot.AskText}
		if key[0] == 'c' || key[0] == 'l' {
			x.Kind, x.Options, x.Live = bot.AskChoice, options, key[0] == 'l'
		}
		return x
	}
	small := bot.Capabilities{DialogFields: 3, DialogChoices: true, MessageChoices: 2}
	live := small
	live.LiveForms = true
	for _, c := range []struct {
		name, fields, want string // Pages between bars; one that stands in a message begins with @.
		caps               bot.Capabilities
	}{
		{"a short form is its dialog", "t1 c1 t2", "t1 c1 t2", small},
		{"a choice that changes the form stands in a message", "t1 l1 t2", "@l1 | t1 t2", small},
		{"where dialogs change by themselves it need not", "t1 l1 t2", "t1 l1 t2", live},
		{"a form of choices alone is one message", "l1 c1", "@l1 c1", small},
		{"a long form asks its choices first", "t1 c1 t2 t3 t4", "@c1 | t1 t2 t3 | t4", small},
		{"those that change it have the room", "c1 t1 c2 l1 l2 t2", "@l1 l2 | c1 t1 c2 | t2", small},
		{"without such messages all of it are dialogs", "l1 t1 t2 t3", "l1 t1 t2 | t3", bot.Capabilities{DialogFields: 3, DialogChoices: true}},
	} {
		var f bot.Form
		for _, key := range strings.Fields(c.fields) {
			f.Fields = append(f.Fields, field(key))
		}
		var got []string
		for _, p := range bot.Plan(f, c.caps) {
			var keys []string
			for _, x := range p.Fields {
				keys = append(keys, x.Key)
			}
			page := strings.Join(keys, " ")
			if p.InMessage {
				page = "@" + page
			}
			got = append(got, page)
		}
		if all := strings.Join(got, " | "); all != c.want {
			t.Errorf("%s: %s, want %s", c.name, all, c.want)
		}
	}
}

func TestChoicesWhereDialogsHaveNone(t *testing.T) {
	w := newWorld(t)
	h := &handler{}
	h.answer = func(in *bot.Interaction) (bot.Answer, error) {
		if in.Kind == bot.Submit {
			return bot.Answer{Done: true}, nil
		}
		f := filing(in)
		return bot.Answer{Form: &f}, nil
	}
	flow := w.flow(h)
	caps := bot.Capabilities{DialogFields: 5}
	a, err := flow.Handle(t.Context(), &bot.Interaction{Kind: bot.Command, Text: "new", Caps: caps})
	if err != nil || a.Form == nil || a.Form.Fields[0].Kind != bot.AskText || a.Form.Fields[0].Hint != "Ask if unsure. One of: 1 (Sev 1), 2 (Sev 2)." {
		t.Fatalf("the dialog is %+v, %v", a.Form, err)
	}
	for typed, want := range map[string]string{"sev 2": "2", " 1 ": "1", "very": "very"} {
		_, err = flow.Handle(t.Context(), &bot.Interaction{Kind: bot.Submit, Form: "new", Caps: caps, Values: map[string]string{"severity": typed, "areas": "point of SALE, web"}})
		last := h.got[len(h.got)-1]
		if err != nil || last.Kind != bot.Submit || last.Values["severity"] != want || last.Values["areas"] != "pos,web" {
			t.Errorf("%q came through as %q, %v", typed, last.Values, err)
		}
	}
}

// Where there are no dialogs a form is a line to type, and what is typed reads back as what was meant.
func TestFormWithoutDialogs(t *testing.T) {
	w := newWorld(t)
	h := &handler{answer: func(in *bot.Interaction) (bot.Answer, error) {
		in.Values = map[string]string{"severity": "2", "steps": "say \"hi\"\nand a \\ too"}
		f := filing(in)
		f.Case, f.Fields[1].Error = "NW-1042", "Say where."
		return bot.Answer{Form: &f}, nil
	}}
	a, err := w.flow(h).Handle(t.Context(), &bot.Interaction{Kind: bot.Command, Text: "new"})
	if err != nil || a.Form != nil || a.Message == nil {
		t.Fatalf("answered %+v, %v", a, err)
	}
	text := bot.PlainText(*a.Message, time.UTC)
	for _, words := range []string{"severity: How bad is it. Needed.", "One of: 1 (Sev 1), 2 (Sev 2).", "Say where."} {
		if !strings.Contains(text, words) {
			t.Errorf("%q is missing in:\n%s", words, text)
		}
	}
	_, line, _ := strings.Cut(text, "/case ")
	args, err := bot.ParseArgs(line)
	if err != nil || strings.Join(args.Words, " ") != "new NW-1042" || args.Values["severity"] != "2" || args.Values["steps"] != "say \"hi\"\nand a \\ too" {
		t.Errorf("the line reads back as %+v, %v", args, err)
	}
}

// Two people fill the same long form in at once, and one of them twice: nobody's answers get into another's.
func TestDraftsArePersonal(t *testing.T) {
	w := newWorld(t)
	h := &handler{answer: func(in *bot.Interaction) (bot.Answer, error) {
		f := filing(in)
		return bot.Answer{Form: &f, Done: in.Kind == bot.Submit}, nil
	}}
	flow := w.flow(h)
	caps := bot.Capabilities{DialogFields: 1, DialogChain: true, DialogChoices: true}
	dana, _ := w.dir.Person("dana")
	marco, _ := w.dir.Person("marco")
	page := func(by desk.Person, k int, values map[string]string) bot.Answer {
		a, err := flow.Handle(t.Context(), &bot.Interaction{Kind: bot.Submit, Form: fmt.Sprintf("page/%d/new", k), Person: by, Caps: caps, Values: values, Now: w.clock.Now()})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	page(dana, 0, map[string]string{"severity": "1"})
	page(marco, 0, map[string]string{"severity": "2"})
	page(dana, 1, map[string]string{"areas": "web"})
	page(dana, 2, map[string]string{"steps": "scan, pay"})
	for _, in := range h.got {
		if in.Kind == bot.Submit && (in.Values["severity"] != "1" || in.Values["areas"] != "web" || in.Values["steps"] != "scan, pay" || in.Form != "new") {
			t.Errorf("Dana's form came in as %+v", in)
		}
	}
	for _, name := range []string{"page/x/new", "page/-1/new", "page/999/new", "page/"} {
		if _, err := flow.Handle(t.Context(), &bot.Interaction{Kind: bot.Submit, Form: name, Person: dana, Caps: caps}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A store that is away while a page is sent is said to the person, and nothing of the page goes through.
func TestPageWithTheStoreAway(t *testing.T) {
	w := newWorld(t)
	h := &handler{answer: func(in *bot.Interaction) (bot.Answer, error) { f := filing(in); return bot.Answer{Form: &f}, nil }}
	w.store.Fail = func(int) error { return context.DeadlineExceeded }
	dana, _ := w.dir.Person("dana")
	_, err := w.flow(h).Handle(t.Context(), &bot.Interaction{Kind: bot.Submit, Form: "page/0/new", Person: dana,
		Caps: bot.Capabilities{DialogFields: 1, DialogChoices: true}, Values: map[string]string{"severity": "1"}})
	if desk.KindOf(err) != desk.KindBusy || len(h.got) != 0 {
		t.Errorf("error %v, handled %d", err, len(h.got))
	}
}

// Between two dialogs people read what has become known from their answers, and may take another way.
func TestBetweenTwoDialogs(t *testing.T) {
	w := newWorld(t)
	h := &handler{answer: func(in *bot.Interaction) (bot.Answer, error) {
		f := filing(in)
		f.Intro, f.Ways = []bot.Block{bot.P(bot.T("This may already be answered"))}, []bot.Button{{Label: "This solved it", Do: "kb-solved article=a"}}
		return bot.Answer{Form: &f}, nil
	}}
	dana, _ := w.dir.Person("dana")
	a, err := w.flow(h).Handle(t.Context(), &bot.Interaction{Kind: bot.Submit, Form: "page/0/new", Person: dana,
		Caps: bot.Capabilities{DialogFields: 1, DialogChoices: true}, Values: map[string]string{"severity": "1"}})
	if err != nil || a.Message == nil {
		t.Fatalf("answered %+v, %v", a, err)
	}
	if text := bot.PlainText(*a.Message, time.UTC); !strings.Contains(text, "This may already be answered") || !strings.Contains(text, "[Continue] [This solved it]") {
		t.Error(text)
	}
}
