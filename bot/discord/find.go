package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"casebot/bot"
)

// A send whose answer was lost is found again in three ways. While connected, Discord tells of the message
// with its nonce. Within a few minutes the same nonce gives the same message. And what was sent is noted
// before: a message of ours that looks the same and came after is it, also after a restart.

// attempt is a send under way, as it is kept until its end is known.
type attempt struct {
	Channel string    `json:"channel"`
	Forum   bool      `json:"forum,omitempty"`
	At      time.Time `json:"at"`
	Look    string    `json:"look"`
}

func sendingKey(id string) string { return "sending/" + id }

// sending notes a send before it is made.
func (p *Platform) sending(ctx context.Context, id string, at spot, d drawn) {
	if id == "" || p.State == nil {
		return
	}
	key := sendingKey(id)
	if raw, err := p.State.Get(ctx, key); err == nil && len(raw) > 0 {
		return // The first attempt counts: the message may be from then.
	}
	raw, _ := json.Marshal(attempt{at.channel, at.forum, p.Clock.Now(), lookOf(d.Content, descriptions(d), len(d.files))})
	if err := p.State.Put(ctx, key, raw); err != nil {
		p.Log.Warn("a send could not be noted", "err", err)
	}
}

// sent notes how a send ended; ref is empty when nothing was sent.
func (p *Platform) sent(ctx context.Context, id string, ref bot.Ref) {
	if ref != "" {
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
	}
	if id == "" || p.State == nil {
		return
	}
	if err := p.State.Delete(context.WithoutCancel(ctx), sendingKey(id)); err != nil {
		p.Log.Warn("the end of a send could not be noted", "err", err)
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
	if p.State == nil {
		return "", false, nil
	}
	raw, err := p.State.Get(ctx, sendingKey(id))
	if err != nil {
		return "", false, err
	}
	var was attempt
	if len(raw) == 0 || json.Unmarshal(raw, &was) != nil {
		return "", false, nil
	}
	ref, err := p.similar(ctx, a, g, to, was)
	if err != nil || ref == "" {
		return "", false, err
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

// early messages: clocks differ a little.
const clockSlack = 2 * time.Minute

// similar finds a message of ours that looks like an attempt and came after it.
func (p *Platform) similar(ctx context.Context, a *app, g *guild, to bot.To, was attempt) (bot.Ref, error) {
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
