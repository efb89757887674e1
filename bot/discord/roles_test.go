package discord

import (
	"strings"
	"testing"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// People who are not listed get roles at the desk by their roles in the guild, by id or by name; who has none of
// them stays a stranger, and listed people keep what the list says.
func TestRolesOfAGuildAreRolesAtTheDesk(t *testing.T) {
	w := newWorld(t, "text")
	homes := append([]desk.Home{}, w.dir.Homes...)
	homes[0].Roles = map[string]desk.Role{"support": desk.Agent, "701": desk.DutyManager}
	dir, err := desk.NewDirectory(w.dir.Parties, homes, w.dir.People)
	if err != nil {
		t.Fatal(err)
	}
	w.dir = dir
	w.fake.AddRole(northwindGuild, "700", "support")
	w.fake.AddRole(northwindGuild, "701", "leads")
	w.fake.AddRole(northwindGuild, "702", "friends")
	people := map[string][]string{"300000000000000011": {"700"}, "300000000000000012": {"701", "702", "700"}, "300000000000000013": {"702"}, userDana: {"701"}}
	for id, roles := range people {
		w.fake.AddUser(northwindGuild, id, "Guest "+id[16:], roles...)
	}
	s := play(t, w, nil)
	card := s.card("the card", "d1")
	for id, want := range map[string]string{"300000000000000011": "agent", "300000000000000012": "agent duty_manager", "300000000000000013": "", userDana: "agent"} {
		guest := desk.Person{ID: "guest", Name: "Guest", Party: "northwind", Accounts: []desk.Account{account(northwindGuild, id)}}
		s.must(s.work.Command(t.Context(), guest, s.at, "list"))
		s.must(s.work.Toggle(t.Context(), bot.React, guest, card, "👀"))
		s.must(s.work.Toggle(t.Context(), bot.Unreact, guest, card, "👀"))
		_, err := s.work.Say(t.Context(), guest, bottest.Spot{Home: "nw"}, "list", nil)
		s.must(err)
		for _, kind := range []bot.InteractionKind{bot.Command, bot.React, bot.Unreact, bot.Said} {
			got := s.inbox.of(kind)
			in := got[len(got)-1]
			var roles []string
			if who, ok := dir.ByMember(in.Account, in.Name, in.Groups); ok {
				for _, r := range []desk.Role{desk.Agent, desk.DutyManager} {
					for _, has := range who.Roles {
						if has == r {
							roles = append(roles, string(r))
						}
					}
				}
			}
			if strings.Join(roles, " ") != want {
				t.Errorf("%s of %s counts as %q by %q, want %q", kind, id, roles, in.Groups, want)
			}
		}
	}
	s.broken()
}

// A role that is named and not there is told by the check.
func TestCheckNamesARoleThatIsNotThere(t *testing.T) {
	w := newWorld(t, "text")
	homes := append([]desk.Home{}, w.dir.Homes...)
	homes[0].Roles = map[string]desk.Role{"support": desk.Agent}
	w.dir, _ = desk.NewDirectory(w.dir.Parties, homes, w.dir.People)
	if got := findings(t, w); !strings.Contains(got, "role support") {
		t.Errorf("the check says %q", got)
	}
	w.fake.AddRole(northwindGuild, "700", "support")
	if got := findings(t, w); got != "" {
		t.Errorf("the check says %q", got)
	}
}
