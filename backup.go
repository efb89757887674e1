package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"

	"casebot/storage"
)

// backupUsage is what `casebot help backup` prints.
const backupUsage = `casebot backup: copy the desk's database into a file while the desk goes on working.

  casebot backup [--db casebot.db] FILE

The copy is of one moment, checked, and never replaces a file. To restore, stop casebot and put the file in
the database's place. A PostgreSQL database is backed up with pg_dump; the command then prints how.
--db is a path or a postgres:// URL. Without it CASEBOT_DB is read, then casebot.yaml, else it is casebot.db.
`

// runBackup runs `casebot backup …` and gives the exit code: 0 done, 1 failed, 2 wrong usage.
func runBackup(ctx context.Context, args []string, _ io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("backup", flag.ContinueOnError)
	fs.SetOutput(errs)
	fs.Usage = func() { fmt.Fprint(errs, backupUsage) }
	flagged := fs.String("db", "", "")
	if err := fs.Parse(args); err != nil || fs.NArg() != 1 {
		if err == nil {
			fmt.Fprint(errs, "casebot backup: name the one file to write.\n\n"+backupUsage)
		}
		return exitUsage
	}
	db, err := commandDB(*flagged)
	size := int64(0)
	if err == nil {
		size, err = storage.Backup(ctx, db, fs.Arg(0))
	}
	if err != nil {
		fmt.Fprintf(errs, "casebot backup: %v.\n", err)
		return exitFailed
	}
	fmt.Fprintf(out, "%s: %d bytes.\n", fs.Arg(0), size)
	return exitDone
}

// commandDB is the database a command works on: the flag's, else the environment's, else that of
// casebot.yaml, else casebot.db.
func commandDB(flagged string) (string, error) {
	if flagged != "" {
		return flagged, nil
	}
	s, err := loadSettings(os.Getenv)
	if err != nil || s.DB != "" {
		return s.DB, err
	}
	var d *Deployment
	path := s.Config
	if path == "" {
		path = "casebot.yaml"
	}
	if _, err := os.Stat(path); err == nil || s.Config != "" {
		if d, err = loadDeployment(path); err != nil {
			return "", err
		}
	}
	s, err = s.With(d)
	return s.DB, err
}
