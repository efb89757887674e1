package bottest

import (
	"fmt"
	"strings"

	"casebot/bot"
)

func testCommand(s *suite) {
	s.answer(func(in *bot.Interaction) (bot.Answer, error) {
		m := bot.Say("for " + in.Person.Name + " only")
		if in.Text == "loud" {
			m = bot.Say("for everybody")
		}
		return bot.Answer{Message: &m, Public: in.Text == "loud"}, nil
	})
	line := `new severity=2 customer="Acme Ltd" steps='1 <b> & 2'`
	s.must(s.Work.Command(s.Context(), s.Dana, s.channel(), line))
	in := s.only(bot.Command)
	if in.Person.ID != s.Dana.ID || in.Text != line || in.Home != s.home().ID || in.Platform != s.Platform.Name() || in.ID == "" {
		s.Errorf("the command came in as %+v", in)
	}
	// A platform that cannot answer one person in a channel answers in the direct conversation.
	heard := 0
	for _, at := range []Spot{s.channel(), {}} {
		for _, text := range s.reads(s.Dana, at) {
			heard += strings.Count(text, "for "+s.Dana.Name+" only")
		}
		s.sees(s.Marco, at, "for "+s.Dana.Name+" only", 0)
	}
	if heard != 1 {
		s.Errorf("Dana got the private answer %d times", heard)
	}
	s.must(s.Work.Command(s.Context(), s.Dana, s.channel(), "loud"))
	s.sees(s.Marco, s.channel(), "for everybody", 1)
}

func testStranger(s *suite) {
	if len(s.Stranger.Accounts) == 0 {
		s.Skip("the harness knows no stranger")
	}
	s.post("", everything(), "d1")
	s.answer(func(*bot.Interaction) (bot.Answer, error) {
		m := bot.Say("secret words")
		return bot.Answer{Message: &m}, nil
	})
	s.must(s.Work.Command(s.Context(), s.Stranger, s.channel(), "show NW-1042"))
	if n := len(s.of(bot.Command)); n != 0 {
		s.Errorf("a stranger's command came through %d times", n)
	}
	s.sees(s.Stranger, s.channel(), "secret words", 0)
}

func testButton(s *suite) {
	ref := s.post("", everything(), "d1")
	s.answer(func(in *bot.Interaction) (bot.Answer, error) {
		m := bot.Say("done by " + in.Person.Name)
		return bot.Answer{Message: &m}, nil
	})
	s.must(s.Work.Press(s.Context(), s.Marco, ref, "Acknowledge"))
	in := s.only(bot.Press)
	if in.Person.ID != s.Marco.ID || in.Text != "ack NW-1042" || in.Message != ref {
		s.Errorf("the press came in as %+v", in)
	}
	s.sees(s.Dana, s.channel(), "done by", 0)
}

func testReactions(s *suite) {
	ref := s.post("", bot.Say("the card"), "d1")
	for _, emoji := range []string{"🆘", "✋🏽", "✅"} {
		s.must(s.Work.Toggle(s.Context(), bot.React, s.Dana, ref, emoji))
	}
	s.must(s.Work.Toggle(s.Context(), bot.Unreact, s.Dana, ref, "🆘"))
	var keys []string
	for _, in := range s.of(bot.React) {
		keys = append(keys, bot.EmojiKey(in.Emoji))
		if in.Message != ref || in.Person.ID != s.Dana.ID {
			s.Errorf("the reaction came in as %+v", in)
		}
	}
	if got := strings.Join(keys, " "); got != "🆘 ✋ ✅" {
		s.Errorf("reactions came in as %q", got)
	}
	if in := s.only(bot.Unreact); bot.EmojiKey(in.Emoji) != "🆘" || in.Message != ref {
		s.Errorf("the taken back reaction came in as %+v", in)
	}
	if r, ok := s.Platform.(bot.Reactor); ok {
		s.must(r.React(s.Context(), ref, "👀"))
		if n := len(s.of(bot.React)); n != 3 {
			s.Errorf("the desk's own reaction came in: %d reactions", n)
		}
	}
	// A reaction on a person's own message in the thread names that message.
	said, err := s.Work.Say(s.Context(), s.Marco, s.thread(ref), "please send this on", nil)
	s.must(err)
	s.must(s.Work.Toggle(s.Context(), bot.React, s.Dana, said, "📤"))
	got := s.of(bot.React)
	if last := got[len(got)-1]; last.Message != said || bot.EmojiKey(last.Emoji) != "📤" {
		s.Errorf("the reaction on a reply came in as %+v, want on %s", last, said)
	}
}

