// Package storagetest holds what every desk.Store has to do. The same suite runs on SQLite and on
// PostgreSQL, so that a use case that works on one works on the other.
package storagetest

import (
	"testing"

	"casebot/desk"
)

// Run runs the suite. Open gives an empty store, which the suite does not close.
func Run(t *testing.T, open func(t *testing.T) desk.Store) {
	for _, part := range []struct {
		name string
		run  func(t *testing.T, open func(t *testing.T) desk.Store)
	}{
		{"cases", testCases},
		{"queries", testQueries},
		{"clocks", testClocks},
		{"deliveries", testDeliveries},
		{"shelf", testShelf},
		{"text", testText},
		{"transactions", testTransactions},
		{"concurrency", testConcurrency},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, open) })
	}
}
