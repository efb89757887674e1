package storage

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"casebot/desk"
	"casebot/storage/pgtest"
	"casebot/storage/storagetest"
)

// scale is how many open cases the benchmarks of lists and sweeps run on.
var scale = flag.Int("cases", 1_000_000, "open cases in BenchmarkScale")

// quarter is how long after filing the case's first clock is due, for most cases.
const quarter = 90 * 24 * time.Hour

// fill puts n open cases into a store, of sixteen Partners and five hundred agents, one a second. A
// thousand of them are due within the first hour, all others after a quarter.
func fill(b *testing.B, s *Store, n int) {
	b.Helper()
	const step = 1000
	for from := 0; from < n; from += step {
		err := s.Update(context.Background(), func(tx desk.Tx) error {
			for i := from; i < min(from+step, n); i++ {
				at := storagetest.Monday.Add(time.Duration(i) * time.Second)
				due := at.Add(quarter)
				if i%(max(n/1000, 1)) == 0 {
					due = storagetest.Monday.Add(time.Hour)
				}
				tenant := "partner" + strconv.Itoa(i%16)
				c, events := storagetest.New(storagetest.Filing{ID: fmt.Sprintf("P%d-%d", i%16, 1001+i/16), Tenant: tenant, At: at,
					Summary: fmt.Sprintf("Exports hang with HB-%d", i%3000), Customer: "Customer " + strconv.Itoa(i%5000),
					Agent: "agent" + strconv.Itoa(i%500), Signature: strconv.Itoa(i % 100_000), Due: due, Description: steps})
				if err := tx.PutCase(c, 0, events, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScale measures what must not depend on how many cases there are. It fills a database once
// (minutes with a million cases): go test -run '^$' -bench Scale -benchtime 20x ./storage -args -cases 1000000
func BenchmarkScale(b *testing.B) {
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		b.Run(database, func(b *testing.B) {
			dsn := filepath.Join(b.TempDir(), "casebot.db")
			if database == "PostgreSQL" {
				c, err := pgtest.Start(true)
				if err != nil {
					b.Skip(err)
				}
				b.Cleanup(c.Stop)
				dsn = c.DSN("postgres")
			}
			open := func() *Store {
				s, err := Open(context.Background(), dsn, slog.New(slog.DiscardHandler))
				if err != nil {
					b.Fatal(err)
				}
				return s
			}
			s := open()
			begun := time.Now()
			fill(b, s, *scale)
			b.Logf("%d cases filled in %v", *scale, time.Since(begun))
			if e, ok := s.engine.(*pgEngine); ok {
				// The server does this by itself within minutes.
				if _, err := e.db.Exec("vacuum analyze"); err != nil {
					b.Fatal(err)
				}
			} else if info, err := os.Stat(dsn); err == nil {
				b.Logf("%d MB", info.Size()>>20)
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
			b.Run("open", func(b *testing.B) {
				for range b.N {
					open().Close()
				}
			})
			s = open()
			defer s.Close()
			scaleQueries(b, s)
		})
	}
}

// scaleQueries measures sweeps and lists one by one; the median is what a person or a tick waits.
func scaleQueries(b *testing.B, s *Store) {
	look := func(f func(desk.Reader) error) func() error {
		return func() error { return s.View(context.Background(), f) }
	}
	list := func(want int, q desk.CaseQuery) func() error {
		return look(func(r desk.Reader) error {
			cs, err := r.Cases(q)
			if err == nil && len(cs) < want {
				err = fmt.Errorf("%d cases", len(cs))
			}
			return err
		})
	}
	due := func(at time.Time, want int) func() error {
		return func() error {
			return s.Update(context.Background(), func(tx desk.Tx) error {
				ids, err := tx.DueCases(at, 1000)
				if err == nil && len(ids) != want {
					err = fmt.Errorf("%d due, want %d", len(ids), want)
				}
				return err
			})
		}
	}
	open := []desk.Status{desk.StatusOpen, desk.StatusEscalated}
	one := desk.Scope{Tenant: "partner3", Person: "agent3"}
	for _, q := range []struct {
		name string
		f    func() error
	}{
		{"sweep finds 1000 due", due(storagetest.Monday.Add(2*time.Hour), min(1000, *scale))},
		{"sweep finds none", due(storagetest.Monday, 0)},
		{"next due", look(func(r desk.Reader) error { _, _, err := r.NextDue(); return err })},
		{"list: newest 50 of a Partner", list(50, desk.CaseQuery{Scope: one})},
		{"list: newest 50 open of a Partner", list(50, desk.CaseQuery{Scope: one, Statuses: open})},
		{"list: mine", list(1, desk.CaseQuery{Scope: one, Owner: "agent3", Statuses: open})},
		{"list: a customer", list(1, desk.CaseQuery{Scope: one, Customer: "customer 3"})},
		{"list: words that many have", list(1, desk.CaseQuery{Scope: one, Text: "exports hb-1"})},
		{"list: words that one has", list(1, desk.CaseQuery{Scope: one, Text: "p3-1001"})},
		{"count: a signature since", look(func(r desk.Reader) error {
			_, err := r.CountCases(desk.CaseQuery{Scope: desk.Scope{Tenant: "partner3"}, Signature: "3", Since: storagetest.Monday})
			return err
		})},
		{"one case", look(func(r desk.Reader) error { _, err := r.Case("P3-1001"); return err })},
	} {
		b.Run(q.name, func(b *testing.B) {
			var took []time.Duration
			for range b.N {
				start := time.Now()
				if err := q.f(); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
		})
	}
}

// backlog puts thirty thousand notices into ten thousand lanes.
func backlog(b *testing.B, s *Store) {
	b.Helper()
	const lanes = 10_000
	for from := 0; from < 3*lanes; from += 1000 {
		err := s.Update(b.Context(), func(tx desk.Tx) error {
			for i := from; i < from+1000; i++ {
				lane := "lane" + strconv.Itoa(i%lanes)
				if err := tx.PutNotice(storagetest.Tell("", lane, "n"+strconv.Itoa(i), storagetest.Monday)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSending asks what is being sent, which chatter in a channel may do, with eight sends under way before a
// long backlog.
func BenchmarkSending(b *testing.B) {
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		b.Run(database, func(b *testing.B) {
			s := durable(b, database)
			backlog(b, s)
			err := s.Update(b.Context(), func(tx desk.Tx) error {
				ds, err := tx.ClaimDeliveries(storagetest.Monday, time.Minute, 8)
				for _, d := range ds {
					if err := tx.BeginDelivery(d.ID, storagetest.Monday); err != nil {
						return err
					}
				}
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			for range b.N {
				err := s.View(b.Context(), func(r desk.Reader) error {
					ids, err := r.Sending()
					if len(ids) != 8 {
						b.Fatalf("%d sends are under way", len(ids))
					}
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkClaim claims and ends sixteen notices at a time among ten thousand lanes that have something
// pending, with many already sent behind them.
func BenchmarkClaim(b *testing.B) {
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		b.Run(database, func(b *testing.B) {
			s := durable(b, database)
			at := storagetest.Monday
			backlog(b, s)
			b.ResetTimer()
			for n := range b.N {
				now := at.Add(time.Duration(n) * time.Second)
				err := s.Update(b.Context(), func(tx desk.Tx) error {
					ds, err := tx.ClaimDeliveries(now, time.Minute, 16)
					if err != nil {
						return err
					}
					for _, d := range ds {
						// Put another in behind it, so that the desk never runs out.
						if err := tx.PutNotice(storagetest.Tell("", d.Lane, d.Key+"+", now)); err != nil {
							return err
						}
						if err := tx.EndDelivery(d.ID, desk.DeliverySent, "", "", time.Time{}, now); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(16*float64(b.N)/b.Elapsed().Seconds(), "notices/s")
		})
	}
}
