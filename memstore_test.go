package main

import (
	"testing"

	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/storage/storagetest"
)

// The store that tests of chat run on keeps the same promises as the two databases.
func TestMemStore(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) desk.Store { return bottest.NewMemStore() })
}
