// Package storage keeps the desk in SQLite or PostgreSQL. It is one implementation of desk.Store:
// one schema, one SQL text, two dialects.
//
// Read it bottom-up:
//
//   - dialect.go: everything in which the two databases' SQL differs; migrate.go and migrations/: the schema;
//   - runner.go: how a statement reaches a database; sqlite.go and postgres.go: how a transaction is run
//     on each (groupcommit.go, durable.go and gather_linux.c there, retries and pipelining here);
//   - cases.go, snapshots.go, query.go, events.go: cases and what happened to them;
//   - notices.go and lanes.go: the outbox; shelf.go: handbooks, files, drafts and other small things;
//   - errors.go: what a fault of the database means to a person.
//
// No statement knows the time: every instant comes in as an argument, in UTC milliseconds.
package storage
