package storage

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"casebot/desk"
	"casebot/storage/storagetest"
)

// fileCase is an update that files one case.
func fileCase(id string) func(desk.Tx) error {
	return func(tx desk.Tx) error {
		c, events := storagetest.New(storagetest.Filing{ID: id, Tenant: "northwind", Summary: "Exports hang"})
		return tx.PutCase(c, 0, events, []desk.Notice{storagetest.Tell(id, id, id, storagetest.Monday)})
	}
}

func filed(t *testing.T, s *Store) string {
	t.Helper()
	out := ""
	err := s.View(t.Context(), func(r desk.Reader) error {
		cs, err := r.Cases(desk.CaseQuery{Oldest: true})
		for _, c := range cs {
			out += c.ID + " "
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// together runs updates in one transaction, in order: a first one holds its turn until the rest wait. It
// gives their errors; a panic counts as one.
func together(t *testing.T, s *Store, fs ...func(desk.Tx) error) []error {
	t.Helper()
	e := s.engine.(*sqliteEngine)
	errs := make([]error, len(fs))
	var wg sync.WaitGroup
	begun := false
	err := s.Update(t.Context(), func(desk.Tx) error {
		if begun {
			return nil // It is run again.
		}
		begun = true
		for i, f := range fs {
			wg.Go(func() {
				defer func() {
					if p := recover(); p != nil {
						errs[i] = errors.New("panic")
					}
				}()
				errs[i] = s.Update(t.Context(), f)
			})
			for len(e.queue) <= i {
				runtime.Gosched()
			}
		}
		return nil
	})
	if err != nil && len(fs) == 0 {
		t.Fatal(err)
	}
	wg.Wait()
	return errs
}

func TestGroupCommit(t *testing.T) {
	s := openTest(t)
	commits := 0
	writer := s.engine.(*sqliteEngine).writer.c
	writer.RegisterCommitHook(func() int { commits++; return 0 })
	refused := errors.New("refused")
	errs := together(t, s,
		fileCase("NW-1"),
		func(tx desk.Tx) error { return errors.Join(fileCase("NW-2")(tx), refused) },
		func(tx desk.Tx) error { _ = fileCase("NW-3")(tx); panic("mine") },
		fileCase("NW-1"),
		func(tx desk.Tx) error {
			// Those before are seen, those taken back are not.
			if _, err := tx.Case("NW-1"); err != nil {
				return err
			}
			if _, err := tx.Case("NW-2"); desk.KindOf(err) != desk.KindNotFound {
				return errors.New("saw what was taken back")
			}
			return fileCase("NW-4")(tx)
		})
	if errs[0] != nil || !errors.Is(errs[1], refused) || errs[2] == nil || desk.KindOf(errs[3]) != desk.KindConflict || errs[4] != nil {
		t.Errorf("answers: %v", errs)
	}
	if got := filed(t, s); got != "NW-1 NW-4 " {
		t.Errorf("filed %q", got)
	}
	if commits != 1 {
		t.Errorf("%d commits, want one for all", commits)
	}
}

// An update that fails after it has written takes its transaction back; the others are carried out once more, and for a while
// each has a savepoint, so that the next one that fails costs nobody anything.
func TestWhoFailsMakesOthersRunOnceMoreAtMost(t *testing.T) {
	s := openTest(t)
	ran := map[string]int{}
	file := func(id string) func(desk.Tx) error {
		return func(tx desk.Tx) error { ran[id]++; return fileCase(id)(tx) }
	}
	refused := errors.New("refused")
	fail := func(id string) func(desk.Tx) error {
		return func(tx desk.Tx) error { ran[id]++; return errors.Join(fileCase(id)(tx), refused) }
	}
	look := func(tx desk.Tx) error { ran["look"]++; _, err := tx.Case("NW-9"); return err } // It fails and has written nothing.
	errs := together(t, s, file("NW-1"), look, fail("NW-2"), file("NW-3"), fail("NW-4"), file("NW-5"))
	if errs[0] != nil || desk.KindOf(errs[1]) != desk.KindNotFound || !errors.Is(errs[2], refused) || errs[3] != nil || !errors.Is(errs[4], refused) || errs[5] != nil {
		t.Errorf("answers: %v", errs)
	}
	for id, want := range map[string]int{"NW-1": 2, "look": 2, "NW-2": 2, "NW-3": 1, "NW-4": 1, "NW-5": 1} {
		if ran[id] != want {
			t.Errorf("%s ran %d times, want %d", id, ran[id], want)
		}
	}
	e := s.engine.(*sqliteEngine)
	for i := range waryFor {
		id := "NW-1" + strconv.Itoa(i)
		if errs := together(t, s, file(id), fail("NW-2")); errs[0] != nil || ran[id] != 1 {
			t.Fatalf("group %d: %v, %d times", i, errs, ran[id])
		}
	}
	clear(ran)
	together(t, s, file("NW-6"), look, file("NW-7"))
	if ran["NW-6"] != 1 || ran["look"] != 1 || ran["NW-7"] != 1 || e.wary != 0 {
		t.Errorf("a look that fails makes others run again: %v", ran)
	}
}

// What a savepoint keeps in memory is bounded; beyond it a file takes the rest, and the way back is as good.
func TestALargeUpdateIsTakenBack(t *testing.T) {
	s := openTest(t)
	put := func(tx desk.Tx, with byte) error {
		for i := range 6 {
			if err := tx.PutState("large", strconv.Itoa(i), bytes.Repeat([]byte{with}, 1<<20)); err != nil {
				return err
			}
		}
		return nil
	}
	if err := s.Update(t.Context(), func(tx desk.Tx) error { return put(tx, 'a') }); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	errs := together(t, s, fileCase("NW-1"), func(tx desk.Tx) error { return errors.Join(put(tx, 'b'), refused) }, fileCase("NW-2"))
	if errs[0] != nil || !errors.Is(errs[1], refused) || errs[2] != nil {
		t.Errorf("answers: %v", errs)
	}
	err := s.View(t.Context(), func(r desk.Reader) error {
		for i := range 6 {
			if v, err := r.State("large", strconv.Itoa(i)); err != nil || len(v) != 1<<20 || bytes.Count(v, []byte{'a'}) != len(v) {
				t.Errorf("value %d is not as it was: %v", i, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := filed(t, s); got != "NW-1 NW-2 " {
		t.Errorf("filed %q", got)
	}
}

func TestFailedCommitFailsAll(t *testing.T) {
	s := openTest(t)
	writer := s.engine.(*sqliteEngine).writer.c
	writer.RegisterCommitHook(func() int { return 1 })
	for i, err := range together(t, s, fileCase("NW-1"), func(desk.Tx) error { return errors.New("mine") }, fileCase("NW-2")) {
		// The second one's own error may have come from what the first had written: it is not to be told.
		if desk.KindOf(err) != desk.KindBusy {
			t.Errorf("update %d: %v", i, err)
		}
	}
	writer.RegisterCommitHook(nil)
	if got := filed(t, s); got != "" {
		t.Errorf("filed %q", got)
	}
	if err := s.Update(t.Context(), fileCase("NW-3")); err != nil {
		t.Error(err)
	}
}

// A test's t.Fatal inside an update ends the goroutine it runs in. The desk goes on.
func TestAnUpdateThatEndsItsGoroutine(t *testing.T) {
	s := openTest(t)
	errs := together(t, s, fileCase("NW-1"), func(tx desk.Tx) error { _ = fileCase("NW-2")(tx); runtime.Goexit(); return nil })
	for i, err := range errs {
		if desk.KindOf(err) != desk.KindBusy {
			t.Errorf("update %d: %v", i, err)
		}
	}
	if err := s.Update(t.Context(), fileCase("NW-3")); err != nil {
		t.Fatal(err)
	}
	if got := filed(t, s); got != "NW-3 " {
		t.Errorf("filed %q", got)
	}
}

func TestGivingUpWhileWaiting(t *testing.T) {
	s := openTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	gaveUp := make(chan error)
	err := s.Update(t.Context(), func(desk.Tx) error {
		go func() { gaveUp <- s.Update(ctx, fileCase("NW-1")) }()
		for len(s.engine.(*sqliteEngine).queue) == 0 {
			runtime.Gosched()
		}
		cancel()
		if err := <-gaveUp; desk.KindOf(err) != desk.KindBusy || !errors.Is(err, context.Canceled) {
			t.Errorf("answer: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Update(t.Context(), fileCase("NW-2")); err != nil {
		t.Fatal(err)
	}
	if got := filed(t, s); got != "NW-2 " {
		t.Errorf("filed %q", got)
	}
}

func TestClosing(t *testing.T) {
	s := openTest(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				if err := s.Update(context.Background(), func(tx desk.Tx) error { _, err := tx.NextNumber("northwind"); return err }); err != nil {
					if desk.KindOf(err) != desk.KindBusy {
						t.Errorf("after closing: %v", err)
					}
					return
				}
			}
		})
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if err := s.View(t.Context(), func(desk.Reader) error { return nil }); desk.KindOf(err) != desk.KindBusy {
		t.Errorf("a view after closing: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
}

func TestRewriting(t *testing.T) {
	for in, want := range map[string]string{
		"select a from t where b = $2 and c = $1":         "select a from t where b = ?2 and c = ?1",
		"select a from t where b = $12\n for update":      "select a from t where b = ?12",
		"select a from t limit $1 for update skip locked": "select a from t limit ?1",
	} {
		if got := sqliteDialect.text(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
	ddl := postgresDialect.ddl("create table t (\n    pos integer primary key,\n    id text not null,\n    data blob not null\n) without rowid;\n")
	for _, want := range []string{`id text collate "C" not null`, "data bytea not null", "pos bigint generated always as identity primary key", "\n);"} {
		if !strings.Contains(ddl, want) {
			t.Errorf("%q is not in\n%s", want, ddl)
		}
	}
}

// TestArgumentsByNumber: what mattn does with $2,$1 is the reason for the rewriting.
func TestArgumentsByNumber(t *testing.T) {
	s := openTest(t)
	err := s.engine.view(t.Context(), func(r runner) error {
		return r.query(t.Context(), `select $2, $1`, []any{"one", "two"}, func(scan scanner) error {
			var a, b string
			if err := scan(&a, &b); err != nil {
				return err
			}
			if a != "two" || b != "one" {
				t.Errorf("$2, $1 gave %q, %q", a, b)
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}

// Where many are at it, a commit waits a moment for more; whoever is alone is never kept.
func TestACommitWaitsForACrowdOnly(t *testing.T) {
	s := openTest(t)
	e := s.engine.(*sqliteEngine)
	alone := func() {
		t.Helper()
		if err := s.Update(t.Context(), func(desk.Tx) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	alone()
	alone()
	for _, err := range together(t, s, fileCase("NW-1"), fileCase("NW-2"), fileCase("NW-3"), fileCase("NW-4")) {
		if err != nil {
			t.Error(err)
		}
	}
	if e.crowd < many {
		t.Errorf("a group of %d updates is no crowd", e.crowd)
	}
	// Whoever comes alone after a crowd is committed when the moment has passed, and soon nobody is waited for.
	for crowd := e.crowd; crowd > 1; crowd-- {
		alone()
		if e.crowd != crowd-1 {
			t.Fatalf("alone after a crowd of %d: the next waits for %d", crowd, e.crowd)
		}
	}
}
