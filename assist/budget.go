package assist

import (
	"context"
	"time"
)

// Purse keeps how many tokens a day has cost, across restarts and for all programs on one database.
type Purse interface {
	// Spend adds tokens to the sum of a day ("2026-11-24") and gives the new sum. A negative number gives back
	// what was set aside and not used.
	Spend(ctx context.Context, day string, tokens int) (int, error)
}

// DefaultBudget is how many tokens a day may cost when nothing is set.
const DefaultBudget = 200_000

// budget sets tokens aside before a request and settles afterwards, so that requests running at once cannot
// overdraw it together. Days are UTC days.
type budget struct {
	purse Purse
	limit int // A day; below 0: none.
	clock Clock
}

// inBackground is the part of a day's budget up to which articles are turned into vectors: a library of thousands must
// not leave people without drafts for days.
const inBackground = .5

// reserve sets tokens aside for one request. When they would bring the day over a share of its budget it gives them
// back and refuses with errBudget. settle takes what the request really cost.
func (b *budget) reserve(ctx context.Context, tokens int, share float64) (settle func(used int), err error) {
	day := b.clock.Now().UTC().Format(time.DateOnly)
	// The books are kept even when the asker has gone: the tokens are spent all the same.
	keep := context.WithoutCancel(ctx)
	sum, err := b.purse.Spend(keep, day, tokens)
	if err != nil {
		return nil, err
	}
	give := func(n int) {
		if n != 0 {
			_, _ = b.purse.Spend(keep, day, n) // A purse that can't be reached leaves the higher sum: the careful side.
		}
	}
	if b.limit >= 0 && sum > int(share*float64(b.limit)) {
		give(-tokens)
		return nil, errBudget
	}
	return func(used int) { give(used - tokens) }, nil
}

// guess is about how many tokens a text has. English has four letters a token, other languages fewer; three is
// on the careful side.
func guess(text string) int { return len(text)/3 + 8 }
