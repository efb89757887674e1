package storage

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"casebot/desk"
	"casebot/storage/pgtest"
	"casebot/storage/storagetest"
)

// callers is how many people file at once in the benchmarks: sixteen, over sixteen Partners.
const callers = 16

// durable gives a store whose commits reach the disk: files in the working directory's temporary folder
// and, for PostgreSQL, a cluster with fsync on.
func durable(b *testing.B, database string) *Store {
	b.Helper()
	dsn := filepath.Join(b.TempDir(), "casebot.db")
	if database == "PostgreSQL" {
		c, err := pgtest.Start(true)
		if err != nil {
			b.Skip(err)
		}
		b.Cleanup(c.Stop)
		dsn = c.DSN("postgres")
	}
	s, err := Open(b.Context(), dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// inParallel runs f b.N times from the callers and reports the rate and how long one call takes.
func inParallel(b *testing.B, f func(caller, n int) error) {
	b.Helper()
	var next atomic.Int64
	took := make([][]time.Duration, callers)
	before := cpu()
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range callers {
		wg.Go(func() {
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				start := time.Now()
				if err := f(c, int(n)); err != nil {
					b.Error(err)
					return
				}
				took[c] = append(took[c], time.Since(start))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(took...)
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	at := func(p float64) float64 { return float64(all[int(float64(len(all)-1)*p)].Microseconds()) / 1000 }
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(at(0.5), "p50-ms")
	b.ReportMetric(at(0.99), "p99-ms")
	b.ReportMetric(at(1), "max-ms")
}

// cpu is the processor time this process has used: unlike the clock it does not count what others on the
// machine do meanwhile.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// settings are what the filing benchmarks run on. Numbers are given by Partner, so on PostgreSQL the
// filings of one Partner wait for each other.
var settings = []struct {
	database string
	partners int
}{{"SQLite", 1}, {"SQLite", 16}, {"PostgreSQL", 16}}

// BenchmarkFile files cases durably through the store alone: an event id, a number, three events, a due
// instant and three notices each.
func BenchmarkFile(b *testing.B) {
	for _, set := range settings {
		b.Run(fmt.Sprintf("%s/partners=%d", set.database, set.partners), func(b *testing.B) {
			s := durable(b, set.database)
			inParallel(b, func(caller, n int) error {
				partner := caller % set.partners
				tenant := "partner" + strconv.Itoa(partner)
				at := storagetest.Monday.Add(time.Duration(n) * time.Millisecond)
				return s.Update(b.Context(), func(tx desk.Tx) error {
					if _, err := tx.Seen("bench/"+strconv.Itoa(n), at); err != nil {
						return err
					}
					num, err := tx.NextNumber(tenant)
					if err != nil {
						return err
					}
					c, events := storagetest.New(storagetest.Filing{ID: fmt.Sprintf("P%d-%d", partner, num), Tenant: tenant, At: at,
						Summary: "Exports hang after the update to 5.2", Customer: "Acme " + strconv.Itoa(n%500), Agent: "agent" + strconv.Itoa(caller),
						Due: at.Add(time.Hour), Resolution: at.Add(24 * time.Hour), Description: steps})
					var notices []desk.Notice
					for _, kind := range []string{"card", "told", "direct"} {
						lane := c.ID + "/" + tenant
						if kind == "direct" {
							lane = "person/agent" + strconv.Itoa(caller)
						}
						notices = append(notices, storagetest.Tell(c.ID, lane, c.ID+"/"+kind, at))
					}
					return tx.PutCase(c, 0, events, notices)
				})
			})
		})
	}
}

const steps = "1. Open the month. 2. Choose Export. 3. Wait. Expected a file within a minute; the bar stops at 40 % and the log says HB-2001."

// BenchmarkFileCase files through the whole use case: validation, decision, clocks, notices and commit.
func BenchmarkFileCase(b *testing.B) {
	src, err := os.ReadFile("../templates/handbook.yaml")
	if err != nil {
		b.Fatal(err)
	}
	book, err := desk.ParseHandbook("handbook.yaml", src)
	if err != nil {
		b.Fatal(err)
	}
	parties := []desk.Party{{ID: "harbor", Name: "Harbor Demo", Kind: desk.Provider, Zone: "UTC"}}
	people := []desk.Person{{ID: "eve", Name: "Eve Demo", Party: "harbor", Roles: []desk.Role{desk.Engineer}}}
	for i := range callers {
		id := "partner" + strconv.Itoa(i)
		parties = append(parties, desk.Party{ID: id, Name: id, Kind: desk.Partner, Key: "P" + string(rune('A'+i)), Zone: "UTC"})
		people = append(people, desk.Person{ID: "dana" + strconv.Itoa(i), Name: "Dana Demo", Party: id, Roles: []desk.Role{desk.Agent}})
	}
	dir, err := desk.NewDirectory(parties, nil, people)
	if err != nil {
		b.Fatal(err)
	}
	for _, set := range settings {
		b.Run(fmt.Sprintf("%s/partners=%d", set.database, set.partners), func(b *testing.B) {
			d := &desk.Desk{Store: durable(b, set.database), Dir: dir, Book: book, Log: slog.New(slog.DiscardHandler)}
			if err := d.Store.Update(b.Context(), func(tx desk.Tx) error { return tx.PutHandbook(book.Version, src, storagetest.Monday) }); err != nil {
				b.Fatal(err)
			}
			inParallel(b, func(caller, n int) error {
				by, _ := dir.Person("dana" + strconv.Itoa(caller%set.partners))
				at := storagetest.Monday.Add(time.Duration(n) * time.Millisecond)
				_, err := d.Do(b.Context(), desk.Act{By: by, Now: at, Key: "bench/" + strconv.Itoa(n), Do: desk.FileCase{Values: map[desk.Field]string{
					desk.FieldCustomer: "Acme " + strconv.Itoa(n%500), desk.FieldProduct: "Harbor Tills", desk.FieldCategory: "Defect",
					desk.FieldSeverity: "3", desk.FieldSummary: "Exports hang with HB-" + strconv.Itoa(1000+n%2000), desk.FieldImpact: "Two stores cannot close their month",
					desk.FieldFirstSeen: at.Add(-time.Hour).Format(time.RFC3339), desk.FieldReportedAt: at.Add(-time.Minute).Format(time.RFC3339),
					desk.FieldEnvironment: "Harbor Tills 5.2 on Android 14, 12 tills", desk.FieldSteps: steps}}})
				return err
			})
		})
	}
}
