package slack

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// grouped is a world in which Northwind's home gives roles by user groups.
func grouped(t *testing.T, http bool, roles map[string]desk.Role) *world {
	t.Helper()
	w := newWorld(t, http)
	homes := slices.Clone(w.dir.Homes)
	homes[0].Roles = roles
	dir, err := desk.NewDirectory(w.dir.Parties, homes, w.dir.People)
	if err != nil {
		t.Fatal(err)
	}
	w.dir = dir
	w.fake.Scopes("T0NORTHWIND", Scopes(UserGroups)...)
	w.fake.AddGroup("T0NORTHWIND", "S0AGENTS", "agents", "Agents", "U0STRANGER")
	w.fake.AddGroup("T0NORTHWIND", "S0LEADS", "leads", "Leads")
	return w
}

// People who are not listed get roles by their user groups, by id or handle; who is taken out of a group
// loses the role at once, and listed people keep what the list says.
func TestUserGroupsAreRolesAtTheDesk(t *testing.T) {
	for name, http := range map[string]bool{"Socket Mode": false, "HTTP mode": true} {
		t.Run(name, func(t *testing.T) {
			w := grouped(t, http, map[string]desk.Role{"agents": desk.Agent, "S0LEADS": desk.DutyManager})
			s := play(t, w, nil)
			card := s.card("the card", "d1")
			sam := desk.Person{ID: "sam", Name: "Sam Stranger", Party: "northwind", Accounts: []desk.Account{account("T0NORTHWIND", "U0STRANGER")}}
			roles := func(who desk.Person) string {
				t.Helper()
				s.must(s.work.Command(t.Context(), who, s.at, "list"))
				s.must(s.work.Toggle(t.Context(), bot.React, who, card, "👀"))
				s.must(s.work.Toggle(t.Context(), bot.Unreact, who, card, "👀"))
				var all []string
				for _, kind := range []bot.InteractionKind{bot.Command, bot.React, bot.Unreact} {
					got := s.inbox.of(kind)
					in := got[len(got)-1]
					p, _ := w.dir.ByMember(in.Account, in.Name, in.Groups)
					var of []string
					for _, r := range p.Roles {
						of = append(of, string(r))
					}
					all = append(all, strings.Join(of, " "))
				}
				if all[0] != all[1] || all[1] != all[2] {
					t.Errorf("one person has other roles by command, reaction and its taking off: %q", all)
				}
				return all[0]
			}
			if got := roles(sam); got != "agent" {
				t.Errorf("somebody of the group agents is %q", got)
			}
			w.fake.SetGroup("T0NORTHWIND", "S0LEADS", "U0STRANGER", "U0DANA")
			s.wait()
			if got := roles(sam); got != "agent duty_manager" {
				t.Errorf("after being put into the group leads too: %q", got)
			}
			if got := roles(s.dana); got != "agent" {
				t.Errorf("Dana is listed as an agent and is %q", got)
			}
			w.fake.SetGroup("T0NORTHWIND", "S0AGENTS") // Nobody: it is disabled.
			w.fake.SetGroup("T0NORTHWIND", "S0LEADS", "U0DANA")
			s.wait()
			if got := roles(sam); got != "" {
				t.Errorf("after being taken out of both groups: %q", got)
			}
		})
	}
}

// While the groups can't be read, everybody keeps what was read last; they are read again by themselves.
func TestUserGroupsOutliveAnOutage(t *testing.T) {
	w := grouped(t, true, map[string]desk.Role{"agents": desk.Agent})
	s := play(t, w, nil)
	nw := s.Platform.team("T0NORTHWIND")
	sam := account("T0NORTHWIND", "U0STRANGER")
	if got := s.groupsOf(t.Context(), sam); !slices.Equal(got, []string{"S0AGENTS", "agents"}) {
		t.Fatalf("the groups are %q", got)
	}
	var down atomic.Bool
	down.Store(true)
	w.fake.Fault("usergroups.list", func(int) *slackfake.Fault {
		if down.Load() {
			return &slackfake.Fault{Status: 503}
		}
		return nil
	})
	w.clock.Advance(groupsEvery)
	s.keepGroups(t.Context(), nw)
	if got := s.groupsOf(t.Context(), sam); len(got) != 2 {
		t.Errorf("during an outage the groups are %q", got)
	}
	down.Store(false)
	before := len(w.fake.Calls("usergroups.list"))
	s.keepGroups(t.Context(), nw)
	if n := len(w.fake.Calls("usergroups.list")); n != before {
		t.Errorf("they are asked for again at once, %d times", n-before)
	}
	w.clock.Advance(groupsAgain)
	s.keepGroups(t.Context(), nw)
	if n := len(w.fake.Calls("usergroups.list")); n != before+1 {
		t.Errorf("they are asked for %d times after the outage", n-before)
	}
}

