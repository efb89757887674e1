package discord

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// Room makes the private thread of a restricted case, or finds the one there is, and adds whoever is not in
// it yet. In a home whose cases channel is a forum, which has no private threads, it is made in the review
// channel. Whoever may manage threads reads it too; docs/discord.md says so.
func (p *Platform) Room(ctx context.Context, home desk.Home, name string, people []desk.Person) (string, error) {
	a, g, err := p.at(home.ID)
	if err != nil {
		return "", err
	}
	thread, err := p.room(ctx, a, g, home, name)
	if err != nil {
		return "", early(p.refusedIn(ctx, a, g, home.Cases, err))
	}
	var inside []struct {
		User string `json:"user_id"`
	}
	if err := a.ask(ctx, "channels/"+thread+"/thread-members", &inside); err != nil {
		return "", early(p.refusedIn(ctx, a, g, thread, err))
	}
	for _, person := range people {
		user, ok := userOf(person, g.id)
		if !ok || slices.ContainsFunc(inside, func(m struct {
			User string `json:"user_id"`
		}) bool {
			return m.User == user
		}) {
			continue
		}
		err := p.awake(ctx, a, thread, func() error {
			_, err := a.call(ctx, http.MethodPut, "channels/"+thread+"/thread-members/"+user, nil)
			return err
		})
		if codeOf(err) == 10007 || codeOf(err) == 10013 {
			p.Log.Warn("somebody who is invited to a private room is not in the guild", "person", person.ID, "guild", g.id)
			continue
		}
		if err != nil {
			return "", early(p.refusedIn(ctx, a, g, thread, err))
		}
	}
	return thread, nil
}

// room finds the thread of a room: noted, made by an attempt whose end was not noted, or made now.
func (p *Platform) room(ctx context.Context, a *app, g *server, home desk.Home, name string) (string, error) {
	key := "room/" + home.ID + "/" + name
	if p.State != nil {
		if raw, err := p.State.Get(ctx, key); err == nil && isSnowflake(string(raw)) {
			return string(raw), nil
		}
	}
	parent, err := p.roomsIn(ctx, a, home)
	if err != nil {
		return "", err
	}
	name = strings.ToLower(name)
	thread, err := p.roomCalled(ctx, a, g, parent, name)
	if err != nil {
		return "", err
	}
	if thread == "" {
		raw, err := a.call(ctx, http.MethodPost, "channels/"+parent+"/threads", map[string]any{"name": name, "type": privateThread, "invitable": false, "auto_archive_duration": longSleep})
		if err != nil {
			return "", err
		}
		var c channelIn
		if err := json.Unmarshal(raw, &c); err != nil {
			return "", err
		}
		p.know(c)
		thread = c.ID
	}
	if p.State != nil {
		if err := p.State.Put(ctx, key, []byte(thread)); err != nil {
			p.Log.Warn("a private room could not be noted", "err", err)
		}
	}
	return thread, nil
}

// roomsIn is the text channel of a home in which private threads can be made.
func (p *Platform) roomsIn(ctx context.Context, a *app, home desk.Home) (string, error) {
	for _, channel := range []string{home.Cases, home.Review} {
		if channel == "" {
			continue
		}
		c, err := p.channel(ctx, a, channel)
		if err != nil {
			return "", err
		}
		if c.Type == textChannel || c.Type == newsChannel {
			return channel, nil
		}
	}
	return "", &bot.SendError{Kind: bot.Permanent, Err: errors.New("a forum has no private threads, which a restricted case needs; name a text channel as review of this home")}
}

// roomCalled finds a private thread of ours by its name.
func (p *Platform) roomCalled(ctx context.Context, a *app, g *server, parent, name string) (string, error) {
	me, _ := a.me()
	for _, path := range []string{"guilds/" + g.id + "/threads/active", "channels/" + parent + "/threads/archived/private"} {
		var found struct {
			Threads []channelIn `json:"threads"`
		}
		err := a.ask(ctx, path, &found)
		if codeOf(err) == 50013 {
			continue // The archived ones are shown to who manages threads.
		}
		if err != nil {
			return "", err
		}
		for _, c := range found.Threads {
			if c.Type == privateThread && c.Parent == parent && c.Name == name && c.Owner == me {
				return c.ID, nil
			}
		}
	}
	return "", nil
}

func rootKey(room string) string { return "root/" + room }

// noteRoot keeps which message is the card of a private room: the first one that was posted there.
func (p *Platform) noteRoot(ctx context.Context, room, id string) {
	if p.State == nil {
		return
	}
	if raw, err := p.State.Get(ctx, rootKey(room)); err == nil && len(raw) > 0 {
		return
	}
	if err := p.State.Put(ctx, rootKey(room), []byte(id)); err != nil {
		p.Log.Warn("the card of a private room could not be noted", "err", err)
	}
}

// rootOf is the card of a private room; empty when it has none yet.
func (p *Platform) rootOf(ctx context.Context, a *app, room string) string {
	if p.State != nil {
		if raw, err := p.State.Get(ctx, rootKey(room)); err == nil && isSnowflake(string(raw)) {
			return string(raw)
		}
	}
	me, _ := a.me()
	var first []messageIn
	if err := a.ask(ctx, "channels/"+room+"/messages?limit=100&after=1", &first); err != nil {
		return ""
	}
	for i := len(first) - 1; i >= 0; i-- {
		if m := first[i]; m.Type == plainKind && m.Author != nil && m.Author.ID == me {
			p.noteRoot(ctx, room, m.ID)
			return m.ID
		}
	}
	return ""
}
