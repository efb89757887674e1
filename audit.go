package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"casebot/desk"
	"casebot/storage"
)

// auditUsage is what `casebot help audit` prints.
const auditUsage = `casebot audit verify: prove that nothing in the record was changed, left out or put in afterwards.

  casebot audit verify [--db casebot.db]

Reads every event of every case and checks that they are numbered without a gap, that each carries the hash
of the one before and its own, and that the events alone give the stored state of the case. Prints one line
a finding. Exit code: 0 nothing found, 1 findings or a failure, 2 wrong usage.
--db is a path or a postgres:// URL. Without it CASEBOT_DB is read, then casebot.yaml, else it is casebot.db.
`

// runAudit runs `casebot audit …` and gives the exit code.
func runAudit(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	if len(args) == 0 || args[0] != "verify" {
		fmt.Fprint(errs, auditUsage)
		return exitUsage
	}
	fs := flag.NewFlagSet("audit verify", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() { fmt.Fprint(errs, auditUsage) }
	flagged := fs.String("db", "", "")
	if err := fs.Parse(args[1:]); err != nil || fs.NArg() != 0 {
		return exitUsage
	}
	sum, err := auditDatabase(ctx, *flagged, out)
	if err != nil {
		fmt.Fprintf(errs, "casebot audit: %v.\n", err)
		return exitFailed
	}
	fmt.Fprintf(errs, "%d cases, %d events, %d findings.\n", sum.cases, sum.events, sum.findings)
	if sum.findings > 0 {
		return exitFailed
	}
	return exitDone
}

func auditDatabase(ctx context.Context, flagged string, out io.Writer) (auditSum, error) {
	db, err := commandDB(flagged)
	if err != nil {
		return auditSum{}, err
	}
	if !strings.Contains(db, "://") {
		// Opening would make an empty database, and an empty one has no findings.
		if _, err := os.Stat(db); err != nil {
			return auditSum{}, fmt.Errorf("there is no database to verify: %w", err)
		}
	}
	s, err := storage.Open(ctx, db, slog.New(slog.DiscardHandler))
	if err != nil {
		return auditSum{}, err
	}
	defer s.Close()
	return auditVerify(ctx, s, out)
}

// auditSum is what an audit read and found.
type auditSum struct{ cases, events, findings int }

// audit walks events case by case.
type audit struct {
	r      desk.Reader
	out    io.Writer
	sum    auditSum
	id     string // The case being read.
	events []desk.Event
	broken bool // A finding in this case's chain: its fold proves nothing more.
}

// auditVerify checks the whole store in one snapshot and prints one line a finding to out.
func auditVerify(ctx context.Context, s desk.Store, out io.Writer) (auditSum, error) {
	a := &audit{out: out}
	err := s.View(ctx, func(r desk.Reader) error {
		a.r = r
		if err := r.EachEvent(a.event); err != nil {
			return err
		}
		if err := a.finish(); err != nil {
			return err
		}
		// A case none of whose events is left was not met on the walk over events.
		lost, err := r.LostCases()
		if err != nil {
			return err
		}
		for _, id := range lost {
			a.sum.cases++
			a.find(id, "neither its events nor its state are stored")
		}
		return r.EachCase(desk.Scope{}, time.Time{}, time.Time{}, func(c *desk.Case) error {
			a.sum.cases++
			if events, err := r.Events(c.ID); err == nil && len(events) == 0 {
				a.find(c.ID, "its state is stored but none of its events")
			}
			return nil
		})
	})
	return a.sum, err
}

func (a *audit) find(id, format string, args ...any) {
	a.sum.findings++
	a.broken = true
	fmt.Fprintf(a.out, "%s: %s\n", id, fmt.Sprintf(format, args...))
}

// event checks one event against the one before.
func (a *audit) event(e desk.Event, body []byte) error {
	if e.Case != a.id {
		if err := a.finish(); err != nil {
			return err
		}
		a.id, a.events, a.broken = e.Case, nil, false
	}
	a.sum.events++
	want, prev := 1, ""
	if n := len(a.events); n > 0 {
		want, prev = a.events[n-1].Seq+1, a.events[n-1].Hash
	}
	a.events = append(a.events, e)
	if e.Seq != want {
		a.find(e.Case, "event %d follows event %d: something is missing", e.Seq, want-1)
	}
	if e.Prev != prev {
		a.find(e.Case, "event %d does not carry the hash of the event before it", e.Seq)
	}
	if e.Body == nil {
		a.find(e.Case, "event %d cannot be read", e.Seq)
		return nil
	}
	if !e.Sealed(body) {
		a.find(e.Case, "event %d was changed: it does not have its hash", e.Seq)
	}
	return nil
}

// finish compares a case's stored state with what its events come to.
func (a *audit) finish() error {
	if a.id == "" {
		return nil
	}
	c, err := a.r.Case(a.id)
	switch {
	case desk.KindOf(err) == desk.KindNotFound:
		a.find(a.id, "its events are stored but not its state")
		return nil
	case err != nil && desk.KindOf(err) == desk.KindBusy:
		return err
	case err != nil:
		a.find(a.id, "its state cannot be read: %v", err)
		return nil
	}
	last := a.events[len(a.events)-1]
	if c.Seq != last.Seq || c.LastHash != last.Hash {
		a.find(a.id, "its state is of event %d, its last event is %d", c.Seq, last.Seq)
	}
	if a.broken {
		return nil
	}
	stored, err := json.Marshal(c)
	if err != nil {
		return err
	}
	folded, err := json.Marshal(desk.Fold(a.events))
	if err != nil {
		return err
	}
	if !bytes.Equal(stored, folded) {
		a.find(a.id, "its state is not what its events come to: %s", differing(stored, folded))
	}
	return nil
}

// differing names the parts of a case in which two states differ, without showing what they hold: a
// restricted case's words do not belong in a terminal.
func differing(stored, folded []byte) string {
	var a, b map[string]json.RawMessage
	if json.Unmarshal(stored, &a) != nil || json.Unmarshal(folded, &b) != nil {
		return "it is no JSON object"
	}
	var names []string
	for k := range b {
		if _, ok := a[k]; !ok {
			a[k] = nil
		}
	}
	for k := range a {
		if !bytes.Equal(a[k], b[k]) {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
