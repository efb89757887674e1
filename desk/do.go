package desk

import (
	"context"
	"sync"
)

// bookShelf keeps the handbook versions that have been read, for cases opened under an older one.
type bookShelf struct {
	mu    sync.Mutex
	books map[string]*Handbook
}

// do is written with the decisions.
func (d *Desk) do(ctx context.Context, a Act) (Outcome, error) {
	return Outcome{}, Errf(KindBusy, "not yet")
}