func testWords(s *suite) {
	root := s.post("", bot.Say("the card"), "d1")
	ref, err := s.Work.Say(s.Context(), s.Dana, s.thread(root), "it hangs <again> & *again*", nil)
	s.must(err)
	in := s.only(bot.Said)
	if in.Text != "it hangs <again> & *again*" || in.Mention || in.Direct || in.Thread != root || in.Message != ref || in.Person.ID != s.Dana.ID {
		s.Errorf("the words came in as %+v, want in thread %s as %s", in, root, ref)
	}
	_, err = s.Work.Say(s.Context(), s.Dana, s.thread(root), "@casebot ack next=2h", nil)
	s.must(err)
	if got := s.of(bot.Said); len(got) != 2 || !got[1].Mention || got[1].Text != "ack next=2h" || got[1].Thread != root {
		s.Errorf("the mention came in as %+v", got)
	}
	_, err = s.Work.Say(s.Context(), s.Marco, Spot{}, "list", nil)
	s.must(err)
	if got := s.of(bot.Said); len(got) != 3 || !got[2].Direct || got[2].Text != "list" || got[2].Person.ID != s.Marco.ID {
		s.Errorf("the direct message came in as %+v", got)
	}
	s.must(s.Work.Rewrite(s.Context(), s.Dana, ref, "it works again"))
	if in := s.only(bot.Edited); in.Message != ref || in.Text != "it works again" || in.Person.ID != s.Dana.ID {
		s.Errorf("the edit came in as %+v", in)
	}
	s.must(s.Work.Remove(s.Context(), s.Dana, ref))
	if in := s.only(bot.Deleted); in.Message != ref {
		s.Errorf("the deletion came in as %+v", in)
	}
}

func testEventIDs(s *suite) {
	root := s.post("", bot.Say("the card"), "d1")
	for range 2 {
		_, err := s.Work.Say(s.Context(), s.Dana, s.thread(root), "the same words", nil)
		s.must(err)
		s.must(s.Work.Command(s.Context(), s.Dana, s.channel(), "list"))
		s.must(s.Work.Toggle(s.Context(), bot.React, s.Dana, root, "🆘"))
		s.must(s.Work.Toggle(s.Context(), bot.Unreact, s.Dana, root, "🆘"))
	}
	ids := map[string]bool{}
	count := func() (n int) {
		for _, kind := range []bot.InteractionKind{bot.Said, bot.Command, bot.React, bot.Unreact} {
			for _, in := range s.of(kind) {
				n++
				ids[in.ID] = true
			}
		}
		return n
	}
	if n := count(); n != 8 || len(ids) != 8 || ids[""] {
		s.Errorf("%d events under %d ids", n, len(ids))
	}
	if s.Redeliver == nil {
		return
	}
	_, err := s.Work.Say(s.Context(), s.Dana, s.thread(root), "once", nil)
	s.must(err)
	s.Redeliver()
	if count(); len(ids) != 9 {
		s.Errorf("a redelivery has an id of its own: %d ids", len(ids))
	}
}

// dialog gives the form in front of Dana. On a platform where no dialog may follow another there is a
// message with a button that opens the next.
func (s *suite) dialog() *bot.Form {
	s.Helper()
	if s.Settle != nil {
		s.Settle()
	}
	f := s.Work.Dialog(s.Dana)
	if f == nil {
		ref, ok := s.find(s.Dana, "Continue", s.channel(), Spot{})
		if !ok {
			s.Fatal("there is neither a dialog nor a way on to one")
		}
		s.must(s.Work.Press(s.Context(), s.Dana, ref, "Continue"))
		f = s.Work.Dialog(s.Dana)
	}
	if f == nil {
		s.Fatal("no dialog is open")
	}
	return f
}

func valueOf(f *bot.Form, key string) (value, fault string) {
	for _, x := range f.Fields {
		if x.Key == key {
			return x.Value, x.Error
		}
	}
	return "", ""
}

