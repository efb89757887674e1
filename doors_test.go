package main

import (
	"context"

	"casebot/bot/discord/discordfake"
	"casebot/bot/slack"
	"casebot/desk"
	"casebot/story"
)

// doors take the desk out of a channel and let it in again on the platform of its home, by what people do there.
type doors struct {
	out, in func(ctx context.Context, h desk.Home) error
}

var _ story.Door = doors{}

func (d doors) Out(ctx context.Context, h desk.Home) error { return d.out(ctx, h) }
func (d doors) In(ctx context.Context, h desk.Home) error  { return d.in(ctx, h) }

// door of Slack: somebody removes the app from the channel, and invites it.
func (s *slackStage) door() story.Door {
	return doors{func(_ context.Context, h desk.Home) error {
		s.fake.Kick(h.Workspace, h.Cases)
		s.settle()
		return nil
	}, func(_ context.Context, h desk.Home) error {
		s.fake.Join(h.Cases, s.teams[h.Workspace].BotUser)
		s.settle()
		return nil
	}}
}

// door of either platform. On Discord somebody takes the permissions in the channel from the bot's role, and gives them back.
func (s *pairStage) door() story.Door {
	permit := func(h desk.Home, rights ...string) error {
		s.discord.Permit(h.Cases, rights...)
		s.settle()
		return nil
	}
	return doors{func(_ context.Context, h desk.Home) error {
		if h.Platform != slack.Name {
			return permit(h, "USE_APPLICATION_COMMANDS")
		}
		s.slack.Kick(h.Workspace, h.Cases)
		s.settle()
		return nil
	}, func(_ context.Context, h desk.Home) error {
		if h.Platform != slack.Name {
			return permit(h, discordfake.Everything()...)
		}
		s.slack.Join(h.Cases, s.teams[h.Workspace].BotUser)
		s.settle()
		return nil
	}}
}

// door of the playground.
func (s *playStage) door() story.Door {
	return doors{func(_ context.Context, h desk.Home) error { s.visitors.Out(h.ID, h.Cases); return nil },
		func(ctx context.Context, h desk.Home) error { return s.visitors.In(ctx, h.ID, h.Cases) }}
}
