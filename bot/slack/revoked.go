package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"casebot/bot"
)

// A token ends when the app is removed from a workspace or somebody revokes it. The desk goes on in the other
// workspaces; what is to be told in this one waits in its order until the app is installed again, here by the web, by
// another process of the same desk, or with a new token in the settings and a start.

var errRevoked = errors.New("the app was removed or its token revoked; what is to be told there waits")

var errJoining = errors.New("just installed; connecting")

// closedAgain is how often a message for such a workspace is tried. It is short, so that what waits goes soon after
// the app is installed again.
const closedAgain = time.Minute

// revoked is what /readyz says of such a workspace, with what mends it.
func (p *Platform) revoked() error {
	if p.OAuth.on() {
		return fmt.Errorf("%w; install it again at /slack/install", errRevoked)
	}
	return fmt.Errorf("%w; install it again, put the new token where the old one stands and start casebot again", errRevoked)
}

// shutOut notes that Slack refused a workspace's token. No event says so where the events are off, or where it
// happened while the desk was down.
func (p *Platform) shutOut(t *team, err error) {
	var e *bot.SendError
	if !errors.As(err, &e) || !e.Closed || e.Where != "" || t.isShut() {
		return
	}
	t.set(func(t *team) { t.fault = p.revoked() })
	p.Log.Error("Slack takes the token of a workspace no more", "workspace", t.id, "err", err)
}

func (t *team) isShut() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return errors.Is(t.fault, errRevoked)
}

// use gives a workspace another bot token.
func (p *Platform) use(t *team, token string) {
	t.set(func(t *team) {
		t.tokens.Bot = token
		t.client = p.client(t.tokens)
	})
	p.mu.Lock()
	defer p.mu.Unlock()
	for key := range p.directs {
		if strings.HasPrefix(key, t.id+"/") {
			delete(p.directs, key) // An app that was removed may come back as another user.
		}
	}
}

// replaced takes the token that was installed by the web when Slack refuses the one that is used: that one is of the
// settings, or was revoked since. It says whether there is another to try.
func (p *Platform) replaced(ctx context.Context, t *team, err error) bool {
	if !slices.Contains(closing, codeOf(err)) {
		return false
	}
	token, err := p.installed(ctx, t.id)
	if err != nil || token == t.token() {
		return false
	}
	p.use(t, token)
	return true
}

// comeBack looks whether the app is in a workspace again that had thrown it out, or whether one in which it was just
// installed answers by now.
func (p *Platform) comeBack(ctx context.Context, t *team) {
	t.mu.Lock()
	away := errors.Is(t.fault, errRevoked) || errors.Is(t.fault, errJoining)
	t.mu.Unlock()
	if !away {
		return
	}
	defer p.caught("coming back")
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	if p.welcome(ctx, t) == nil {
		p.Log.Info("a workspace takes the app again", "workspace", t.id)
	}
}

// welcome connects a workspace after an installation, and reads back what was said there before it. The mark up to
// which it was heard is not moved in between.
func (p *Platform) welcome(ctx context.Context, t *team) error {
	t.reading.Lock()
	defer t.reading.Unlock()
	if err := p.identify(ctx, t); err != nil {
		return err
	}
	p.readSince(ctx, t)
	return nil
}
