package storage

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. On PostgreSQL a session lock lets one of several replicas that
// start at once do it while the others wait; on SQLite each migration is one immediate transaction.
func migrate(ctx context.Context, db *sql.DB, d *dialect, log *slog.Logger) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	opts := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger())}
	if d == postgresDialect {
		// Probed every second for two minutes: a replica waits that long for another's migration.
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 120), lock.WithUnlockTimeout(1, 10))
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	}
	p, err := goose.NewProvider(d.goose, db, ddlFS{dir, d.ddl}, opts...)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	done, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring the database schema up to date: %w", err)
	}
	for _, m := range done {
		log.Info("schema migrated", "database", d.name, "version", m.Source.Version, "took", m.Duration)
	}
	return nil
}

// ddlFS shows the embedded migrations in the dialect's form; goose reads its migrations from files.
type ddlFS struct {
	fs.FS
	ddl func(string) string
}

// Open rewrites a migration as it is read.
func (f ddlFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	return ddlFile{file, strings.NewReader(f.ddl(string(data)))}, nil
}

type ddlFile struct {
	fs.File
	text *strings.Reader
}

func (f ddlFile) Read(p []byte) (int, error) { return f.text.Read(p) }
