package discordfake

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The other types of interaction.
const (
	pressed    = 3
	completing = 4
	submitted  = 5
)

// interaction is one act of a person that wants an answer.
type interaction struct {
	id, token string
	kind      int
	name      string // Of a command.
	bot       *Bot
	user      *user
	ch        *channel
	at        time.Time
	on        *message // Whose component was used, also through a modal that it opened.
	answered  int      // Type of the first answer.
	again     bool     // Sent a second time by Redeliver.
	original  *message
	later     []*message // Follow-ups.
	choices   []any      // Of a completion.
	done      chan struct{}
	closed    bool
	patience  time.Duration // How long the person waits.
}

const (
	answerTime = 3 * time.Second  // By the clock, for the first answer.
	tokenLife  = 15 * time.Minute // By the clock, for what follows.
	patience   = 10 * time.Second // Real time that a person in a test waits; more than the vendor's, for slow machines.
)

var (
	errNotConnected = errors.New("the application did not respond: it is not connected")
	errNoAnswer     = errors.New("the application did not respond")
)

// end wakes the person who waits; the lock is held.
func (in *interaction) end() {
	if !in.closed {
		in.closed = true
		close(in.done)
	}
}

// act sends an interaction to the bot; the lock is held.
func (s *Server) act(in *interaction, data map[string]any) error {
	in.id, in.at, in.done = s.newID(), s.clock.Now(), make(chan struct{})
	in.token = fmt.Sprintf("aW50-%s-%x", in.id, s.lastID*7919)
	s.inters[in.id], s.tokens[in.token] = in, in
	if in.ch.archived {
		return fmt.Errorf("the thread %q is archived and takes no commands", in.ch.name)
	}
	d := map[string]any{"id": in.id, "application_id": in.bot.Application, "type": in.kind, "data": data, "channel_id": in.ch.id, "token": in.token, "version": 1,
		"locale": "en-GB", "app_permissions": s.bits(in.ch), "entitlements": []any{}, "channel": s.channelJSON(in.ch), "attachment_size_limit": mostUpload}
	if in.ch.kind == kindDM {
		d["user"], d["context"] = s.userJSON(in.user.id), 1
		d["authorizing_integration_owners"] = map[string]any{"0": "0"}
	} else {
		m := s.memberJSON(in.ch.guild, in.user.id, true)
		m["permissions"] = s.bits(in.ch)
		d["member"], d["guild_id"], d["guild_locale"], d["context"] = m, in.ch.guild, "en-US", 0
		d["guild"] = map[string]any{"id": in.ch.guild, "locale": "en-US", "features": []any{}}
		d["authorizing_integration_owners"] = map[string]any{"0": in.ch.guild}
	}
	if in.on != nil && in.kind != typedCommand {
		d["message"] = in.on.json(s)
	}
	if s.sendLast(in.bot, 0, "INTERACTION_CREATE", d, in) == 0 {
		in.end()
		return errNotConnected
	}
	if in.patience = answerTime; s.connected(in.bot) {
		in.patience = patience
	}
	return nil
}

// wait waits for the first answer, as a person looks at "casebot is thinking".
func (s *Server) wait(ctx context.Context, in *interaction) error {
	late := time.NewTimer(in.patience)
	defer late.Stop()
	select {
	case <-in.done:
	case <-late.C:
	case <-ctx.Done():
		return ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	in.end()
	if in.answered == 0 {
		return errNoAnswer
	}
	return nil
}

// waiting says whether something that a person did has no answer yet; the lock is held.
func (s *Server) waiting() bool {
	for _, in := range s.inters {
		if !in.closed || in.original != nil && in.original.loading && !in.original.gone {
			return true
		}
	}
	return false
}
