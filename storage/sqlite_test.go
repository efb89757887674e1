package storage

import (
	"log/slog"
	"path/filepath"
	"testing"

	"casebot/desk"
	"casebot/storage/storagetest"
)

func openTest(t *testing.T) *Store {
	t.Helper()
	return openAt(t, filepath.Join(t.TempDir(), "case bot ?#%.db"))
}

func openAt(t *testing.T, dsn string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSQLite(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) desk.Store { return openTest(t) })
}
