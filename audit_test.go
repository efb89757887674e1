package main

import (
	"bytes"
	"database/sql"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/desk"
	"casebot/storage"
)

// auditedDesk makes a database with a case that was just filed or that has a little life behind it, through the use cases.
func auditedDesk(t *testing.T, justFiled bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "casebot.db")
	s, err := storage.Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	src, err := os.ReadFile("templates/handbook.yaml")
	if err != nil {
		t.Fatal(err)
	}
	book, err := desk.ParseHandbook("handbook.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := desk.NewDirectory([]desk.Party{
		{ID: "harbor", Name: "Harbor Demo", Kind: desk.Provider, Zone: "UTC"},
		{ID: "northwind", Name: "Northwind Demo", Kind: desk.Partner, Key: "NW", Zone: "UTC"},
	}, nil, []desk.Person{
		{ID: "dana", Name: "Dana Demo", Party: "northwind", Roles: []desk.Role{desk.Agent}},
		{ID: "eve", Name: "Eve Demo", Party: "harbor", Roles: []desk.Role{desk.Engineer}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk.Desk{Store: s, Dir: dir, Book: book, Log: slog.New(slog.DiscardHandler)}
	if err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutHandbook(book.Version, src, time.UnixMilli(0)) }); err != nil {
		t.Fatal(err)
	}
	dana, _ := dir.Person("dana")
	eve, _ := dir.Person("eve")
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	do := func(by desk.Person, id string, cmd desk.Command) desk.Outcome {
		t.Helper()
		now = now.Add(7 * time.Minute)
		out, err := d.Do(t.Context(), desk.Act{By: by, Case: id, Do: cmd, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	values := map[desk.Field]string{
		desk.FieldCustomer: "Corner Bakery Demo", desk.FieldProduct: "Harbor Tills", desk.FieldCategory: "Defect",
		desk.FieldSeverity: "2", desk.FieldSummary: "Exports hang with HB-2001", desk.FieldImpact: "Two stores cannot close their month",
		desk.FieldFirstSeen: now.Add(-time.Hour).Format(time.RFC3339), desk.FieldReportedAt: now.Add(-time.Minute).Format(time.RFC3339),
		desk.FieldEnvironment: "Harbor Tills 5.2 on Android 14", desk.FieldSteps: "1. Open the month. 2. Export. The bar stops at 40 % each time."}
	files := []desk.Attachment{{ID: "a", Name: "till.log", SHA256: strings.Repeat("0", 64), Size: 3, By: "dana", At: now}}
	id := do(dana, "", desk.FileCase{Values: values, Files: files}).Case.ID
	if c, err := d.FindCase(t.Context(), dana, id); err == nil && c.Status == desk.StatusOpen {
		do(dana, id, desk.EscalateCase{Reason: "needs the vendor", Values: values, Files: files})
	}
	if justFiled {
		return path
	}
	do(eve, id, desk.AckCase{})
	do(eve, id, desk.UpdateCase{Text: "We see it in our logs too."})
	if _, err := d.Sweep(t.Context(), now.Add(48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	return path
}

// tamper changes the file behind the desk's back.
func tamper(t *testing.T, path, stmt string) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(stmt); err != nil {
		t.Fatal(err)
	}
}

func TestAuditVerify(t *testing.T) {
	for _, c := range []struct {
		name, stmt, want string
		justFiled        bool // The desk has a case to which nothing happened yet, and so no snapshot of it.
	}{
		{name: "an untouched case", justFiled: true},
		{name: "a word of a case", stmt: `update events set body = replace(body, 'Two stores', 'No stores')`, want: "was changed: it does not have its hash", justFiled: true},
		{name: "its last event", stmt: `delete from events where seq = (select max(seq) from events)`, want: "its events are stored but not its state", justFiled: true},
		{name: "its first event", stmt: `delete from events where seq = 1`, want: "something is missing", justFiled: true},
		{name: "its events", stmt: `delete from events`, want: "neither its events nor its state are stored", justFiled: true},
		{name: "an untouched desk"},
		{name: "a word was changed", stmt: `update events set body = replace(body, 'our logs', 'no logs')`, want: "was changed: it does not have its hash"},
		{name: "an instant was changed", stmt: `update events set at = at - 60000 where seq = 2`, want: "event 2 was changed"},
		{name: "an event was left out", stmt: `delete from events where seq = 3`, want: "event 4 follows event 2"},
		{name: "the last event was left out", stmt: `delete from events where seq = (select max(seq) from events)`, want: "its last event is"},
		{name: "the state was changed", stmt: `update case_bodies set body = replace(body, '"severity":2', '"severity":4')`, want: "its state is not what its events come to: severity"},
		{name: "the state was taken away", stmt: `delete from case_bodies`, want: "its events are stored but not its state"},
		{name: "the events were taken away", stmt: `delete from events`, want: "its state is stored but none of its events"},
		{name: "an event became unreadable", stmt: `update events set kind = 'riddle' where seq = 2`, want: "event 2 cannot be read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := auditedDesk(t, c.justFiled)
			if c.stmt != "" {
				tamper(t, path, c.stmt)
			}
			var out, errs bytes.Buffer
			code := runAudit(t.Context(), []string{"verify", "--db", path}, nil, &out, &errs)
			if c.want == "" {
				if code != 0 || out.Len() != 0 {
					t.Errorf("exit %d\n%s%s", code, out.String(), errs.String())
				}
				return
			}
			if code != 1 || !strings.Contains(out.String(), c.want) || !strings.HasPrefix(out.String(), "NW-1001: ") {
				t.Errorf("exit %d, want a finding with %q\n%s%s", code, c.want, out.String(), errs.String())
			}
		})
	}
	t.Run("no database", func(t *testing.T) {
		var out, errs bytes.Buffer
		path := filepath.Join(t.TempDir(), "none.db")
		if code := runAudit(t.Context(), []string{"verify", "--db", path}, nil, &out, &errs); code != 1 {
			t.Errorf("exit %d", code)
		}
		if _, err := os.Stat(path); err == nil {
			t.Error("verifying made a database")
		}
	})
}

func TestBackup(t *testing.T) {
	path := auditedDesk(t, false)
	file := filepath.Join(t.TempDir(), "copy.db")
	var out, errs bytes.Buffer
	if code := runBackup(t.Context(), []string{"--db", path, file}, nil, &out, &errs); code != 0 {
		t.Fatalf("exit %d: %s", code, errs.String())
	}
	if code := runAudit(t.Context(), []string{"verify", "--db", file}, nil, &out, &errs); code != 0 || !strings.Contains(errs.String(), "1 cases") {
		t.Errorf("the copy does not verify: %s%s", out.String(), errs.String())
	}
	errs.Reset()
	if code := runBackup(t.Context(), []string{"--db", path, file}, nil, &out, &errs); code != 1 || !strings.Contains(errs.String(), "never replaces") {
		t.Errorf("a second backup into the same file: exit %d, %s", code, errs.String())
	}
	errs.Reset()
	if code := runBackup(t.Context(), []string{"--db", "postgres://casebot@db/casebot", file + "2"}, nil, &out, &errs); code != 1 || !strings.Contains(errs.String(), "pg_dump") {
		t.Errorf("PostgreSQL: exit %d, %s", code, errs.String())
	}
	left, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(left) != 1 {
		t.Errorf("files left beside the backup: %v, %v", left, err)
	}
}
