package storage

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"casebot/desk"
	"casebot/storage/pgtest"
)

// wantBusy checks that a fault of the database is told as one, with a sentence.
func wantBusy(t *testing.T, what string, err error, say string) {
	t.Helper()
	var e *desk.Error
	if !errors.As(err, &e) || e.Kind != desk.KindBusy || e.Say != say {
		t.Errorf("%s: %v; want busy with %q", what, err, say)
	}
}

// pragma sets something on the writer's connection.
func pragma(t *testing.T, s *Store, text string) {
	t.Helper()
	if _, err := s.engine.(*sqliteEngine).writer.c.Exec("pragma "+text, nil); err != nil {
		t.Fatal(err)
	}
}

func TestDiskFull(t *testing.T) {
	s := openTest(t)
	if err := s.Update(t.Context(), fileCase("NW-1")); err != nil {
		t.Fatal(err)
	}
	// SQLite never makes the limit smaller than the file is.
	pragma(t, s, "max_page_count = 1")
	long := strings.Repeat("a long story ", 2000)
	big := func(tx desk.Tx) error {
		if err := fileCase("NW-2")(tx); err != nil {
			return err
		}
		return tx.PutState("big", "one", []byte(long))
	}
	wantBusy(t, "filing", s.Update(t.Context(), big), sayFull)
	wantBusy(t, "ready", s.Ready(t.Context()), sayFull)
	for i, err := range together(t, s, fileCase("NW-3"), big, fileCase("NW-4")) {
		wantBusy(t, "update "+strconv.Itoa(i)+" beside one that fills the disk", err, sayFull)
		if i == 1 {
			break // The third came after the transaction had ended, into one of its own.
		}
	}
	if got := filed(t, s); !strings.HasPrefix(got, "NW-1 ") || strings.Contains(got, "NW-2") || strings.Contains(got, "NW-3") {
		t.Errorf("filed %q", got)
	}
	pragma(t, s, "max_page_count = 1000000")
	if err := s.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Update(t.Context(), big); err != nil {
		t.Error(err)
	}
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "casebot.db")
	e, err := openSQLiteBusy(t.Context(), path, 20, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{d: sqliteDialect, engine: e}
	defer s.Close()
	if err := s.Update(t.Context(), fileCase("NW-1")); err != nil {
		t.Fatal(err)
	}
	other, err := dialSQLite(sqliteDSN(path, false, 20))
	if err != nil {
		t.Fatal(err)
	}
	defer other.close()
	if err := other.plain("begin immediate"); err != nil {
		t.Fatal(err)
	}
	wantBusy(t, "filing", s.Update(t.Context(), fileCase("NW-2")), sayBusy)
	wantBusy(t, "ready", s.Ready(t.Context()), sayBusy)
	if got := filed(t, s); got != "NW-1 " {
		t.Errorf("reading while it is locked: %q", got)
	}
	if err := other.plain("rollback"); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), fileCase("NW-2")); err != nil {
		t.Error(err)
	}
}

func TestReadOnlyDatabase(t *testing.T) {
	s := openTest(t)
	pragma(t, s, "query_only = 1")
	wantBusy(t, "filing", s.Update(t.Context(), fileCase("NW-1")), sayReadOnly)
	wantBusy(t, "ready", s.Ready(t.Context()), sayReadOnly)
}

func TestNoDatabase(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(garbage, []byte(strings.Repeat("Dear Sir or Madam, ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, dsn := range map[string]string{
		"a folder": dir, "a folder that is not there": filepath.Join(dir, "no", "such.db"), "another kind of file": garbage,
		"nobody's server": "postgres://casebot@127.0.0.1:1/casebot?connect_timeout=2",
	} {
		if _, err := Open(t.Context(), dsn, slog.New(slog.DiscardHandler)); desk.KindOf(err) != desk.KindBusy {
			t.Errorf("opening %s: %v", what, err)
		}
	}
}

func TestPostgreSQLGoesAway(t *testing.T) {
	c, err := pgtest.Start(false)
	if err != nil {
		pgtest.Database(t) // Says why there is none, and fails where there must be one.
		t.Fatal(err)
	}
	defer c.Stop()
	s := openAt(t, c.DSN("postgres"))
	if err := s.Update(t.Context(), fileCase("NW-1")); err != nil {
		t.Fatal(err)
	}
	// All connections end, as in a restart: the next update finds that out and takes a new one.
	e := s.engine.(*pgEngine)
	if _, err := e.db.ExecContext(t.Context(), `select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and backend_type = 'client backend'`); err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), fileCase("NW-2")); err != nil {
		t.Errorf("after all connections ended: %v", err)
	}
	if got := filed(t, s); got != "NW-1 NW-2 " {
		t.Errorf("filed %q", got)
	}
	// In the middle of a transaction, nothing of it is left, and it is tried again.
	tries := 0
	err = s.Update(t.Context(), func(tx desk.Tx) error {
		if tries++; tries == 1 {
			if err := fileCase("NW-3")(tx); err != nil {
				return err
			}
			if _, err := e.db.ExecContext(context.Background(), `select pg_terminate_backend(pid) from pg_stat_activity where state = 'idle in transaction'`); err != nil {
				return err
			}
		}
		return fileCase("NW-4")(tx)
	})
	if err != nil || tries != 2 {
		t.Errorf("%d tries: %v", tries, err)
	}
	if got := filed(t, s); got != "NW-1 NW-2 NW-4 " {
		t.Errorf("filed %q", got)
	}
	c.Stop()
	wantBusy(t, "filing", s.Update(t.Context(), fileCase("NW-5")), sayAway)
	wantBusy(t, "ready", s.Ready(t.Context()), sayAway)
	wantBusy(t, "reading", s.View(t.Context(), func(r desk.Reader) error { _, err := r.Case("NW-1"); return err }), sayAway)
}
