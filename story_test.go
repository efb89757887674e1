package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casebot/storage/pgtest"
	"casebot/story"
)

// TestMain is the program itself where a test starts it as a process of its own.
func TestMain(m *testing.M) {
	switch os.Getenv("CASEBOT_TEST_AS_PROGRAM") {
	case "":
	case "bare":
		runBareDesk()
		os.Exit(0)
	default:
		main()
	}
	code := m.Run()
	pgtest.Stop()
	os.Exit(code)
}

// Every story of testdata/script holds on SQLite and on PostgreSQL; in a short run on one of them in turn, beside the stages
// of toldOn.
func TestStories(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no stories: %v", err)
	}
	databases := map[string]func(t *testing.T) string{
		"sqlite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "casebot.db") },
		"postgresql": func(t *testing.T) string { return pgtest.Database(t) },
	}
	for name, dsn := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, file := range files {
				if testing.Short() && (i%2 == 0) != (name == "sqlite") {
					continue
				}
				t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
					t.Parallel()
					src, err := os.ReadFile(file)
					if err != nil {
						t.Fatal(err)
					}
					ctx := context.Background()
					s, err := newStage(ctx, dsn(t))
					if err != nil {
						t.Fatal(err)
					}
					defer s.end()
					var told strings.Builder
					if err := story.Run(ctx, s.world(), src, &told); err != nil {
						t.Errorf("%s: %v\nThe story so far:\n%s", file, err, tail(told.String(), 60))
					}
				})
			}
		})
	}
}

// The stages of the chat platforms on which every story is told. Under the race detector, which makes everything ten
// times slower (-short), each story is told on one of them in turn, so that all stages are raced with some stories.
const (
	onSlackSocket = iota
	onSlackHTTP
	onDiscordForum
	onPairs // Three pairs, each on two databases.
	stages  = onPairs + 6
)

// toldOn gives the stories of a stage.
func toldOn(t *testing.T, stage int) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no stories: %v", err)
	}
	if !testing.Short() {
		return files
	}
	var out []string
	for i, f := range files {
		if (i+stage)%stages == 0 {
			out = append(out, f)
		}
	}
	return out
}

// tail is the last lines of a text.
func tail(s string, lines int) string {
	all := strings.Split(s, "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