// The manifest asks for the user groups only where they are used.
func TestTheManifestAsksForUserGroupsWhereTheyAreUsed(t *testing.T) {
	plain, with := MakeManifest(ManifestOptions{Name: "casebot"}), MakeManifest(ManifestOptions{Name: "casebot", Extra: []Extra{UserGroups}})
	const scope, event = "usergroups:read", "subteam_members_changed"
	if slices.Contains(plain.OAuth.Scopes["bot"], scope) || slices.Contains(plain.Settings.Events.Events, event) {
		t.Errorf("they are asked for without use: %v", plain)
	}
	if !slices.Contains(with.OAuth.Scopes["bot"], scope) || !slices.Contains(with.Settings.Events.Events, event) {
		t.Errorf("they are not asked for: %v", with)
	}
	if w := newWorld(t, true); len(play(t, w, nil).fake.Calls("usergroups.list")) != 0 {
		t.Error("groups are read that nobody uses")
	}
}

// The check tells a user group that is not there, is disabled or empty, and the scope that is missing.
func TestCheckLooksAtUserGroups(t *testing.T) {
	w := grouped(t, false, map[string]desk.Role{"agents": desk.Agent, "S0LEADS": desk.DutyManager, "ghosts": desk.Observer, "old": desk.Observer})
	w.fake.AddGroup("T0NORTHWIND", "S0OLD", "old", "Old")
	w.fake.SetGroup("T0NORTHWIND", "S0OLD")
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	said := told(p.Check(t.Context()))
	for _, want := range []string{
		"ok: home nw: the user group agents makes its people agent",
		"warning: home nw: the user group S0LEADS makes its people duty manager: nobody is in it",
		"error: home nw: the user group ghosts makes its people observer: the workspace has no user group",
		"error: home nw: the user group old makes its people observer: the user group is disabled",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("the check does not say %q:\n%s", want, said)
		}
	}
	w.fake.Scopes("T0NORTHWIND", Scopes()...)
	if said := told(p.Check(t.Context())); !strings.Contains(said, "add usergroups:read") || !strings.Contains(said, "the user groups can be read: the app lacks a scope") {
		t.Errorf("without the scope the check says:\n%s", said)
	}
	w.fake.Scopes("T0NORTHWIND", append(Scopes(UserGroups), "admin")...)
	if said := told(p.Check(t.Context())); !strings.Contains(said, "warning: Slack workspace T0NORTHWIND: 16 of 16 scopes are granted, and more than it uses: take admin away") {
		t.Errorf("of a scope too many the check says:\n%s", said)
	}
}

// A home in a workspace without the app can't give roles by its groups, and the check says so.
func TestCheckFindsGroupsThatNobodyCanRead(t *testing.T) {
	w := newWorld(t, false)
	homes := slices.Clone(w.dir.Homes)
	homes[1].Shared, homes[1].Cases, homes[1].Roles = true, homes[0].Cases, map[string]desk.Role{"crew": desk.Engineer}
	homes[0].Shared = true
	w.dir, _ = desk.NewDirectory(w.dir.Parties, homes, w.dir.People)
	o := w.options()
	all := o.Tokens
	o.Tokens = func(h desk.Home) Tokens {
		if h.ID == "hb" {
			return Tokens{}
		}
		return all(h)
	}
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if said := told(p.Check(t.Context())); !strings.Contains(said, "error: home hb: its user groups give roles: the app is not installed in workspace T0HARBOR") {
		t.Errorf("the check says:\n%s", said)
	}
}

// told are findings as lines.
func told(all []Finding) string {
	var out []string
	for _, f := range all {
		switch {
		case f.Do == "":
			out = append(out, "ok: "+f.What)
		case f.Warn:
			out = append(out, "warning: "+f.What+": "+f.Do)
		default:
			out = append(out, "error: "+f.What+": "+f.Do)
		}
	}
	return strings.Join(out, "\n")
}

// checkWith makes an adapter that is only asked, with short rounds, and gives what the self-probe says.
func checkWith(t *testing.T, w *world, serving func(context.Context) *Serving) string {
	t.Helper()
	p, err := New(w.options())
	if err != nil {
		t.Fatal(err)
	}
	p.patience = 150 * time.Millisecond
	p.Check(t.Context())
	return told(p.CheckEvents(t.Context(), serving))
}
