package story

import (
	"context"
	"fmt"
	"regexp"

	"casebot/desk"
)

// Door lets a story take the desk out of a home's cases channel and let it in again, as people do it on the platform.
type Door interface {
	Out(ctx context.Context, home desk.Home) error
	In(ctx context.Context, home desk.Home) error
}

var doorForm = regexp.MustCompile(`^the desk is (taken out of|let into) ([a-z0-9._-]+)'s channel( again)?$`)

// doorLine takes the desk out of a channel, or lets it in.
func (t *teller) doorLine(line string) (bool, error) {
	m := doorForm.FindStringSubmatch(line)
	if m == nil {
		return false, nil
	}
	home, ok := t.w.Dir.HomeOf(m[2])
	switch {
	case !ok:
		return true, fmt.Errorf("party %q has no home", m[2])
	case t.w.Door == nil:
		return true, fmt.Errorf("on this stage nobody can take the desk out of a channel")
	}
	t.print("\n-- %s\n", line)
	if m[1] == "taken out of" {
		return true, t.after(t.w.Door.Out(t.ctx, home))
	}
	return true, t.after(t.w.Door.In(t.ctx, home))
}
