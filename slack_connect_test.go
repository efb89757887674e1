package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