func testDialog(s *suite) {
	if s.Platform.Capabilities().DialogFields == 0 {
		s.Skip("the platform has no dialogs")
	}
	s.answer(func(in *bot.Interaction) (bot.Answer, error) {
		f := bot.Form{Name: "resolve", Title: "Resolve NW-1042", Submit: "Resolve", Case: "NW-1042", Hidden: map[string]string{"from": "card"}, Fields: []bot.FormField{
			{Key: "text", Label: "What was done", Kind: bot.AskLong, Required: true, Value: in.Values["text"]},
			{Key: "note", Label: "Anything else", Kind: bot.AskText, Value: in.Values["note"]}}}
		if in.Kind != bot.Submit {
			return bot.Answer{Form: &f}, nil
		}
		if in.Values["text"] == "asdf" {
			f.Fields[0].Error = "Say what was done, in a sentence."
			return bot.Answer{Form: &f}, nil
		}
		m := bot.Say("resolved")
		return bot.Answer{Message: &m, Done: true}, nil
	})
	s.must(s.Work.Command(s.Context(), s.Dana, s.channel(), "resolve NW-1042"))
	if f := s.dialog(); len(f.Fields) != 2 || f.Fields[0].Label != "What was done" {
		s.Fatalf("the dialog is %+v", f)
	}
	if s.Work.Dialog(s.Marco) != nil {
		s.Error("Marco sees Dana's dialog")
	}
	s.must(s.Work.Submit(s.Context(), s.Dana, map[string]string{"text": "asdf", "note": "kept <as> typed"}, nil))
	f := s.dialog()
	if text, _ := valueOf(f, "text"); text != "asdf" {
		s.Errorf("the refused answer is gone: %+v", f.Fields)
	}
	if note, _ := valueOf(f, "note"); note != "kept <as> typed" {
		s.Errorf("the good answer is gone: %+v", f.Fields)
	}
	if _, fault := valueOf(f, "text"); s.Platform.Capabilities().DialogChain && !strings.Contains(fault, "Say what was done") {
		s.Errorf("the sentence is not beside the field: %+v", f.Fields)
	}
	s.must(s.Work.Submit(s.Context(), s.Dana, map[string]string{"text": "Cleared the queue"}, nil))
	got := s.of(bot.Submit)
	last := got[len(got)-1]
	if len(got) != 2 || last.Form != "resolve" || last.Case != "NW-1042" || last.Values["text"] != "Cleared the queue" || last.Values["note"] != "kept <as> typed" ||
		last.Values["from"] != "card" || last.Person.ID != s.Dana.ID {
		s.Errorf("the form came in as %+v", got)
	}
	if s.Work.Dialog(s.Dana) != nil {
		s.Error("the dialog is still open")
	}
}

// pagedForm is a form of n questions; the last one refuses "wrong".
func pagedForm(in *bot.Interaction, n int) bot.Form {
	f := bot.Form{Name: "new", Title: "New case", Submit: "File"}
	for i := range n {
		key := fmt.Sprintf("q%02d", i)
		x := bot.FormField{Key: key, Label: "Question " + key, Kind: bot.AskText, Value: in.Values[key]}
		if in.Kind == bot.Submit && x.Value == "wrong" {
			x.Error = "That can't be."
		}
		f.Fields = append(f.Fields, x)
	}
	return f
}

func testPages(s *suite) {
	caps := s.Platform.Capabilities()
	if caps.DialogFields == 0 || caps.DialogFields > 20 {
		s.Skip("the platform shows any form in one dialog, or none")
	}
	n := 2*caps.DialogFields + 1
	s.answer(func(in *bot.Interaction) (bot.Answer, error) {
		f := pagedForm(in, n)
		for _, x := range f.Fields {
			if x.Error != "" {
				return bot.Answer{Form: &f}, nil
			}
		}
		if in.Kind == bot.Submit {
			m := bot.Say("filed")
			return bot.Answer{Message: &m, Done: true}, nil
		}
		return bot.Answer{Form: &f}, nil
	})
	s.must(s.Work.Command(s.Context(), s.Dana, s.channel(), "new"))
	want := map[string]string{}
	for page := range 3 {
		f := s.dialog()
		if len(f.Fields) > caps.DialogFields || f.Fields[0].Key != fmt.Sprintf("q%02d", page*caps.DialogFields) {
			s.Fatalf("page %d has %d fields from %s", page+1, len(f.Fields), f.Fields[0].Key)
		}
		values := map[string]string{}
		for _, x := range f.Fields {
			values[x.Key] = "answer to " + x.Key
			want[x.Key] = values[x.Key]
		}
		if page == 0 {
			values["q01"] = "wrong"
		}
		s.must(s.Work.Submit(s.Context(), s.Dana, values, nil))
		s.connect() // The program may be killed between any two pages.
	}
	// The fault is on the first page, where the form goes on; everything else is kept.
	f := s.dialog()
	if v, _ := valueOf(f, "q00"); f.Fields[0].Key != "q00" || v != "answer to q00" {
		s.Fatalf("the form goes on with %+v", f.Fields)
	}
	// Only what has to be mended is asked for again.
	s.must(s.Work.Submit(s.Context(), s.Dana, map[string]string{"q01": want["q01"]}, nil))
	got := s.of(bot.Submit)
	if len(got) != 2 {
		s.Fatalf("%d forms came in, want the refused one and the whole one", len(got))
	}
	for k, v := range want {
		if got[1].Values[k] != v {
			s.Errorf("%s came in as %q, want %q", k, got[1].Values[k], v)
		}
	}
}

