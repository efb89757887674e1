package main

import (
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/desk"
)

func TestFilingInOneLine(t *testing.T) {
	w := newWorld(t)
	id := w.filed(smallCase)
	w.wants(w.reads("dana", w.channel("dana")), id+" · Sev 3", "Receipts print twice since the update", "Acme Outdoor", "Next due from Northwind: First answer to the customer")
	if c := w.cas(id); c.Fields[desk.FieldCustomer] != "Acme Outdoor" || c.FiledBy != "dana" {
		t.Errorf("filed %+v", c)
	}
	w.wants(w.types("dana", `new custmer=Acme severity=3`), "") // Unknown words become the summary, and the form asks for the rest.
	if f := w.dialog("dana"); f == nil || field(f, "customer").Error == "" {
		t.Errorf("the form should ask for the customer: %+v", f)
	}
}

func field(f *bot.Form, key string) bot.FormField {
	for _, x := range f.Fields {
		if x.Key == key {
			return x
		}
	}
	return bot.FormField{}
}

func TestAMissingFieldIsAskedForAndEverythingTypedIsKept(t *testing.T) {
	w := newWorld(t)
	w.types("dana", "")
	f := w.dialog("dana")
	if f == nil || f.Name != "new" || len(f.Fields) < 10 {
		t.Fatalf("/case alone opens the intake form: %+v", f)
	}
	if notes := field(f, "severity").Options; len(notes) != 4 || !strings.HasPrefix(notes[0].Note, "Production down") {
		t.Errorf("the definitions stand beside the numbers: %+v", notes)
	}
	log := bot.File{Name: "till.log", Type: "text/plain", Data: []byte("HB-4012")}
	w.submits("dana", map[string]string{"severity": "2", "customer": "n/a", "summary": "Card payments fail with HB-4012", "steps": "1 Scan. 2 Pay.\n3 HB-4012"}, log)
	f = w.dialog("dana")
	if f == nil {
		t.Fatal("a refused form comes back")
	}
	if e := field(f, "customer").Error; !strings.Contains(e, "n/a") {
		t.Errorf("the placeholder is refused with a sentence: %q", e)
	}
	if field(f, "product").Error == "" || field(f, "summary").Error != "" || field(f, "steps").Value != "1 Scan. 2 Pay.\n3 HB-4012" {
		t.Errorf("each field has its own sentence and keeps its words: %+v", f.Fields)
	}
	// The dialog is closed; on return everything is there.
	w.types("dana", "new")
	f = w.dialog("dana")
	if field(f, "summary").Value != "Card payments fail with HB-4012" || !strings.Contains(field(f, "evidence").Hint, "till.log") {
		t.Errorf("the draft is back: %+v", f.Fields)
	}
	w.wants(w.types("dana", "drafts"), "Card payments fail")
	got := w.submits("dana", map[string]string{"customer": "Acme Outdoor", "product": "Harbor Tills", "category": "Defect", "impact": "No card can be taken at all",
		"first_seen": "today 9:00", "environment": "Harbor Tills 6.2.1 on Windows 11"})
	w.wants(got, "is filed as Sev 2", "escalates it at once. Harbor has it now")
	if w.dialog("dana") != nil {
		t.Error("the dialog closes")
	}
	w.wants(w.types("dana", "drafts"), "You have no drafts")
	w.wants(w.reads("ivy", w.channel("ivy")), "Sev 2", "Card payments fail with HB-4012")
	w.wants(w.reads("ivy", w.fakeDirect()), "needs you", "No card can be taken at all")
}

