package main

import (
	"context"
	"fmt"
	"time"

	"casebot/bot"
)

// keptAfterEnd is how long what a platform keeps about a case's messages and buttons outlives the case, so that an old
// card still answers for a while.
const keptAfterEnd = 90 * 24 * time.Hour

// tidy takes away what platforms keep about the messages and buttons of cases that ended long ago. A case that may be
// reopened keeps it, however long ago it ended: its thread is read back then, and a reaction that is not known any more
// would count as a new one.
func (a *App) tidy(ctx context.Context) error {
	now, reopen := a.Clock.Now(), a.Desk.Book.Lifecycle.Reopen
	if reopen.Zero() {
		return nil // Cases are reopened without a bound.
	}
	before := now.Add(-max(keptAfterEnd, reopen.Duration(24*time.Hour)+24*time.Hour))
	for _, p := range a.Runtime.Platforms {
		keeping, ok := p.(bot.Keeping)
		if !ok {
			continue
		}
		n, err := bot.Tidy(ctx, a.Store, p.Name(), keeping, before, now)
		if err != nil {
			return fmt.Errorf("what %s keeps about old messages could not be tidied: %w", p.Name(), err)
		}
		if n > 0 {
			a.Log.Info("what was kept about messages of cases that ended long ago is gone", "platform", p.Name(), "rows", n)
		}
	}
	return nil
}
