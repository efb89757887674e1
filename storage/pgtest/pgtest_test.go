package pgtest

import (
	"bufio"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// victimEnv makes this test binary start a cluster, say where, and wait to be killed.
const victimEnv = "CASEBOT_PGTEST_VICTIM"

func TestMain(m *testing.M) {
	if os.Getenv(victimEnv) != "" {
		c, err := Start(false)
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		fmt.Println(c.dir)
		select {}
	}
	code := m.Run()
	Stop()
	os.Exit(code)
}

// Two tests' databases are two: what one creates the other does not see.
func TestDatabasesAreSeparate(t *testing.T) {
	a, b := Database(t), Database(t)
	run(t, a, "create table only_here (x text)")
	db, err := sql.Open("pgx", b)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("select * from only_here"); err == nil {
		t.Error("a table made in one database is seen in another")
	}
}

// A killed test process leaves no server and no folder. The guard shares the victim's stderr, so the end of
// that stream means that the guard is done; nothing here waits for a time.
func TestAKilledProcessLeavesNothing(t *testing.T) {
	if _, err := binaries(); err != nil && os.Getenv("CI") == "" {
		t.Skipf("skipped: %v", err)
	}
	victim := exec.Command(os.Args[0])
	victim.Env = append(os.Environ(), victimEnv+"=1")
	out, err1 := victim.StdoutPipe()
	end, err2 := victim.StderrPipe()
	if err := errors.Join(err1, err2, victim.Start()); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	dir := strings.TrimSpace(line)
	if err != nil || !strings.HasPrefix(dir, "/") {
		t.Fatalf("the victim's cluster did not start: %q %v", line, err)
	}
	if _, err := os.Stat(dir + "/data/postmaster.pid"); err != nil {
		t.Fatalf("the victim's server is not running: %v", err)
	}
	victim.Process.Kill()
	if said, err := io.ReadAll(end); err != nil || len(said) > 0 {
		t.Errorf("the guard said %q %v", said, err)
	}
	victim.Wait()
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there after its process was killed: %v", dir, err)
	}
}

func TestStopLeavesNothing(t *testing.T) {
	c, err := Start(true)
	if errors.Is(err, ErrMissing) && os.Getenv("CI") == "" {
		t.Skipf("skipped: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	c.Stop()
	if _, err := os.Stat(c.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there after Stop: %v", c.dir, err)
	}
}

func TestADSNIsPointedAtTheTestsOwnDatabase(t *testing.T) {
	for dsn, want := range map[string]string{
		"postgres://u:p@h:5433/postgres?sslmode=disable": "postgres://u:p@h:5433/t1?sslmode=disable",
		"postgresql://u@h/other":                         "postgresql://u@h/t1",
		"postgres://u@h":                                 "postgres://u@h/t1",
		"postgres:///postgres?host=/run&dbname=other":    "postgres:///t1?host=%2Frun",
		"host=/run user=u dbname=postgres":               "host=/run user=u dbname=postgres dbname=t1",
	} {
		if got := onDatabase(dsn, "t1"); got != want {
			t.Errorf("%s: got %s, want %s", dsn, got, want)
		}
	}
}
