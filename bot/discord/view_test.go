package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
)

// sampleForm is a form with a field of each kind.
func sampleForm() bot.Form {
	return bot.Form{Name: "new", Title: "File a case for Northwind Demo Retail on Discord", Submit: "File the case", Draft: "d1", Hidden: map[string]string{"from": "card"},
		Intro: []bot.Block{bot.P(bot.B("What will happen"), bot.T(" by "), bot.When(monday))},
		Fields: []bot.FormField{
			{Key: "customer", Label: "Customer", Hint: "Company and site.", Example: "Acme Outdoor", Kind: bot.AskText, Required: true, Value: "Acme"},
			{Key: "tags", Label: "Tags", Kind: bot.AskMulti, Value: "a,c", Options: []bot.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}, {Value: "c", Label: "C"}}},
			{Key: "steps", Label: "What somebody has to do so that the fault is seen again", Kind: bot.AskLong, Required: true, Value: "1 open\n2 scan", Rows: 4, Error: "Say what happens then."},
			{Key: "evidence", Label: "Evidence", Kind: bot.AskFiles, Required: true, Hint: "Logs or screenshots."},
		}}
}

// sampleChoices is what is asked in a message.
func sampleChoices() bot.Form {
	return bot.Form{Name: "page/0/new", Title: "New case (1 of 3)", Submit: "Continue", Intro: []bot.Block{bot.P(bot.T("What will happen: first response by "), bot.When(monday))}, Fields: []bot.FormField{
		{Key: "severity", Label: "Severity", Kind: bot.AskChoice, Required: true, Live: true, Value: "2", Options: []bot.Option{{Value: "1", Label: "Sev 1 Critical", Note: "Production down."}, {Value: "2", Label: "Sev 2 Major", Note: strings.Repeat("a long definition ", 8)}}},
		{Key: "category", Label: "Category", Kind: bot.AskChoice, Required: true, Error: "Choose one.", Options: []bot.Option{{Value: "Defect", Label: "Defect"}}},
		{Key: "tags", Label: "Tags", Kind: bot.AskMulti, Value: "a,c", Options: []bot.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}, {Value: "c", Label: "C"}}},
	}, Ways: []bot.Button{{Label: "That solved it", Do: "kb-solved KB-1"}}}
}

// meta is where the sample forms are asked for.
var sampleMeta = formMeta{Home: "nwd", Channel: casesID}

func TestFormsAreDrawnAsTheirGoldenFiles(t *testing.T) {
	m, keep := dialog(sampleForm(), sampleMeta, sampleReader(t))
	golden(t, "form", asJSON(t, m))
	for _, p := range Problems(m) {
		t.Error(p)
	}
	if len(keep) != 0 {
		t.Errorf("a small form is kept: %q", keep)
	}
	d := questions(sampleChoices(), sampleMeta, sampleReader(t))
	golden(t, "choices", asJSON(t, d.payload))
	for _, p := range Problems(d.payload) {
		t.Error(p)
	}
}

// What is asked does not run into a list that stands above it.
func TestAListAboveTheChoicesStandsByItself(t *testing.T) {
	f := sampleChoices()
	f.Intro = append(f.Intro, bot.Block{Kind: bot.List, Items: [][]bot.Span{{bot.T("Customer: Acme")}}})
	if d := questions(f, sampleMeta, sampleReader(t)); !strings.Contains(d.Embeds[0].Description, "- Customer: Acme\n\nTo choose here:\n- **Severity:**") {
		t.Errorf("it reads %q", d.Embeds[0].Description)
	}
}

