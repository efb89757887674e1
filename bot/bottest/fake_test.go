package bottest

import (
	"errors"
	"testing"

	"casebot/bot"
	"casebot/desk"
)

// The in-memory platform passes the suite as a rich platform, and as one with small dialogs that may not
// follow one another, with and without choices in a message before them.
func TestFakeConforms(t *testing.T) {
	small := func(c *bot.Capabilities) {
		c.DialogFields, c.DialogChain, c.DialogChoices, c.DialogFiles, c.LiveForms = 5, false, false, false, false
	}
	picks := func(c *bot.Capabilities) {
		small(c)
		c.DialogChoices, c.MessageChoices = true, 4
	}
	for name, change := range map[string]func(*bot.Capabilities){"choices in a message": picks, "rich": func(*bot.Capabilities) {}, "small dialogs": small,
		"small dialogs in a row": func(c *bot.Capabilities) { c.DialogFields = 3 }} {
		t.Run(name, func(t *testing.T) {
			Conformance(t, func(t *testing.T, inbox bot.Inbox) *Harness { return openFake(t, inbox, change) })
		})
	}
}

func openFake(t *testing.T, inbox bot.Inbox, change func(*bot.Capabilities)) *Harness {
	person := func(id, name string) desk.Person {
		return desk.Person{ID: id, Name: name, Party: "northwind", Roles: []desk.Role{desk.Agent}, Accounts: []desk.Account{desk.Account("fake/northwind/" + id)}}
	}
	dir, err := desk.NewDirectory(
		[]desk.Party{{ID: "northwind", Name: "Northwind", Kind: desk.Partner, Key: "NW", Home: "nw"}, {ID: "harbor", Name: "Harbor", Kind: desk.Provider}},
		[]desk.Home{{ID: "nw", Party: "northwind", Platform: "fake", Workspace: "northwind", Cases: "cases", Review: "review"}},
		[]desk.Person{person("dana", "Dana Demo"), person("marco", "Marco Muster")})
	if err != nil {
		t.Fatal(err)
	}
	f := NewFake("fake", dir)
	change(&f.Caps)
	f.Connect(inbox)
	h := &Harness{Platform: f, Work: f, Dir: dir, Stranger: person("zoe", "Zoe Nobody")}
	h.Dana, _ = dir.Person("dana")
	h.Marco, _ = dir.Person("marco")
	h.Redeliver = f.Redeliver
	h.Out, h.In = func() { f.Out("nw", "cases") }, func() { f.In(t.Context(), "nw", "cases") }
	h.Lose = func() {
		f.Fault = func(bot.To, string) *Fault {
			f.Fault = nil
			return &Fault{Err: &bot.SendError{Kind: bot.Unclear, Err: errors.New("the line went dead")}, Accept: true}
		}
	}
	h.Restart = func(t *testing.T, inbox bot.Inbox) *Harness {
		f.Connect(inbox)
		return h
	}
	return h
}