func TestAnIncompleteEscalationIsMendedWithOneButton(t *testing.T) {
	w := newWorld(t)
	id := w.filed(smallCase)
	card := w.card(desk.Partner, id)
	got := w.reacts(bot.React, "dana", id, card, "sos")
	w.wants(got, "not complete yet", "Environment.", "Steps to reproduce.", "[Add what is missing]")
	if w.cas(id).Status != desk.StatusOpen {
		t.Fatal("nothing went up")
	}
	w.presses("dana", w.channel("dana"), "Add what is missing")
	f := w.dialog("dana")
	var asked []string
	for _, x := range f.Fields {
		asked = append(asked, x.Key)
	}
	if strings.Join(asked, " ") != "environment steps evidence links" {
		t.Errorf("the form asks for exactly what is missing, not %v", asked)
	}
	w.submits("dana", map[string]string{"environment": "asdf", "steps": "1 Sell an item. 2 Pay. Two receipts."})
	f = w.dialog("dana")
	if f == nil || field(f, "environment").Error == "" || field(f, "evidence").Error == "" || field(f, "steps").Value != "1 Sell an item. 2 Pay. Two receipts." {
		t.Fatalf("what is still missing is marked and the rest kept: %+v", f)
	}
	got = w.submits("dana", map[string]string{"environment": "Harbor Tills 6.2.1 on Windows 11"}, bot.File{Name: "receipt.png", Type: "image/png", Data: []byte("x")})
	w.wants(got, id+" is with Harbor now", "They acknowledge by")
	c := w.cas(id)
	if c.Status != desk.StatusEscalated || len(c.Evidence) != 1 || c.Fields[desk.FieldSteps] == "" {
		t.Errorf("mended and escalated in one act: %+v", c)
	}
	w.wants(w.reads("ivy", w.thread("ivy", id)), id+" escalated to Harbor", "receipt.png")
}

func TestAcknowledgingInTheThread(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	if _, got := w.writes("dana", id, "ack"); got != "" || w.cas(id).Status != desk.StatusEscalated {
		t.Error("the Partner cannot acknowledge")
	}
	if _, got := w.writes("ola", id, "ack"); got != "" || w.cas(id).Status != desk.StatusEscalated {
		t.Error("an observer's word is only a word")
	}
	w.writes("ivy", id, "I will ack this soon")
	if w.cas(id).Status != desk.StatusEscalated {
		t.Error("only the word itself acknowledges")
	}
	w.writes("ivy", id, "Acknowledged.")
	if c := w.cas(id); c.Status != desk.StatusAcknowledged || c.Engineer != "ivy" {
		t.Fatalf("acknowledged: %+v", c)
	}
	w.wants(w.reads("dana", w.thread("dana", id)), "Ivy Demo (Harbor) has the case.", "The next update comes by")
	_, got := w.writes("eve", id, "ack")
	w.wants(got, "Ivy Demo has acknowledged "+id+" already")
	w.wants(w.types("eve", "ack "+id), "Ivy Demo has acknowledged "+id+" already")
}

func TestTheProvidersThreadNeverCrossesByItself(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	ref, _ := w.writes("ivy", id, "Looks like our payment proxy, do not tell yet")
	w.writes("ivy", id, "what do you all think")
	w.writes("dana", id, "The customer calls every ten minutes")
	w.lacks(w.reads("dana", w.thread("dana", id)), "payment proxy", "what do you all think")
	w.wants(w.reads("ivy", w.thread("ivy", id)), "Dana Demo (Northwind):", "> The customer calls every ten minutes")
	w.lacks(w.types("dana", "show "+id+" timeline=yes"), "payment proxy")

	w.wants(w.reacts(bot.React, "dana", id, w.card(desk.Partner, id), "📤"), "You cannot reply to the Partner on a case.")
	w.wants(w.reacts(bot.React, "ivy", id, w.card(desk.Provider, id), "📤"), "Put it on a message that somebody wrote")
	w.wants(w.reacts(bot.React, "ivy", id, ref, "outbox_tray"), "was sent to Northwind")
	w.wants(w.reads("dana", w.thread("dana", id)), "Ivy Demo (Harbor):", "payment proxy")
	w.lacks(w.reads("dana", w.thread("dana", id)), "what do you all think")

	_, got := w.writes("ivy", id, "@casebot reply The proxy is restarted,\nplease try a=b again")
	w.wants(got, "Sent to Northwind")
	w.wants(w.reads("dana", w.thread("dana", id)), "> The proxy is restarted,\n> please try a=b again")

	w.presses("ivy", w.thread("ivy", id), "Reply to partner")
	w.submits("ivy", map[string]string{"text": "Written in the form"})
	w.wants(w.reads("dana", w.thread("dana", id)), "Written in the form")
	w.types("ivy", "note "+id+" internal only")
	w.lacks(w.reads("dana", w.thread("dana", id)), "internal only")
	w.wants(w.reads("ivy", w.thread("ivy", id)), "Internal note by Ivy Demo (Harbor):", "internal only")
}

