package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/desk"
	"casebot/storage/pgtest"
	"casebot/story"
)

// A desk keeps who wrote what, reactions and what forms carry while a case goes on and for a while after it.
func TestTidyOnDiscord(t *testing.T) {
	for name, forum := range map[string]bool{"sqlite": false, "postgresql": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dsn := filepath.Join(t.TempDir(), "casebot.db")
			if name == "postgresql" {
				dsn = pgtest.Database(t)
			}
			s := newPairStage(t, pairs["discord"], dsn, forum)
			if err := s.start(t.Context()); err != nil {
				t.Fatal(err)
			}
			defer func() { s.stop() }()
			k := &keptCase{t, s.stage, "discord", s.world()}
			k.twoCases()
			// A form of three pages that is left in the middle; what was typed is carried by the message that leads on.
			k.tell(`dana: /case new`, `dana fills in severity=3 product="Harbor Tills" category=Defect customer="Demo Garden Centre" summary="Labels come out blank" impact="Shelves stay without prices" first_seen="today 09:30"`)
			k.aged(60)
			for _, kind := range []string{"author/", "reactions/", "id/"} {
				if len(k.rows(kind)) == 0 {
					t.Errorf("after sixty days nothing of %s is kept", kind)
				}
			}
			k.aged(120)
			if left := k.rows("id/"); len(left) != 0 {
				t.Errorf("of a form that was left months ago is kept %q", left)
			}
			for _, kind := range []string{"author/", "reactions/"} {
				if done := k.of(kind, "NW-1001"); len(done) != 0 {
					t.Errorf("of the case that was closed long ago is kept %q", done)
				}
				if open := k.of(kind, "NW-1002"); len(open) == 0 {
					t.Errorf("of the case that goes on nothing of %s is kept; there is %q", kind, k.rows(""))
				}
			}
			for _, p := range s.problems() {
				t.Error(p)
			}
		})
	}
}

// The same on Slack, which keeps reactions alone. A desk that starts again reads the threads of open cases back, and a
// reaction that is a year old does not count again.
func TestTidyOnSlack(t *testing.T) {
	inBothModes(t, func(t *testing.T, s *slackStage, w *story.World) {
		k := &keptCase{t, s.stage, "slack", w}
		k.twoCases()
		k.aged(60)
		if len(k.rows("reactions/")) < 2 {
			t.Errorf("after sixty days is kept %q", k.rows(""))
		}
		k.aged(120)
		if left := k.rows("reactions/"); len(left) != 1 || len(k.of("reactions/", "NW-1002")) != 1 {
			t.Errorf("left is %q", left)
		}
		s.stop()
		if err := s.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.Store = s.app.Store
		s.platform.Wait()
		s.settle()
		for _, id := range []string{"NW-1001", "NW-1002"} {
			if n := k.escalations(id); n != 1 {
				t.Errorf("after a start %s was escalated %d times", id, n)
			}
		}
	})
}

// keptCase plays cases and looks at what a platform keeps about them.
type keptCase struct {
	*testing.T
	*stage
	space string
	world *story.World
}

func (k *keptCase) tell(lines ...string) {
	k.Helper()
	var told strings.Builder
	if err := story.Run(k.Context(), k.world, []byte(strings.Join(lines, "\n")), &told); err != nil {
		k.Fatalf("%v\n%s", err, tail(told.String(), 30))
	}
}

// twoCases files two cases that are escalated by a reaction on a word in their thread. The first is closed.
func (k *keptCase) twoCases() {
	k.Helper()
	k.tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`,
		"dana: It also happens at till 4 now.", `dana reacts 🆘 on "till 4 now"`, "erin: ack", `dana sees "has the case"`,
		`erin: /case resolve NW-1001 code=fixed text="The coupon cache is emptied."`, "one minute passes", `dana presses "5"`, "dana: /case close NW-1001")
	k.tell("the case is NW-1002", strings.Replace(tillCase, "Till three freezes", "The printer of till nine is silent", 1), "one minute passes",
		"dana: It is silent at till 8 as well.", `dana reacts 🆘 on "till 8 as well"`, "erin: ack", `dana sees "has the case"`)
	if c := k.find("NW-1001"); c.Status != desk.StatusClosed {
		k.Fatalf("the first case is %s", c.Status)
	}
	if c := k.find("NW-1002"); c.Status != desk.StatusAcknowledged {
		k.Fatalf("the second case is %s", c.Status)
	}
}

func (k *keptCase) find(id string) (c *desk.Case) {
	k.Helper()
	if err := k.app.Store.View(k.Context(), func(r desk.Reader) (err error) { c, err = r.Case(id); return err }); err != nil {
		k.Fatal(err)
	}
	return c
}

// aged lets days pass and does what is done about once an hour.
func (k *keptCase) aged(days int) {
	k.Helper()
	k.set(k.find("NW-1001").UpdatedAt.Add(time.Duration(days) * 24 * time.Hour))
	if err := k.app.housekeeping(k.Context()); err != nil {
		k.Fatal(err)
	}
}

// rows are the keys of what is kept, of one kind.
func (k *keptCase) rows(kind string) (out []string) {
	k.Helper()
	err := k.app.Store.View(k.Context(), func(r desk.Reader) error {
		return r.EachState(k.space, func(key string, _ []byte) error {
			if strings.HasPrefix(key, kind) {
				out = append(out, key)
			}
			return nil
		})
	})
	if err != nil {
		k.Fatal(err)
	}
	return out
}

// of are those of a case: what is kept about the messages that it knows.
func (k *keptCase) of(kind, id string) []string {
	k.Helper()
	var posts []desk.Post
	if err := k.app.Store.View(k.Context(), func(r desk.Reader) (err error) { posts, err = r.Posts(id, "", ""); return err }); err != nil {
		k.Fatal(err)
	}
	return slices.DeleteFunc(k.rows(kind), func(key string) bool {
		return !slices.ContainsFunc(posts, func(p desk.Post) bool {
			_, at, _ := strings.Cut(string(p.Ref), ":")
			return kind+at == key
		})
	})
}

func (k *keptCase) escalations(id string) (n int) {
	k.Helper()
	err := k.app.Store.View(k.Context(), func(r desk.Reader) error {
		all, err := r.Events(id)
		for _, e := range all {
			if _, ok := e.Body.(desk.Escalated); ok {
				n++
			}
		}
		return err
	})
	if err != nil {
		k.Fatal(err)
	}
	return n
}
