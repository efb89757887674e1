package pgtest

import (
	"database/sql"
	"os"
	"testing"
)

func TestMain(m *testing.M) {
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
