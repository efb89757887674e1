package storage

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"casebot/desk"
)

// held makes syncs of a store wait until they are let go, one by one.
func held(s *Store) (begun chan struct{}, let chan error) {
	begun, let = make(chan struct{}), make(chan error)
	s.engine.(*sqliteEngine).sync = func() error {
		begun <- struct{}{}
		return <-let
	}
	return begun, let
}

func TestNobodyIsToldBeforeItIsOnTheDisk(t *testing.T) {
	s := openTest(t)
	begun, let := held(s)
	first, read, seen := make(chan error), make(chan string), make(chan error)
	go func() { first <- s.Update(context.Background(), fileCase("NW-1")) }()
	<-begun
	// Who reads meanwhile has what was committed in hand, and waits too.
	go func() {
		seen <- s.View(context.Background(), func(r desk.Reader) error {
			c, err := r.Case("NW-1")
			if err == nil {
				read <- c.ID
			}
			return err
		})
	}()
	if got := <-read; got != "NW-1" {
		t.Errorf("read %q", got)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.View(gone, func(desk.Reader) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("reading while giving up: %v", err)
	}
	for range 100 {
		runtime.Gosched()
		select {
		case <-first:
			t.Fatal("answered before the sync had ended")
		case <-seen:
			t.Fatal("told of it before the sync had ended")
		default:
		}
	}
	let <- nil
	if err := <-first; err != nil {
		t.Error(err)
	}
	if err := <-seen; err != nil {
		t.Error(err)
	}
}

// While one group is on its way to the disk, those that come share the next one.
func TestOneSyncForAllThatComeMeanwhile(t *testing.T) {
	s := openTest(t)
	begun, let := held(s)
	answers := make(chan error)
	file := func(id string) { go func() { answers <- s.Update(context.Background(), fileCase(id)) }() }
	file("NW-1")
	<-begun
	for _, id := range []string{"NW-2", "NW-3", "NW-4"} {
		ran := make(chan struct{})
		go func() {
			answers <- s.Update(context.Background(), func(tx desk.Tx) error { defer close(ran); return fileCase(id)(tx) })
		}()
		<-ran // It is carried out while the sync is under way.
	}
	let <- nil
	<-begun
	let <- nil
	for range 4 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	if n := s.engine.(*sqliteEngine).committed.Load(); n != 2 {
		t.Errorf("%d commits, want 2", n)
	}
}

func TestAFailedSync(t *testing.T) {
	s := openTest(t)
	e := s.engine.(*sqliteEngine)
	fails := true
	e.sync = func() error {
		if fails {
			fails = false
			return errors.New("the disk says no")
		}
		return e.syncLog()
	}
	if err := s.Update(t.Context(), fileCase("NW-1")); desk.KindOf(err) != desk.KindBusy || !errors.Is(err, errUnsynced) {
		t.Errorf("filing while the disk fails: %v", err)
	}
	// A reader that stays on an old state keeps the log from being carried over: nothing is written.
	err := s.View(t.Context(), func(r desk.Reader) error {
		if _, err := r.Cases(desk.CaseQuery{}); err != nil {
			return err
		}
		e.busy = 20
		wantBusy(t, "filing before it is mended", s.Update(t.Context(), fileCase("NW-2")), sayBusy)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), fileCase("NW-3")); err != nil {
		t.Fatal(err)
	}
	// What was committed when the disk failed is there: the log was carried over whole.
	if got := filed(t, s); got != "NW-1 NW-3 " {
		t.Errorf("filed %q", got)
	}
	if e.torn.Load() {
		t.Error("it is not mended")
	}
}

// The log is synced where SQLite keeps it: beside the file itself, not beside a link to it.
func TestTheLogOfALinkedFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "disk"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "disk", "desk.db"), filepath.Join(dir, "casebot.db")); err != nil {
		t.Skip(err)
	}
	s, err := Open(t.Context(), filepath.Join(dir, "casebot.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Update(t.Context(), fileCase("NW-1")); err != nil {
		t.Error(err)
	}
	if got, want := s.engine.(*sqliteEngine).logPath, filepath.Join(dir, "disk", "desk.db-wal"); got != want {
		t.Errorf("the log is looked for at %s, want %s", got, want)
	}
}

// A writer that was opened anew has another log than before where nobody else held the old one open. What it commits
// then is synced there.
func TestTheLogIsOpenedAnewWithTheWriter(t *testing.T) {
	s := openTest(t)
	e := s.engine.(*sqliteEngine)
	logs := func() (synced, there os.FileInfo) {
		t.Helper()
		synced, err := e.logFile.Stat()
		if err != nil {
			t.Fatal(err)
		}
		if there, err = os.Stat(e.logPath); err != nil {
			t.Fatal(err)
		}
		return synced, there
	}
	for _, id := range []string{"NW-1", "NW-2"} {
		if err := s.Update(t.Context(), fileCase(id)); err != nil {
			t.Fatal(err)
		}
		if synced, there := logs(); !os.SameFile(synced, there) {
			t.Errorf("after %s another file is synced than the log", id)
		}
		e.torn.Store(true) // The next update mends it: the writer is opened anew.
	}
}