// generic is something as Discord would have it.
func generic(t testing.TB, v any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// sent is a modal as it comes back when nothing but typed is changed in it.
func sent(t testing.TB, m modal, typed map[string]string) json.RawMessage {
	t.Helper()
	data := map[string]any{"custom_id": m.CustomID}
	var parts []any
	for _, p := range m.Components {
		if p.Component == nil {
			parts = append(parts, map[string]any{"type": p.Type, "id": 1})
			continue
		}
		in := map[string]any{"type": p.Component.Type, "id": 2, "custom_id": p.Component.CustomID}
		switch p.Component.Type {
		case inputType:
			in["value"] = p.Component.Value
			if v, ok := typed[p.Component.CustomID]; ok {
				in["value"] = v
			}
		case selectType:
			in["values"] = append([]string{}, picked(p.Component.Options)...)
		case uploadType:
			in["values"] = []string{"700"}
			data["resolved"] = map[string]any{"attachments": map[string]any{"700": map[string]any{"id": "700", "filename": "a.log", "size": 3, "url": "https://cdn.test/a.log", "content_type": "text/plain"}}}
		}
		parts = append(parts, map[string]any{"type": p.Type, "id": 3, "component": in})
	}
	data["components"] = parts
	raw, err := json.Marshal(data)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAModalComesBackWhole(t *testing.T) {
	m, _ := dialog(sampleForm(), sampleMeta, sampleReader(t))
	got, err := readDialog(t.Context(), &memory{}, sent(t, m, map[string]string{"customer": "Acme *Ltd*"}))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"customer": "Acme *Ltd*", "tags": "a,c", "steps": "1 open\n2 scan", "from": "card"}
	if !maps.Equal(got.values, want) || got.meta.Form != "new" || got.meta.Draft != "d1" || got.meta.Home != "nwd" || got.meta.Channel != casesID {
		t.Errorf("the form came in as %+v", got)
	}
	if len(got.files) != 1 || got.files[0].Name != "a.log" || got.files[0].Size != 3 || got.files[0].URL == "" {
		t.Errorf("its files are %+v", got.files)
	}
}

// An answer that is longer than Discord lets people type comes back whole, also after a restart.
func TestALongAnswerLosesNothing(t *testing.T) {
	long := strings.Repeat("Zeile 日本 😀👩‍👩‍👧\n", 900)
	state := &memory{}
	m, keep := dialog(bot.Form{Name: "new", Title: "T", Fields: []bot.FormField{{Key: "steps", Label: "Steps", Kind: bot.AskText, Value: long}}}, formMeta{}, sampleReader(t))
	for _, p := range Problems(m) {
		t.Error(p)
	}
	if err := remember(t.Context(), state, keep, time.Now()); err != nil {
		t.Fatal(err)
	}
	first := m.Components[0].Component.Value
	for typed, want := range map[string]string{first: long, strings.TrimSpace(first): long, "mended": "mended" + long[len(first):]} {
		got, err := readDialog(t.Context(), state, sent(t, m, map[string]string{"steps": typed}))
		if err != nil || got.values["steps"] != want {
			t.Errorf("%d characters came back as %d: %v", len(want), len(got.values["steps"]), err)
		}
	}
	// The words come back even when what the form belongs to is not kept any more.
	got, err := readDialog(t.Context(), &memory{}, sent(t, m, map[string]string{"steps": "typed in vain"}))
	if !errors.Is(err, errLost) || got.values["steps"] != "typed in vain" {
		t.Errorf("a lost form came in as %+v, %v", got, err)
	}
}

// Six questions are one too many for Discord; the answer of the sixth is not lost.
func TestAFormOfTooManyQuestionsCarriesTheRest(t *testing.T) {
	f := bot.Form{Name: "new", Title: "T", Intro: []bot.Block{bot.P(bot.T("above"))}}
	for i := range 7 {
		f.Fields = append(f.Fields, bot.FormField{Key: fmt.Sprint("q", i), Label: "Q", Kind: bot.AskText, Value: fmt.Sprint("answer ", i)})
	}
	m, keep := dialog(f, formMeta{}, sampleReader(t))
	state := &memory{}
	if err := remember(t.Context(), state, keep, time.Now()); err != nil || len(Problems(m)) > 0 {
		t.Fatal(err, Problems(m))
	}
	got, err := readDialog(t.Context(), state, sent(t, m, nil))
	if err != nil || len(got.values) != 7 || got.values["q6"] != "answer 6" {
		t.Errorf("the form came in as %+v, %v", got, err)
	}
}

// A question that is longer than its label and what stands above the questions can be read all the same.
func TestLongQuestionsCanBeRead(t *testing.T) {
	question := "Does the till answer when it is asked for its state over the network, with the firewall of the store switched off for a minute?"
	f := bot.Form{Name: "kb-walk", Title: "Triage guide", Intro: []bot.Block{bot.P(bot.B("Tills that hang")), bot.P(bot.T(question))}}
	for i := range 5 {
		f.Fields = append(f.Fields, bot.FormField{Key: fmt.Sprint("q", i), Label: question[:44] + "…", Hint: question, Kind: bot.AskText})
	}
	f.Fields[3].Hint = ""
	m, _ := dialog(f, formMeta{}, sampleReader(t))
	for _, p := range Problems(m) {
		t.Error(p)
	}
	first := m.Components[0]
	if got := strings.TrimSuffix(first.Description, "…") + " " + strings.TrimPrefix(first.Component.Placeholder, "…"); got != question {
		t.Errorf("the question reads %q", got)
	}
	if m.Components[3].Description != "Tills that hang" {
		t.Errorf("the title of the guide is not there: %q", m.Components[3].Description)
	}
}

// press uses a part of a message.
func press(t testing.TB, s keeper, d drawn, id string, values ...string) (acted, error) {
	t.Helper()
	if err := remember(t.Context(), s, d.keep, time.Now()); err != nil {
		t.Fatal(err)
	}
	message, _ := json.Marshal(generic(t, d.payload))
	data, _ := json.Marshal(map[string]any{"custom_id": id, "component_type": 3, "values": values})
	return readPress(t.Context(), s, data, message)
}

func TestPicksAreReadFromTheMessage(t *testing.T) {
	f := sampleChoices()
	d := questions(f, sampleMeta, sampleReader(t))
	rows := d.Components
	got, err := press(t, &memory{}, d, rows[1].Components[0].CustomID, "Defect")
	if err != nil || got.kind != pickID || got.key != "category" || !maps.Equal(got.values, map[string]string{"severity": "2", "category": "Defect", "tags": "a,c"}) || got.meta.Form != "page/0/new" {
		t.Errorf("the pick came in as %+v, %v", got, err)
	}
	if got, err = press(t, &memory{}, d, rows[2].Components[0].CustomID); err != nil || got.values["tags"] != "" || got.values["severity"] != "2" {
		t.Errorf("taking all off came in as %+v, %v", got, err)
	}
	if _, there := got.values["category"]; there {
		t.Error("a menu in which nothing is chosen says something")
	}
	if got, err = press(t, &memory{}, d, rows[3].Components[0].CustomID); err != nil || got.kind != sendID || got.values["severity"] != "2" {
		t.Errorf("the way on came in as %+v, %v", got, err)
	}
	if got, err = press(t, &memory{}, d, rows[3].Components[1].CustomID); err != nil || got.kind != doID || got.line != "kb-solved KB-1" {
		t.Errorf("the other way came in as %+v, %v", got, err)
	}
}

// Sixty options are shown in parts, and what is chosen on one stays while another is looked at.
func TestManyOptionsAreTurnedThrough(t *testing.T) {
	for _, kind := range []bot.FieldKind{bot.AskChoice, bot.AskMulti} {
		q := bot.FormField{Key: "customer", Label: "Customer", Kind: kind, Required: true, Value: "c30"}
		for i := range 60 {
			q.Options = append(q.Options, bot.Option{Value: fmt.Sprintf("c%02d", i), Label: fmt.Sprintf("Customer %02d", i)})
		}
		f := bot.Form{Name: "new", Title: "New case", Fields: []bot.FormField{q}}
		state := &memory{}
		d := questions(f, sampleMeta, sampleReader(t))
		for _, p := range Problems(d.payload) {
			t.Error(p)
		}
		menu := d.Components[0].Components[0]
		if len(menu.Options) != maxOptions || menu.Options[0].Value != turnTo+"0" || menu.Options[24].Value != turnTo+"2" || strings.Join(picked(menu.Options), ",") != "c30" {
			t.Fatalf("the page of the chosen one is %+v", menu.Options)
		}
		got, err := press(t, state, d, menu.CustomID, turnTo+"2")
		if err != nil || got.values["customer"] != "c30" || got.meta.Page["customer"] != 2 {
			t.Fatalf("turning came in as %+v, %v", got, err)
		}
		d = questions(f, got.meta, sampleReader(t))
		menu = d.Components[0].Components[0]
		if len(picked(menu.Options)) != 0 || menu.Options[1].Value != "c46" {
			t.Fatalf("the last page is %+v", menu.Options)
		}
		if got, err = press(t, state, d, d.Components[1].Components[0].CustomID); err != nil || got.values["customer"] != "c30" {
			t.Errorf("what was chosen on another page came in as %+v, %v", got, err)
		}
		want := map[bot.FieldKind]string{bot.AskChoice: "c59", bot.AskMulti: "c30,c59"}[kind]
		if got, err = press(t, state, d, menu.CustomID, "c59"); err != nil || got.values["customer"] != want {
			t.Errorf("%s: the choice came in as %q, want %q (%v)", kind, got.values["customer"], want, err)
		}
	}
}

// In a modal, which can't be turned through, many options are typed by name.
func TestManyOptionsInAModalAreTyped(t *testing.T) {
	q := bot.FormField{Key: "customer", Label: "Customer", Kind: bot.AskChoice}
	for i := range 60 {
		q.Options = append(q.Options, bot.Option{Value: fmt.Sprintf("c%02d", i), Label: fmt.Sprintf("Customer %02d", i)})
	}
	m, keep := dialog(bot.Form{Name: "new", Title: "New case", Fields: []bot.FormField{q}}, formMeta{}, sampleReader(t))
	state := &memory{}
	if err := remember(t.Context(), state, keep, time.Now()); err != nil || len(Problems(m)) > 0 {
		t.Fatal(err, Problems(m))
	}
	for typed, want := range map[string]string{"customer 07": "c07", "c08": "c08", "another": "another", "": ""} {
		if got, err := readDialog(t.Context(), state, sent(t, m, map[string]string{"customer": typed})); err != nil || got.values["customer"] != want {
			t.Errorf("%q came in as %q, %v", typed, got.values["customer"], err)
		}
	}
}

func TestOldWaysOfModalsAreReadToo(t *testing.T) {
	keep := map[string][]byte{}
	id := metaID(formID, formMeta{Form: "ack", Case: "NW-1"}, "", 0, keep)
	data := fmt.Sprintf(`{"custom_id":%q,"components":[{"type":1,"components":[{"type":4,"custom_id":"text~2","value":"hello"}]},{"type":99,"value":true,"custom_id":7},{"type":18,"component":null}]}`, id)
	got, err := readDialog(t.Context(), &memory{}, json.RawMessage(data))
	if err != nil || got.values["text"] != "hello" || got.meta.Case != "NW-1" {
		t.Errorf("it came in as %+v, %v", got, err)
	}
}

// Whatever is sent, reading it ends in an answer or an error.
func FuzzReadBack(f *testing.F) {
	m, _ := dialog(sampleForm(), sampleMeta, sampleReader(f))
	d := questions(sampleChoices(), sampleMeta, sampleReader(f))
	message, _ := json.Marshal(d.payload)
	f.Add([]byte(sent(f, m, nil)), []byte(message))
	f.Add([]byte(`{"custom_id":"pick|new|||||:severity","values":["2"]}`), message)
	for _, s := range []string{`null`, `[]`, `{`, `{"custom_id":"form|a|||||","components":[[[]]]}`, `{"custom_id":"send|a|||||","resolved":{"attachments":null}}`, `{"components":{"a":1}}`} {
		f.Add([]byte(s), []byte(s))
	}
	state := &memory{}
	f.Fuzz(func(t *testing.T, data, message []byte) {
		ctx := context.Background()
		_, _ = readDialog(ctx, state, data)
		_, _ = readPress(ctx, state, data, message)
	})
}

// Whatever stands in a form, no modal and no message of questions is over a limit.
func FuzzForms(f *testing.F) {
	f.Add("title", "words", "label", 3)
	f.Add(strings.Repeat("日本😀", 3000), "👩‍👩‍👧‍👦", "\x00", 5)
	f.Add("", " ", "\u2028", 9)
	f.Fuzz(func(t *testing.T, title, text, label string, n int) {
		form := bot.Form{Name: "new", Title: title, Submit: label, Draft: text, Intro: []bot.Block{bot.P(bot.T(text)), bot.Q(title), {Kind: bot.Fields, Fields: []bot.Pair{{Label: label, Value: []bot.Span{bot.T(text)}}}}},
			Ways: []bot.Button{{Label: label, Do: text}}, Hidden: map[string]string{"h": text}}
		for i := range bottest.Few(n, 12, title, text, label) {
			q := bot.FormField{Key: fmt.Sprint("k", i), Label: label, Hint: text, Example: title, Kind: []bot.FieldKind{bot.AskText, bot.AskLong, bot.AskChoice, bot.AskMulti, bot.AskFiles}[i%5], Value: text, Error: label, Required: i%2 == 0}
			for j := range bottest.Few(10*(n&7), 70, title, text, label) {
				q.Options = append(q.Options, bot.Option{Value: fmt.Sprint(text, j/2), Label: label, Note: text})
			}
			form.Fields = append(form.Fields, q)
		}
		m, keep := dialog(form, sampleMeta, sampleReader(t))
		for _, p := range Problems(m) {
			t.Error(p)
		}
		d := questions(form, sampleMeta, sampleReader(t))
		for _, p := range Problems(d.payload) {
			t.Error(p)
		}
		state := &memory{}
		if err := remember(t.Context(), state, keep, time.Now()); err != nil {
			t.Fatal(err)
		}
		got, err := readDialog(t.Context(), state, sent(t, m, nil))
		if err != nil {
			t.Fatal(err)
		}
		for i, q := range form.Fields {
			if (q.Kind == bot.AskText || q.Kind == bot.AskLong) && clean(got.values[q.Key]) != clean(q.Value) {
				t.Errorf("question %d came back as %.80q, not %.80q", i, got.values[q.Key], q.Value)
			}
		}
	})
}