func TestEditsAndDeletionsAreFollowed(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	ref, _ := w.writes("dana", id, "It is till 7")
	if err := w.fake.Rewrite(w.ctx, w.person("dana"), ref, "It is till 9"); err != nil {
		t.Fatal(err)
	}
	w.wants(w.reads("ivy", w.thread("ivy", id)), "> It is till 7", "changed a message. It now reads:", "> It is till 9")
	seq := w.cas(id).Seq
	if err := w.fake.Rewrite(w.ctx, w.person("dana"), ref, "It is till 9"); err != nil || w.cas(id).Seq != seq {
		t.Error("the same words again are no news")
	}
	if err := w.fake.Remove(w.ctx, w.person("dana"), ref); err != nil {
		t.Fatal(err)
	}
	w.wants(w.reads("ivy", w.thread("ivy", id)), "took back a message")
}

func TestFilesInThePartnersThreadAreEvidence(t *testing.T) {
	w := newWorld(t)
	id := w.filed(smallCase)
	w.writes("dana", id, "here it is", bot.File{Name: "till.log", Data: []byte("log")})
	if c := w.cas(id); len(c.Evidence) != 1 || c.Evidence[0].Name != "till.log" {
		t.Fatalf("evidence: %+v", c.Evidence)
	}
	w.lacks(w.types("dana", "escalate "+id), "Evidence.")
	up := w.up(true)
	w.writes("ivy", up, "", bot.File{Name: "trace.txt", Data: []byte("secret")})
	if c := w.cas(up); len(c.Evidence) != 0 {
		t.Error("a file in the Provider's thread stays there")
	}
	w.lacks(w.reads("dana", w.thread("dana", up)), "trace.txt")
}

func TestAMistakenReactionIsUndone(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	card := w.card(desk.Provider, id)
	w.wants(w.reacts(bot.React, "ivy", id, card, "raised_hand::skin-tone-4"), "You have "+id+" now")
	if got := w.reacts(bot.Unreact, "eve", id, card, "✋"); got != "" || w.cas(id).Status != desk.StatusAcknowledged {
		t.Errorf("somebody else's reaction takes nothing back: %s", got)
	}
	w.wants(w.reacts(bot.Unreact, "ivy", id, card, "✋🏽"), id+" is escalated again")
	if w.cas(id).Status != desk.StatusEscalated {
		t.Fatal("undone")
	}
	w.reacts(bot.React, "ivy", id, card, "✋")
	w.pass(11 * time.Minute)
	w.wants(w.reacts(bot.Unreact, "ivy", id, card, "✋"), "more than 10 minutes ago")
	if got := w.reacts(bot.React, "ivy", id, card, "🎉"); got != "" {
		t.Errorf("other emoji mean nothing: %s", got)
	}
}

func TestFromUpdateToRating(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	w.types("noor", "severity "+id+" 2 Half the tills stand still")
	w.wants(w.reads("dana", w.thread("dana", id)), "changed the severity from Sev 3 to Sev 2", "Half the tills stand still", "was due")
	w.wants(w.types("ivy", `update `+id+` next="in 2 hours" The proxy is at fault. A fix is tested.`), "Northwind passes it on")
	w.wants(w.reads("dana", w.thread("dana", id)), "Text for the customer, ready to copy:", "The next update comes by", "[Told the customer]")
	w.wants(w.presses("dana", w.thread("dana", id), "Told the customer"), "the customer has been told")
	w.wants(w.types("dana", "relay "+id), "no update of the Provider waiting")
	w.wants(w.types("dana", "wait "+id+" customer They try the fix"), "waits now", "The first reminder comes")
	w.wants(w.types("dana", "wait "+id+" customer Again"), "already waits")
	w.wants(w.types("dana", "resume "+id), "goes on")
	w.wants(w.reads("ivy", w.thread("ivy", id)), "The case no longer waits: resumed by Dana Demo.")
	w.wants(w.types("ivy", "resolve "+id+" code=fixed Version 6.2.2 is installed"), "is resolved", "Northwind tells the customer")
	w.wants(w.reads("dana", w.thread("dana", id)), "How satisfied", "Fixed by a change to the product")
	w.wants(w.presses("dana", w.thread("dana", id), "4"), "4 of 5")
	w.wants(w.types("dana", "reopen "+id+" It is back"), "is open again", "Harbor has it again")
	if c := w.cas(id); c.Ratings[0].Score != 4 || c.Reopens != 1 || c.Status != desk.StatusEscalated {
		t.Errorf("the case: %+v", c)
	}
}

