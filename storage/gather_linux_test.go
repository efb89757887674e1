package storage

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"casebot/desk"
)

// writes is how often this process has asked the system to write (proc_pid_io(5)).
func writes(t *testing.T) (n int) {
	t.Helper()
	raw, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Skip(err)
	}
	_, rest, _ := strings.Cut(string(raw), "syscw: ")
	fmt.Sscan(rest, &n)
	return n
}

func TestACommitIsWrittenAtOnce(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "casebot.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const pages = 64 // Of 4 KiB: each would be two writes.
	store := func(key string) {
		err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutState("test", key, bytes.Repeat([]byte(key), pages<<12)) })
		if err != nil {
			t.Fatal(err)
		}
	}
	store("a")
	before := writes(t)
	store("b")
	if n := writes(t) - before; n >= pages {
		t.Errorf("%d pages took %d writes", pages, n)
	}
}

// TestGatheredLogHoldsWhatAPlainOneDoes does the same to two databases, one of them behind the gathering file system: with so
// small a cache that pages go to the log before the commit, and again when they change once more, with transactions
// and savepoints taken back, other writers between them, and logs begun anew. What a third reads from a copy of the files, as after a loss of power, is
// the same in both.
func TestGatheredLogHoldsWhatAPlainOneDoes(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			plain, gathered := filepath.Join(dir, "plain.db"), filepath.Join(dir, "gathered.db")
			// Beside each writer somebody else writes to the same file now and then.
			writers := [][2]*sqliteConn{
				{smallCache(t, plain, ""), smallCache(t, gathered, "&vfs="+gatherVFS())},
				{smallCache(t, plain, ""), smallCache(t, gathered, "")},
			}
			now := writers[0]
			both := func(sql string, args ...any) {
				t.Helper()
				for _, c := range now {
					if _, err := c.exec(context.Background(), sql, args...); err != nil {
						t.Fatalf("%s: %v", sql, err)
					}
				}
			}
			both("create table t (id integer primary key, body blob not null)")
			both("create index t_body on t (substr(body, 1, 20))")
			r := rand.New(rand.NewPCG(seed, 1))
			for range 30 {
				now = writers[r.IntN(4)/3]
				both("begin immediate")
				for range max(1, r.IntN(60)-20) {
					body := bytes.Repeat([]byte{byte(r.IntN(256)), byte(r.IntN(256))}, 1+r.IntN(6000))
					switch r.IntN(6) {
					case 0:
						both("delete from t where id = $1", r.IntN(300))
					case 1:
						both("savepoint one")
						both("update t set body = $1 where id % 7 = $2", body, r.IntN(7))
						both([]string{"release one", "rollback to one"}[r.IntN(2)])
					case 2:
						both("update t set body = substr(body, 1, 30) where id = $1", r.IntN(300)) // One page, as a rule.
					default:
						both("insert or replace into t (id, body) values ($1, $2)", r.IntN(300), body)
					}
				}
				both([]string{"commit", "commit", "commit", "rollback"}[r.IntN(4)])
				if r.IntN(10) == 0 {
					how := []string{"passive", "restart", "truncate"}[r.IntN(3)]
					for _, c := range now {
						if _, err := c.c.Exec("pragma wal_checkpoint("+how+")", nil); err != nil {
							t.Fatal(err)
						}
					}
				}
				if want, got := afterPowerLoss(t, plain), afterPowerLoss(t, gathered); got != want {
					t.Fatalf("the gathered log holds\n%s\nand the plain one\n%s", got, want)
				}
			}
		})
	}
}

// smallCache opens a database that keeps ten pages in memory.
func smallCache(t *testing.T, path, more string) *sqliteConn {
	t.Helper()
	c, err := dialSQLite(sqliteDSN(path, false, 100) + more)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.close() })
	for _, pragma := range []string{"pragma synchronous = normal", "pragma cache_size = 10"} {
		if err := c.plain(pragma); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// afterPowerLoss tells what a copy of a database and its log holds: the rows, and what SQLite finds wrong.
func afterPowerLoss(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + end)
		if err == nil {
			err = os.WriteFile(to+end, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c, err := dialSQLite(sqliteDSN(to, false, 100))
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	var out strings.Builder
	for _, sql := range []string{
		"select coalesce(group_concat(id || ' ' || length(body) || ' ' || hex(substr(body, 1, 2)), ';'), '') from (select * from t order by id)",
		"select coalesce(group_concat(integrity_check, ';'), '') from pragma_integrity_check",
	} {
		err := c.query(context.Background(), sql, nil, func(scan scanner) error {
			var s []byte
			err := scan(&s)
			fmt.Fprintf(&out, "%s\n", s)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

// A commit of one page that does not follow the writer's own last one is in the file as soon as it is made.
func TestACommitOfOnePageAfterSomebodyElses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gathered.db")
	ours, theirs := smallCache(t, path, "&vfs="+gatherVFS()), smallCache(t, path, "")
	do := func(c *sqliteConn, sql string, args ...any) {
		t.Helper()
		if _, err := c.exec(context.Background(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	do(ours, "create table t (id integer primary key, body blob not null)")
	do(ours, "insert into t (id, body) values (1, 'aa')")
	for i := range 5 {
		do(theirs, "update t set body = $1 where id = 1", fmt.Sprint("t", i))
		do(ours, "update t set body = $1 where id = 1", fmt.Sprint("o", i))
		if got, want := afterPowerLoss(t, path), fmt.Sprintf("1 2 %X\nok\n", fmt.Sprint("o", i)); got != want {
			t.Fatalf("the log holds %q, want %q", got, want)
		}
	}
}
