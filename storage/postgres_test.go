package storage

import (
	"testing"

	"casebot/desk"
	"casebot/storage/pgtest"
	"casebot/storage/storagetest"
)

func TestPostgreSQL(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) desk.Store { return openAt(t, pgtest.Database(t)) })
}