func TestReturnAndMend(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	w.types("ivy", "return "+id)
	if f := w.dialog("ivy"); f == nil || len(field(f, "code").Options) == 0 {
		t.Fatal("a return without a reason opens the form")
	}
	w.submits("ivy", map[string]string{"code": "steps", "missing": "steps", "text": "Which till model"})
	w.wants(w.reads("dana", w.thread("dana", id)), "returned to Northwind", "The steps do not lead to the issue", "Which till model", "Please add: Steps to reproduce")
	w.presses("dana", w.thread("dana", id), "Add what is missing")
	f := w.dialog("dana")
	if f == nil || field(f, "steps").Value == "" {
		t.Fatalf("the named field is offered with what it holds: %+v", f)
	}
	w.submits("dana", map[string]string{"steps": "1 Model T7. 2 Sell. 3 Pay by card. Two receipts. https://logs.example/8"})
	if c := w.cas(id); c.Status != desk.StatusEscalated || c.Escalations != 2 {
		t.Errorf("up again: %+v", c)
	}
}

func TestPeopleAreFoundByName(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	w.wants(w.types("ivy", "assign "+id+" to @eve"), "Eve Demo now")
	w.wants(w.types("ivy", "assign "+id+" <@ivy>"), "Ivy Demo now")
	for line, want := range map[string]string{" demo": "could be Ivy Demo, Eve Demo, Pat Demo", " Dana Demo": "nobody called “Dana Demo”"} {
		w.types("ivy", "assign "+id+line)
		if f := w.dialog("ivy"); f == nil || !strings.Contains(field(f, "to").Error, want) || len(field(f, "to").Options) != 3 {
			t.Errorf("assign%s: wanted %q in %+v", line, want, f)
		}
	}
	_, got := w.writes("ivy", id, "@casebot assign demo")
	w.wants(got, "could be Ivy Demo, Eve Demo, Pat Demo")
	w.wants(w.reads("eve", w.fakeDirect()), id+" is yours", "Ivy Demo (Harbor) gave you this case")
}

func TestARestrictedCaseSaysNothingOutsideItsRoom(t *testing.T) {
	w := newWorld(t)
	line := strings.Replace(wholeCase, `"Defect"`, `"Security"`, 1)
	id := w.filed(line)
	secret := []string{"Receipts print twice", "Acme Outdoor", "Windows 11"}
	if c := w.cas(id); strings.Join(c.Invited, " ") != "dana ivy" {
		t.Fatalf("invited are who filed it and who is called: %v", c.Invited)
	}
	for _, who := range []string{"noor", "olaf", "eve", "pat", "sam"} {
		w.lacks(w.reads(who, w.channel(who))+w.reads(who, w.fakeDirect())+w.types(who, "list")+w.types(who, "show "+id), secret...)
		w.wants(w.types(who, "show "+id), "There is no case")
	}
	w.wants(w.types("dana", "show "+id), secret...)
	w.wants(w.types("dana", "invite "+id+" @eve She leads the investigation"), "Eve Demo can read "+id)
	w.wants(w.types("eve", "show "+id), secret...)
	w.fake.Caps.Private = false
	w.wants(w.types("dana", "show "+id), "direct message")
	w.lacks(w.types("dana", "list"), secret...)
}