// choiceForm is a form of two choices and more texts than a dialog takes. What stands above them changes with the
// severity.
func choiceForm(in *bot.Interaction, texts int) bot.Form {
	f := bot.Form{Name: "new", Title: "New case", Submit: "File", Fields: []bot.FormField{
		{Key: "severity", Label: "Severity", Kind: bot.AskChoice, Required: true, Live: true, Value: in.Values["severity"],
			Options: []bot.Option{{Value: "1", Label: "Sev 1"}, {Value: "2", Label: "Sev 2"}}},
		{Key: "product", Label: "Product", Kind: bot.AskChoice, Value: in.Values["product"], Options: []bot.Option{{Value: "tills", Label: "Tills"}, {Value: "stock", Label: "Stock"}}}}}
	if v := f.Fields[0].Value; v != "" {
		f.Intro = []bot.Block{bot.P(bot.T("answered within " + v + " hours"))}
	} else if in.Kind == bot.Submit {
		f.Fields[0].Error = "Choose a severity."
	}
	for i := range texts {
		key := fmt.Sprintf("q%02d", i)
		f.Fields = append(f.Fields, bot.FormField{Key: key, Label: "Question " + key, Kind: bot.AskText, Value: in.Values[key]})
	}
	return f
}

// Choices that change what will happen are asked in a message before the dialogs, where dialogs can't change. What
// happens is said as soon as they are picked.
func testChoicesFirst(s *suite) {
	caps := s.Platform.Capabilities()
	if caps.MessageChoices < 2 {
		s.Skip("the platform asks choices in its dialogs")
	}
	s.answer(func(in *bot.Interaction) (bot.Answer, error) {
		f := choiceForm(in, caps.DialogFields+1)
		if in.Kind == bot.Submit && f.Fields[0].Error == "" {
			m := bot.Say("filed")
			return bot.Answer{Message: &m, Done: true}, nil
		}
		return bot.Answer{Form: &f}, nil
	})
	s.must(s.Work.Command(s.Context(), s.Dana, s.channel(), "new"))
	if f := s.dialog(); len(f.Fields) != 2 || f.Fields[0].Key != "severity" || f.Fields[1].Key != "product" || len(f.Fields[0].Options) != 2 {
		s.Fatalf("the choices are %+v", f)
	}
	s.must(s.Work.Submit(s.Context(), s.Dana, map[string]string{"severity": "2", "product": "stock"}, nil))
	picks := s.of(bot.Refresh)
	if len(picks) == 0 || picks[len(picks)-1].Values["severity"] != "2" {
		s.Errorf("the picks came in as %+v", picks)
	}
	s.connect() // What was picked survives a restart.
	for page := range 2 {
		f := s.dialog()
		if want := fmt.Sprintf("q%02d", page*caps.DialogFields); f.Fields[0].Key != want {
			s.Fatalf("dialog %d begins with %+v, want %s", page+1, f.Fields, want)
		}
		s.must(s.Work.Submit(s.Context(), s.Dana, map[string]string{f.Fields[0].Key: "typed"}, nil))
	}
	got := s.of(bot.Submit)
	if len(got) != 1 || got[0].Values["severity"] != "2" || got[0].Values["product"] != "stock" || got[0].Values["q00"] != "typed" || got[0].Form != "new" {
		s.Errorf("the form came in as %+v", got)
	}
}

func testRestart(s *suite) {
	if s.Restart == nil {
		s.Skip("the harness can't restart the adapter")
	}
	ref := s.post("", everything(), "before")
	s.Harness = s.Restart(s.T, s.board)
	s.connect()
	s.must(s.Work.Press(s.Context(), s.Dana, ref, "Acknowledge"))
	if in := s.only(bot.Press); in.Text != "ack NW-1042" || in.Message != ref {
		s.Errorf("the press after the restart came in as %+v", in)
	}
	s.must(s.Platform.Edit(s.Context(), ref, bot.Say("after the restart")))
	s.sees(s.Dana, s.channel(), "after the restart", 1)
	if f, ok := s.Platform.(bot.Finder); ok {
		to := bot.To{Home: s.home(), Channel: s.home().Cases}
		if got, found, err := f.Find(s.Context(), to, "before"); !found || got != ref || err != nil {
			s.Errorf("what was sent before the restart is found as %q (%v, %v)", got, found, err)
		}
	}
}
