package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
	"casebot/story"
)

// connectStage is a Partner and the Provider in one channel that their workspaces share. With only one
// installation the Partner's people are guests of the Provider's app.
func connectStage(t testing.TB, bothInstall bool) *slackStage {
	apart := slackDirectory(t)
	homes := append([]desk.Home{}, apart.Homes...)
	for i := range homes {
		if homes[i].Party != "southgate" {
			homes[i].Cases, homes[i].Shared = "C0SHARED", true
		}
		if homes[i].Party == "northwind" {
			homes[i].DefaultRole = desk.Agent // Whoever comes from there is one of their agents.
		}
	}
	dir, err := desk.NewDirectory(apart.Parties, homes, apart.People)
	if err != nil {
		t.Fatal(err)
	}
	s := &slackStage{stage: &stage{dsn: filepath.Join(t.TempDir(), "casebot.db"), dir: dir, now: time.Date(2026, 11, 16, 17, 0, 0, 0, time.UTC)}, teams: map[string]*slackfake.Team{}}
	s.fake = slackfake.New(s)
	t.Cleanup(s.fake.Close)
	for _, h := range dir.Homes {
		team := s.fake.AddTeam(h.Workspace, h.Party)
		s.fake.AddChannel(h.Review, "ops-review", h.Workspace)
		if bothInstall || h.Party != "northwind" {
			s.teams[h.Workspace] = team
		}
	}
	s.fake.AddChannel("C0SHARED", "support", "T0HARBOR", "T0NORTHWIND")
	s.fake.AddChannel("C0SOUTHGATECASES", "cases", "T0SOUTHGATE")
	if !bothInstall {
		s.fake.Kick("T0NORTHWIND", "C0SHARED")
	}
	for _, p := range dir.People {
		h, _ := dir.HomeOf(p.Party)
		s.fake.AddUser(h.Workspace, "U0"+strings.ToUpper(p.ID), p.Name, p.Zone)
	}
	return s
}

// One shared channel, one thread: nothing is copied, everybody acts where they are, and a message that two
// installations hear counts once.
func TestSlackConnect(t *testing.T) {
	src, err := os.ReadFile("testdata/connect/one-thread.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for name, both := range map[string]bool{"both companies install": true, "only the provider installs": false} {
		t.Run(name, func(t *testing.T) {
			s := connectStage(t, both)
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			world := s.world()
			world.Work = settled{s.fake.Workspace(s.dir), s.settle}
			var told strings.Builder
			if err := story.Run(t.Context(), world, src, &told); err != nil {
				t.Errorf("%v\nThe story so far:\n%s", err, tail(told.String(), 60))
			}
			for _, p := range s.fake.Problems() {
				t.Errorf("over a limit of Slack: %s", p)
			}
			replies := 0
			for _, m := range s.fake.Raw("C0SHARED") {
				if text, _ := m["text"].(string); strings.Contains(text, "Acknowledged") || strings.Contains(text, "acknowledged") {
					replies++
				}
			}
			t.Logf("%d messages speak of the acknowledgement", replies)
		})
	}
}

// In a shared channel people are known by the workspace they come from, listed or not, and what two installations
// hear of counts once: words, edits, reactions. Somebody of a third company is nobody here.
func TestSlackConnectCountsOnceAndKnowsTeams(t *testing.T) {
	for name, both := range map[string]bool{"both companies install": true, "only the provider installs": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := connectStage(t, both)
			s.fake.AddUser("T0NORTHWIND", "U0QUINN", "Quinn New", "America/Chicago")
			s.fake.AddUser("T0HARBOR", "U0HANK", "Hank New", "America/Los_Angeles")
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			w := s.world()
			work := settled{s.fake.Workspace(s.dir), s.settle}
			w.Work = work
			src := "it is 2026-11-17 10:00 America/Chicago\n" + strings.Replace(tillCase, "dana: /case new", "dana in the channel: @casebot new", 1)
			if err := story.Run(t.Context(), w, []byte(src), nil); err != nil {
				t.Fatal(err)
			}
			at := s.threads(t)[desk.Partner]
			must := func(err error) {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				w.Flush(t.Context())
			}
			quinn := desk.Person{ID: "quinn", Name: "Quinn New", Accounts: []desk.Account{"slack/T0NORTHWIND/U0QUINN"}}
			hank := desk.Person{ID: "hank", Name: "Hank New", Accounts: []desk.Account{"slack/T0HARBOR/U0HANK"}}
			ref, err := work.Say(t.Context(), quinn, at, "It is till four as well.", nil)
			must(err)
			must(work.Rewrite(t.Context(), quinn, ref, "It is till five as well."))
			must(work.Toggle(t.Context(), bot.React, quinn, ref, "🆘")) // An agent by where he comes from.
			_, err = work.Say(t.Context(), hank, at, "ack", nil)       // Harbor lists its engineers; he is none of them.
			must(err)
			s.fake.SendEvent("T0HARBOR", map[string]any{"type": "message", "channel": "C0SHARED", "channel_type": "channel", "user": "U0ODD", "user_team": "T0ELSEWHERE",
				"source_team": "T0ELSEWHERE", "team": "T0ELSEWHERE", "text": "Buy my tills", "ts": "1795190400.000900", "thread_ts": strings.TrimPrefix(string(at.Thread), at.Home+":C0SHARED/")})
			s.settle()
			w.Flush(t.Context())
			kinds := map[string]int{}
			err = s.app.Store.View(t.Context(), func(r desk.Reader) error {
				all, err := r.Events("NW-1001")
				for _, e := range all {
					kinds[e.Body.Kind()]++
					switch b := e.Body.(type) {
					case desk.Said:
						if e.Name != "Quinn New" || e.Side != desk.Partner || b.Text != "It is till four as well." {
							t.Errorf("said: %+v", e)
						}
					case desk.Escalated:
						if e.Name != "Quinn New" {
							t.Errorf("escalated by %+v", e)
						}
					}
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if kinds["said"] != 1 || kinds["revised"] != 1 || kinds["escalated"] != 1 || kinds["acknowledged"] != 0 {
				t.Errorf("the record has %v", kinds)
			}
			for _, p := range s.fake.Problems() {
				t.Error(p)
			}
		})
	}
}