func TestOddLines(t *testing.T) {
	w := newWorld(t)
	id := w.up(true)
	w.wants(w.types("dana", "esclate "+id), "Did you mean “escalate”")
	w.wants(w.types("dana", "ack"), "Name the case.")
	w.wants(w.types("dana", "ack "+id), "You cannot acknowledge a case.")
	w.wants(w.types("dana", "escalate "+id), "Dana Demo has escalated "+id+" already")
	w.wants(w.types("dana", id), "Receipts print twice")
	w.wants(w.types("dana", "/case show "+strings.ToLower(id)), "Receipts print twice")
	w.wants(w.types("dana", `update `+id+` next="tomorrow`), "is not closed")
	w.wants(w.types("dana", `update `+id+` next="yesterday 9:00" Soon`), "")
	if f := w.dialog("dana"); f == nil || field(f, "text").Value != "Soon" || field(f, "next").Error == "" {
		t.Errorf("the update's form keeps the text and marks the time: %+v", f)
	}
	big := strings.Repeat("<@everyone> *long* ", 3000)
	if _, got := w.writes("dana", id, big); got != "" {
		t.Errorf("a long message is kept in silence: %s", got)
	}
	_, events, err := w.desk.Timeline(w.ctx, w.person("dana"), id)
	if s, ok := events[len(events)-1].Body.(desk.Said); err != nil || !ok || s.Text != big {
		t.Error("the whole text is kept")
	}
	w.wants(w.types("olaf", "help"), "/case show")
	w.lacks(w.types("olaf", "help"), "/case escalate")
	w.wants(w.types("dana", "help escalate"), "🆘", "environment", "/case escalate NW-1042")
	for _, line := range []string{"handbook", "handbook escalation", "raci", "severity", "oncall", "explain " + id, "mine", "list status=all", "list severity=3 receipts", "action", "handbook " + id + " targets"} {
		if got := w.types("dana", line); got == "" || strings.Contains(got, "wrong on our side") {
			t.Errorf("/case %s: %q", line, got)
		}
	}
	w.wants(w.types("dana", `action add owner=@noor due="in 3 days" Write the triage guide`), "Noor Demo does it by")
	w.wants(w.types("dana", "action"), "Write the triage guide", "Noor Demo")
}

func TestARedeliveryIsDoneOnce(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	ack := bot.Interaction{ID: "evt-1", Kind: bot.Press, Platform: "fake", Account: w.person("ivy").Accounts[0], Text: "ack " + id}
	for range 2 {
		in := ack
		a := w.inbox.Handle(w.ctx, &in)
		w.wants(bot.PlainText(*a.Message, time.UTC), "You have "+id+" now")
	}
	file := bot.Interaction{ID: "evt-2", Kind: bot.Command, Platform: "fake", Account: w.person("dana").Accounts[0], Text: smallCase}
	for range 2 {
		in := file
		w.inbox.Handle(w.ctx, &in)
	}
	w.lacks(w.types("dana", "list"), "NW-1003")
	w.wants(w.types("dana", "list"), "NW-1002")
}

func TestCompletion(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	typing := func(who, text string) string {
		return w.does(who, bot.Interaction{Kind: bot.Complete, Text: text})
	}
	w.wants(typing("dana", "esc"), "escalate ")
	w.lacks(typing("ivy", "esc"), "escalate")
	w.wants(typing("ivy", "ack "), "ack "+id+" ")
	w.wants(typing("ivy", "return "+id+" st"), "return "+id+" steps ")
	w.wants(typing("dana", "new sev"), "new severity=")
	w.wants(typing("dana", "new severity="), "new severity=1 ", "Production down")
	w.wants(typing("dana", `new category=sec`), `new category=Security `)
	w.wants(typing("ivy", "assign "+id+" to=e"), "assign "+id+" to=eve ")
	if got := typing("sam", "show "+id+" "); got != "" {
		t.Errorf("another partner is offered nothing: %s", got)
	}
}

func TestRemindersReachTheThreads(t *testing.T) {
	w := newWorld(t)
	id := w.filed(strings.Replace(wholeCase, "severity=3", "severity=1", 1))
	w.wants(w.reads("ivy", w.fakeDirect()), id+" · Sev 1 needs you")
	w.lacks(w.reads("pat", w.fakeDirect()), "needs you")
	w.pass(61 * time.Minute)
	w.wants(w.reads("pat", w.fakeDirect()), "needs you")
	w.wants(w.reads("dana", w.thread("dana", id)), "The acknowledgement by Harbor is late.", "Tell the customer that it takes longer.", "first answer to the customer is late")
	w.wants(w.reads("ivy", w.thread("ivy", id)), "acknowledgement is late")
	w.wants(w.reads("ivy", w.channel("ivy")), "Late from Harbor")
}

