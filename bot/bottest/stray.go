package bottest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// stray is what somebody did at a message that the desk did not know then.
type stray struct {
	root bot.Ref
	hand func(ctx context.Context)
}

// Reread hands in again what was done at a message, and in the thread under it, while the desk did not know it.
func (f *Fake) Reread(ctx context.Context, root bot.Ref) error {
	if !strings.Contains(string(root), ":") {
		return &bot.SendError{Kind: bot.Permanent, Err: fmt.Errorf("there is no message %s", root)}
	}
	f.mu.Lock()
	var mine []stray
	f.unknown = slices.DeleteFunc(f.unknown, func(s stray) bool {
		if s.root == root {
			mine = append(mine, s)
		}
		return s.root == root
	})
	f.mu.Unlock()
	for _, s := range mine {
		s.hand(ctx)
	}
	return nil
}

// keep keeps an act at a message of which the desk knew no case.
func (f *Fake) keep(by desk.Person, at Spot, in bot.Interaction) {
	root := at.Thread
	if root == "" {
		root = in.Message
	}
	in.ReadBack = true
	f.mu.Lock()
	defer f.mu.Unlock()
	f.unknown = append(f.unknown, stray{root, func(ctx context.Context) {
		f.mu.Lock()
		inbox := f.inbox
		f.mu.Unlock()
		again := in
		f.show(by, at, &again, inbox.Handle(ctx, &again))
	}})
}

// filesIn are files as a platform tells of them.
func filesIn(files []bot.File) []bot.FileIn {
	var out []bot.FileIn
	for _, file := range files {
		out = append(out, bot.FileIn{Name: file.Name, Type: file.Type, Size: int64(len(file.Data)), Open: func() ([]byte, error) { return file.Data, nil }})
	}
	return out
}
