package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"casebot/bot"
)

// A send whose answer was lost is found again in three ways. While connected, Discord tells of the message
// with its nonce. Within a few minutes the same nonce gives the same message. And what was sent is noted
// before: a message of ours that looks the same and came after is it, also after a restart.

// attempt is a send as it is kept: how it would look, and when it is known, which message it became.
type attempt struct {
	ID      string    `json:"id"`
	Channel string    `json:"channel"`
	Forum   bool      `json:"forum,omitempty"`
	At      time.Time `json:"at"`
	Look    string    `json:"look"`
	Ref     bot.Ref   `json:"ref,omitempty"`
}

// sendSlots is how many sends are kept. What is older is overwritten: it matters only between a send and the
// moment at which the outbox has recorded its end.
const sendSlots = 4096

// slotOf is under which key a delivery's send is kept.
func slotOf(id string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return fmt.Sprintf("send/%d", h.Sum32()%sendSlots)
}

// attempted reads what is kept of a send.
func (p *Platform) attempted(ctx context.Context, id string) (was attempt, ok bool, err error) {
	if id == "" || p.State == nil {
		return was, false, nil
	}
	raw, err := p.State.Get(ctx, slotOf(id))
	if err != nil || len(raw) == 0 || json.Unmarshal(raw, &was) != nil || was.ID != id {
		return attempt{}, false, err
	}
	return was, true, nil
}

func (p *Platform) keepAttempt(ctx context.Context, was attempt) {
	raw, _ := json.Marshal(was)
	if err := p.State.Put(ctx, slotOf(was.ID), raw); err != nil {
		p.Log.Warn("a send could not be noted", "err", err)
	}
}

// sending notes a send before it is made. The first attempt counts: the message may be from then.
func (p *Platform) sending(ctx context.Context, id string, at spot, d drawn) {
	if _, known, err := p.attempted(ctx, id); id == "" || p.State == nil || known || err != nil {
		return
	}
	p.keepAttempt(ctx, attempt{ID: id, Channel: at.channel, Forum: at.forum, At: p.Clock.Now(), Look: lookOf(d.Content, descriptions(d), len(d.beside()))})
}

// sent notes which message a send became.
func (p *Platform) sent(ctx context.Context, id string, ref bot.Ref) {
	p.mu.Lock()
	if len(p.nonces) > 5_000 {
		clear(p.nonces)
	}
	if len(p.claimed) > 20_000 {
		clear(p.claimed)
	}
	p.claimed[ref] = true
	if id != "" {
		p.nonces[nonceOf(id)] = ref
	}
	p.mu.Unlock()
	ctx = context.WithoutCancel(ctx) // It is known now, whatever ends.
	if was, known, _ := p.attempted(ctx, id); known && was.Ref != ref {
		was.Ref = ref
		p.keepAttempt(ctx, was)
	}
}

// mine notes a message of the desk's own that Discord tells of, by its nonce.
func (p *Platform) mine(a *app, m *messageIn) {
	nonce := nonceText(m.Nonce)
	if nonce == "" || nonce == "null" {
		return
	}
	home := a.guilds[0].homes[0].ID
	if g := a.guild(m.GuildID); g != nil {
		channel := m.ChannelID
		p.mu.Lock()
		if c, ok := p.rooms[channel]; ok && c.isThread() {
			channel = c.Parent
		}
		p.mu.Unlock()
		home = p.homeAt(g, channel).ID
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.nonces[nonce]; !known {
		p.nonces[nonce] = place{home, m.ChannelID, m.ID}.ref()
	}
}

// Find looks a message up by its delivery id.
func (p *Platform) Find(ctx context.Context, to bot.To, id string) (bot.Ref, bool, error) {
	a, g, err := p.at(to.Home.ID)
	if err != nil {
		return "", false, err
	}
	if ref, ok := p.byNonce(to, id); ok {
		p.sent(ctx, id, ref)
		return ref, true, nil
	}
	was, known, err := p.attempted(ctx, id)
	if err != nil || !known {
		return "", false, err
	}
	if was.Ref != "" {
		return was.Ref, true, nil
	}
	ref, err := p.similar(ctx, a, g, to, was)
	if err != nil || ref == "" {
		return "", false, p.refusedIn(ctx, a, g, was.Channel, err, cardOf(to)...)
	}
	p.sent(ctx, id, ref)
	return ref, true, nil
}

// byNonce finds a message that was told of since the start.
func (p *Platform) byNonce(to bot.To, id string) (bot.Ref, bool) {
	p.mu.Lock()
	ref, ok := p.nonces[nonceOf(id)]
	p.mu.Unlock()
	at, err := parseRef(ref)
	if !ok || err != nil {
		return "", false
	}
	at.home = p.nameOfHome(to)
	return at.ref(), true
}

// clockSlack is how far Discord's clock may be behind ours.
const clockSlack = 2 * time.Minute

// similar finds a message of ours that looks like an attempt and came after it.
func (p *Platform) similar(ctx context.Context, a *app, g *server, to bot.To, was attempt) (bot.Ref, error) {
	since := idAt(was.At.Add(-clockSlack))
	me, _ := a.me()
	is := func(m messageIn, channel string) (bot.Ref, bool) {
		ref := place{p.nameOfHome(to), channel, m.ID}.ref()
		p.mu.Lock()
		claimed := p.claimed[ref]
		p.mu.Unlock()
		var about []string
		for _, e := range m.Embeds {
			about = append(about, e.Description)
		}
		return ref, !claimed && m.Author != nil && m.Author.ID == me && lookOf(m.Content, about, len(m.Files)) == was.Look
	}
	if was.Forum {
		var active struct {
			Threads []channelIn `json:"threads"`
		}
		if err := a.ask(ctx, "guilds/"+g.id+"/threads/active", &active); err != nil {
			return "", err
		}
		for _, c := range active.Threads {
			var m messageIn
			if c.Parent != was.Channel || c.Owner != me || timeOf(c.ID).Before(was.At.Add(-clockSlack)) || a.ask(ctx, "channels/"+c.ID+"/messages/"+c.ID, &m) != nil {
				continue
			}
			if ref, ok := is(m, c.ID); ok {
				return ref, nil
			}
		}
		return "", nil
	}
	found := bot.Ref("")
	err := p.pages(ctx, a, was.Channel, since, func(m messageIn) {
		if ref, ok := is(m, was.Channel); ok && found == "" {
			found = ref
		}
	})
	if codeOf(err) == 10003 {
		return "", nil // The thread that the message would have begun is not there.
	}
	return found, err
}

func descriptions(d drawn) []string {
	var out []string
	for _, e := range d.Embeds {
		out = append(out, e.Description)
	}
	return out
}

// lookOf is what is compared: Discord takes blanks off the ends.
func lookOf(content string, about []string, files int) string {
	for i := range about {
		about[i] = strings.TrimSpace(about[i])
	}
	return contentKey([]byte(fmt.Sprintf("%s\x00%s\x00%d", strings.TrimSpace(content), strings.Join(about, "\x00"), files)))
}

// pages reads a channel's messages after an id, oldest first.
func (p *Platform) pages(ctx context.Context, a *app, channel, after string, do func(m messageIn)) error {
	for {
		var all []messageIn
		if err := a.ask(ctx, "channels/"+channel+"/messages?limit=100&after="+after, &all); err != nil {
			return err
		}
		for i := len(all) - 1; i >= 0; i-- {
			do(all[i])
			after = all[i].ID
		}
		if len(all) < 100 {
			return nil
		}
	}
}
