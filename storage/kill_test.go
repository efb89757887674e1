package storage

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/desk"
	"casebot/storage/pgtest"
	"casebot/storage/storagetest"
)

// killedEnv names the database on which a copy of the test program files cases until it is killed.
const killedEnv = "CASEBOT_TEST_FILE_UNTIL_KILLED"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(killedEnv); dsn != "" {
		fileUntilKilled(dsn)
		os.Exit(1)
	}
	code := m.Run()
	pgtest.Stop()
	os.Exit(code)
}

// fileUntilKilled files from four goroutines and says the id of each case once it has been answered.
func fileUntilKilled(dsn string) {
	s, err := Open(context.Background(), dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println(err)
		return
	}
	failed := make(chan error)
	for w := range 4 {
		go func() {
			for {
				tenant, id := fmt.Sprintf("partner%d", w%2), ""
				err := s.Update(context.Background(), func(tx desk.Tx) error {
					n, err := tx.NextNumber(tenant)
					if err != nil {
						return err
					}
					c, events := storagetest.New(storagetest.Filing{ID: fmt.Sprintf("P%d-%d", w%2, n), Tenant: tenant, Due: storagetest.Monday.Add(time.Hour)})
					id = c.ID
					return tx.PutCase(c, 0, events, []desk.Notice{storagetest.Tell(id, id, id, storagetest.Monday)})
				})
				if err != nil {
					failed <- err
					return
				}
				fmt.Println("answered", id)
			}
		}()
	}
	fmt.Println(<-failed)
}

// TestKilled: a process that is killed in the middle of its work leaves everything it had answered, and
// nothing half written.
func TestKilled(t *testing.T) {
	for name, open := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "casebot.db") },
		"PostgreSQL": func(t *testing.T) string { return pgtest.Database(t) },
	} {
		t.Run(name, func(t *testing.T) {
			dsn := open(t)
			for round := range 3 {
				answered := killAfter(t, dsn, 50+round*70)
				checkWhole(t, dsn, answered)
			}
		})
	}
}

// killAfter runs the child until it has answered n cases and gives their ids.
func killAfter(t *testing.T, dsn string, n int) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), killedEnv+"="+dsn)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		id, ok := strings.CutPrefix(lines.Text(), "answered ")
		if !ok {
			t.Error(lines.Text())
			break
		}
		if ids = append(ids, id); len(ids) == n {
			// What it says after this it may still have answered before it died: the pipe is read to its end.
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // It was killed.
	return ids
}

// checkWhole reads everything and checks that each case is complete.
func checkWhole(t *testing.T, dsn string, answered []string) {
	t.Helper()
	s := openAt(t, dsn)
	defer s.Close()
	err := s.View(t.Context(), func(r desk.Reader) error {
		for _, id := range answered {
			if _, err := r.Case(id); err != nil {
				t.Errorf("%s was answered and is not there: %v", id, err)
			}
		}
		pending, err := r.Deliveries(desk.DeliveryPending, 100000)
		if err != nil {
			return err
		}
		cases := 0
		if err := r.EachCase(desk.Scope{}, time.Time{}, time.Time{}, func(c *desk.Case) error {
			cases++
			events, err := r.Events(c.ID)
			hash := ""
			for i, e := range events {
				body, err := desk.EncodeBody(e.Body)
				if err != nil {
					return err
				}
				sealed := e
				if sealed.Seal(body); e.Seq != i+1 || e.Prev != hash || sealed.Hash != e.Hash {
					t.Errorf("event %d of %s breaks the chain", e.Seq, c.ID)
				}
				hash = e.Hash
			}
			if c.LastHash != hash || c.Seq != len(events) {
				t.Errorf("%s is at event %d and has %d", c.ID, c.Seq, len(events))
			}
			return err
		}); err != nil {
			return err
		}
		if cases < len(answered) || len(pending) != cases {
			t.Errorf("%d answered, %d cases, %d notices", len(answered), cases, len(pending))
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