func TestAReactionResolvesWithTheWordsItStandsOn(t *testing.T) {
	w := newWorld(t)
	id := w.filed(wholeCase)
	ref, _ := w.writes("dana", id, "Restarting the till solved it")
	w.wants(w.reacts(bot.React, "noor", id, ref, "white_check_mark"), "is resolved")
	if c := w.cas(id); c.Resolution != "Restarting the till solved it" {
		t.Errorf("the words: %q", c.Resolution)
	}
	up := w.up(true)
	ref, _ = w.writes("ivy", up, "Internally we blame the proxy")
	w.wants(w.reacts(bot.React, "ivy", up, ref, "✅"), "One more step")
	if w.cas(up).Status != desk.StatusAcknowledged {
		t.Error("nothing of the Provider's thread becomes public by a reaction that resolves")
	}
	w.presses("ivy", w.thread("ivy", up), "Resolve the case")
	if v := field(w.dialog("ivy"), "text").Value; v != "Internally we blame the proxy" {
		t.Errorf("the form starts with the words: %q", v)
	}
}

func TestChatterElsewhereIsNoneOfTheDesksBusiness(t *testing.T) {
	w := newWorld(t)
	id := w.filed(wholeCase)
	seq := w.cas(id).Seq
	for _, text := range []string{"ack", "lunch?", id + " is odd"} {
		got := w.answer("dana", w.channel("dana"), func() error {
			_, err := w.fake.Say(w.ctx, w.person("dana"), w.channel("dana"), text, nil)
			return err
		})
		if got != "" || w.cas(id).Seq != seq {
			t.Errorf("%q: %s", text, got)
		}
	}
	_, got := w.writes("dana", id, "@casebot the customer is angry")
	w.wants(got, "kept on the case", "begin with a command")
	_, got = w.writes("dana", id, "@casebot show")
	w.wants(got, "Receipts print twice", "the customer is angry")
}

func TestTwoAcknowledgeAtOnce(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	answers := make(chan string, 2)
	for _, who := range []string{"ivy", "eve"} {
		go func() {
			a := w.inbox.Handle(w.ctx, &bot.Interaction{ID: "race-" + who, Kind: bot.Press, Platform: "fake", Account: w.person(who).Accounts[0], Text: "ack " + id})
			answers <- bot.PlainText(*a.Message, time.UTC)
		}()
	}
	both := <-answers + "\n" + <-answers
	winner := w.person(w.cas(id).Engineer).Name
	w.wants(both, "You have "+id+" now", winner+" has acknowledged "+id+" already")
}

func TestAnEngineerFilesForAPartner(t *testing.T) {
	w := newWorld(t)
	w.types("ivy", smallCase)
	f := w.dialog("ivy")
	if f == nil || len(field(f, "partner").Options) != 2 || field(f, "partner").Error == "" || field(f, "customer").Value != "Acme Outdoor" {
		t.Fatalf("the form asks for the Partner: %+v", f)
	}
	got := w.submits("ivy", map[string]string{"partner": "southgate"})
	w.wants(got, "SG-1001 is filed as Sev 3")
	w.lacks(got, "[Escalate]")
	w.wants(w.reads("sam", w.channel("sam")), "SG-1001", "Receipts print twice")
	w.wants(w.types("ivy", "show SG-1001"), "Receipts print twice")
	w.wants(w.types("eve", "show SG-1001"), "There is no case")
	w.types("dana", strings.Replace(smallCase, "new ", "new partner=southgate ", 1))
	if c := w.cas("NW-1001"); c.Tenant != "northwind" {
		t.Error("a Partner files for itself alone")
	}
}

func TestAFollowUpOfAnOldCase(t *testing.T) {
	w := newWorld(t)
	id := w.filed(smallCase)
	w.types("dana", "resolve "+id+" code=answered They had the old version")
	w.types("dana", "close "+id)
	w.pass(15 * 24 * time.Hour)
	w.wants(w.types("dana", "reopen "+id+" It is back"), "more than 14 days ago", "/case new follows="+id)
	next := w.filed(strings.Replace(strings.Replace(smallCase, "new ", "new follows="+id+" ", 1), "today 9:00", "20 min ago", 1))
	if c := w.cas(next); len(c.Linked) != 1 || c.Linked[0] != id {
		t.Errorf("linked: %v", c.Linked)
	}
	w.wants(w.types("sam", strings.Replace(smallCase, "new ", "new follows="+id+" ", 1)), "There is no case")
}
