package slack

import (
	"context"
	"slices"
	"strings"

	api "github.com/slack-go/slack"

	"casebot/desk"
)

// Room makes the private channel of a restricted case, or finds the one there is, and invites whoever is
// not in it yet.
func (p *Platform) Room(ctx context.Context, home desk.Home, name string, people []desk.Person) (string, error) {
	t, err := p.teamOf(home.ID)
	if err != nil {
		return "", err
	}
	channel, err := p.room(ctx, t, home, name)
	if err != nil {
		return "", err
	}
	inside, err := p.members(ctx, t, channel)
	if err != nil {
		return "", p.earlyIn(ctx, t, channel, err)
	}
	var missing []string
	for _, person := range people {
		if user, ok := userOf(person, t.id); ok && !slices.Contains(inside, user) {
			missing = append(missing, user)
		}
	}
	if len(missing) == 0 {
		return channel, nil
	}
	_, err = t.web().InviteUsersToConversationContext(ctx, channel, missing...)
	if err != nil && codeOf(err) != "already_in_channel" {
		return "", p.earlyIn(ctx, t, channel, err)
	}
	return channel, nil
}

// early is a failure before a message was sent: it can be tried again.
func early(err error) error {
	e := sendError(err)
	e.Kind, e.Aside = temporary(e.Kind), true
	return e
}

// earlyIn is one in a channel.
func (p *Platform) earlyIn(ctx context.Context, t *team, channel string, err error) error {
	return early(p.refusal(ctx, t, channel, err))
}

// room finds the channel of a room: noted, made now, or made by an attempt whose end was not noted.
func (p *Platform) room(ctx context.Context, t *team, home desk.Home, name string) (string, error) {
	key := "room/" + home.ID + "/" + name
	if p.State != nil {
		if raw, err := p.State.Get(ctx, key); err == nil && isID(string(raw)) {
			return string(raw), nil
		}
	}
	channel := ""
	c, err := t.web().CreateConversationContext(ctx, api.CreateConversationParams{ChannelName: strings.ToLower(name), IsPrivate: true})
	switch {
	case err == nil:
		channel = c.ID
	case codeOf(err) == "name_taken":
		if channel, err = p.roomCalled(ctx, t, strings.ToLower(name)); err != nil {
			return "", err
		}
	default:
		return "", early(err)
	}
	if p.State != nil {
		if err := p.State.Put(ctx, key, []byte(channel)); err != nil {
			p.Log.Warn("a private room could not be noted", "err", err)
		}
	}
	return channel, nil
}

// roomCalled finds a private channel that the bot is in by its name.
func (p *Platform) roomCalled(ctx context.Context, t *team, name string) (string, error) {
	cursor := ""
	for {
		var channels []api.Channel
		err := p.patient(ctx, func() (err error) {
			channels, cursor, err = t.web().GetConversationsContext(ctx, &api.GetConversationsParameters{Types: []string{"private_channel"}, Limit: 200, Cursor: cursor})
			return err
		})
		if err != nil {
			return "", early(err)
		}
		for _, c := range channels {
			if c.Name == name {
				return c.ID, nil
			}
		}
		if cursor == "" {
			return "", early(api.SlackErrorResponse{Err: "name_taken"})
		}
	}
}

// members are the users in a channel.
func (p *Platform) members(ctx context.Context, t *team, channel string) ([]string, error) {
	var out []string
	cursor := ""
	for {
		var page []string
		err := p.patient(ctx, func() (err error) {
			page, cursor, err = t.web().GetUsersInConversationContext(ctx, &api.GetUsersInConversationParameters{ChannelID: channel, Cursor: cursor, Limit: 200})
			return err
		})
		if err != nil {
			return nil, err
		}
		if out = append(out, page...); cursor == "" {
			return out, nil
		}
	}
}
