// Package pgtest starts a throw-away PostgreSQL cluster for tests. One cluster serves a test binary; each
// test gets a database of its own. The cluster listens on a Unix socket in its own temporary folder. It dies
// with the test process and its folder goes too, whatever ends the process.
package pgtest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // The driver that the storage uses too.
)

// ErrMissing says that no PostgreSQL server is installed.
var ErrMissing = errors.New("no PostgreSQL server is installed (Debian: apt-get install postgresql)")

var (
	once    sync.Once
	cluster *Cluster
	failed  error
	number  atomic.Int64
)

// Database gives the DSN of a new empty database, dropped when the test ends. Where no PostgreSQL is
// installed the test is skipped and says so; in CI (CI=true) it fails instead. CASEBOT_TEST_PG may name
// a running server's DSN to use instead of a cluster of our own.
func Database(t testing.TB) string {
	t.Helper()
	once.Do(func() {
		if os.Getenv("CASEBOT_TEST_PG") == "" {
			cluster, failed = Start(false)
		}
	})
	switch {
	case errors.Is(failed, ErrMissing) && os.Getenv("CI") == "":
		t.Skipf("skipped: %v", failed)
	case failed != nil:
		t.Fatalf("the PostgreSQL test cluster could not be started: %v", failed)
	}
	admin := os.Getenv("CASEBOT_TEST_PG")
	if cluster != nil {
		admin = cluster.DSN("postgres")
	}
	name := fmt.Sprintf("t%d_%d", os.Getpid(), number.Add(1))
	run(t, admin, "create database "+name)
	t.Cleanup(func() { run(t, admin, "drop database if exists "+name+" with (force)") })
	if cluster != nil {
		return cluster.DSN(name)
	}
	return onDatabase(admin, name)
}

// onDatabase is the DSN with another database in it. Without this a test would work, unnoticed, in the
// database that the administrator's DSN names. Both forms that libpq knows are taken: a URL and key=value,
// where the last value of a key counts.
func onDatabase(dsn, name string) string {
	if u, err := url.Parse(dsn); err == nil && strings.HasPrefix(u.Scheme, "postgres") {
		q := u.Query()
		q.Del("dbname") // It would win over the path.
		u.Path, u.RawQuery = "/"+name, q.Encode()
		return u.String()
	}
	return dsn + " dbname=" + name
}

// Stop ends the cluster of this test binary; call it at the end of TestMain. Without it the guard ends the
// cluster a moment after the process.
func Stop() {
	if cluster != nil {
		cluster.Stop()
	}
}

func run(t testing.TB, dsn, stmt string) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(context.Background(), stmt); err != nil {
		t.Fatalf("%s: %v", stmt, err)
	}
}

// Cluster is a running throw-away server.
type Cluster struct {
	dir   string
	port  int
	cmd   *exec.Cmd
	guard *guard
	log   bytes.Buffer
}

// Start makes and starts a cluster. durable leaves fsync on, which benchmarks need to be honest; tests
// are quicker without.
func Start(durable bool) (*Cluster, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "casebot-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, port: 5432}
	if c.guard, err = watch(dir); err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	if err := c.start(bin, durable); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// start makes the cluster's files and runs the server until it takes connections.
func (c *Cluster) start(bin string, durable bool) error {
	attr, err := unprivileged(c.dir)
	if err != nil {
		return err
	}
	data := filepath.Join(c.dir, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "casebot", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attr, c.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	// The death signal is asked for only now: initdb runs from a thread that may end before it does.
	dieWithParent(attr)
	args := []string{"-D", data, "-k", c.dir, "-p", strconv.Itoa(c.port), "-c", "listen_addresses=", "-c", "max_connections=200"}
	if !durable {
		args = append(args, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	}
	c.cmd = exec.Command(filepath.Join(bin, "postgres"), args...)
	c.cmd.SysProcAttr, c.cmd.Dir, c.cmd.Stderr, c.cmd.Stdout = attr, c.dir, &c.log, &c.log
	if err := startPinned(c.cmd); err != nil {
		return err
	}
	return c.wait()
}

// startPinned starts a command from a thread that stays: the kernel sends the death signal when the
// thread that forked ends, which for a goroutine can be long before the process does.
func startPinned(cmd *exec.Cmd) error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- cmd.Start()
		select {}
	}()
	return <-started
}

// DSN of one of the cluster's databases.
func (c *Cluster) DSN(database string) string {
	return fmt.Sprintf("postgres://casebot@/%s?host=%s&port=%d", database, c.dir, c.port)
}

// wait polls until the server takes connections; it gives up after half a minute.
func (c *Cluster) wait() error {
	db, err := sql.Open("pgx", c.DSN("postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	for range 300 {
		if err = db.PingContext(context.Background()); err == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("the server did not come up: %v: %s", err, c.log.String())
}

// Stop ends the server at once and removes its folder.
func (c *Cluster) Stop() {
	if c.cmd != nil && c.cmd.Process != nil {
		c.cmd.Process.Signal(syscall.SIGQUIT)
		c.cmd.Wait()
	}
	os.RemoveAll(c.dir)
	// Last, so that a process killed in the middle of Stop leaves nothing behind either.
	c.guard.dismiss()
}

// binaries finds the server's programs: on the path, or where Debian keeps them.
func binaries() (string, error) {
	if p, err := exec.LookPath("postgres"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			if _, err := os.Stat(filepath.Join(filepath.Dir(p), "initdb")); err == nil {
				return filepath.Dir(p), nil
			}
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if len(found) == 0 {
		return "", ErrMissing
	}
	sort.Strings(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// unprivileged gives the attributes under which the server runs: it refuses root, so a test that runs as
// root lends the folder to another account.
func unprivileged(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{}
	if os.Getuid() != 0 {
		return attr, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2, os.Chown(dir, uid, gid)); err != nil {
			return nil, err
		}
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		return attr, nil
	}
	return nil, errors.New("running as root, and there is no account postgres or nobody to run the server under")
}
