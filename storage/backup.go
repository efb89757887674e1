package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mattn/go-sqlite3"
)

// ErrPostgresBackup says that a PostgreSQL database is backed up by its own tools.
var ErrPostgresBackup = errors.New("a PostgreSQL database is backed up with its own tools, for example: " +
	"pg_dump --format=custom --file=casebot.dump \"$CASEBOT_DB\"; restore it with: pg_restore --clean --dbname=\"$CASEBOT_DB\" casebot.dump")

// Backup copies a SQLite database into a new file while the desk goes on working, with SQLite's online
// backup (sqlite.org/backup.html). The copy is one consistent moment, is checked, and gets its name only
// when it is whole and on the disk. An existing file is never replaced. It gives the size in bytes.
func Backup(ctx context.Context, dsn, file string) (int64, error) {
	if isPostgres(dsn) {
		return 0, ErrPostgresBackup
	}
	if _, err := os.Stat(dsn); err != nil {
		return 0, fmt.Errorf("there is no database to back up: %w", err)
	}
	if _, err := os.Stat(file); err == nil {
		return 0, fmt.Errorf("%s is there already. Name a new file; a backup never replaces one", file)
	}
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*")
	if err != nil {
		return 0, err
	}
	part.Close()
	defer os.Remove(part.Name())
	if err := copyDatabase(ctx, dsn, part.Name()); err != nil {
		return 0, err
	}
	// A link fails where a rename would replace a file that came meanwhile.
	if err := os.Link(part.Name(), file); err != nil {
		return 0, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return 0, err
	}
	return info.Size(), syncDir(filepath.Dir(file))
}

// copyDatabase copies all pages in one step: it holds one snapshot meanwhile, which in WAL mode stops
// nobody from writing. In several steps it would begin anew with every commit in between.
func copyDatabase(ctx context.Context, from, to string) error {
	src, err := dialSQLite(sqliteDSN(from, true, busyMillis))
	if err != nil {
		return err
	}
	defer src.close()
	raw, err := (&sqlite3.SQLiteDriver{}).Open(sqliteDSN(to, false, busyMillis) + "&_journal_mode=DELETE")
	if err != nil {
		return err
	}
	dst := &sqliteConn{c: raw.(*sqlite3.SQLiteConn), stmts: map[string]prepared{}}
	defer dst.close()
	b, err := dst.c.Backup("main", src.c, "main")
	if err != nil {
		return fmt.Errorf("begin the backup: %w", err)
	}
	done, err := b.Step(-1)
	if err2 := b.Finish(); err == nil {
		err = err2
	}
	switch {
	case err != nil:
		return fmt.Errorf("copy the database: %w", err)
	case !done:
		return errors.New("the database was locked while it was copied; try again")
	case ctx.Err() != nil:
		return ctx.Err()
	}
	// The copy carries the source's WAL flag. As a file that is put away it has to stand by itself.
	if _, err := dst.c.Exec("pragma journal_mode = delete", nil); err != nil {
		return err
	}
	said := ""
	if err := dst.query(ctx, "pragma quick_check", nil, func(scan scanner) error { return scan(&said) }); err != nil {
		return fmt.Errorf("check the copy: %w", err)
	}
	if said != "ok" {
		return fmt.Errorf("the copy is damaged: %s", said)
	}
	return nil
}

// syncDir makes a new name durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
