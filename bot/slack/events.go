package slack

import (
	"context"
	"encoding/json"
	"regexp"
	"runtime/debug"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Payloads are taken apart by these small types, which read what the desk needs and pass over the rest: an
// event of a kind or a shape that nobody knew when this was written is no reason to fail.

// callback is the outer event of the Events API (docs.slack.dev/apis/events-api).
type callback struct {
	Type           string          `json:"type"`
	TeamID         string          `json:"team_id"`
	EventID        string          `json:"event_id"`
	Challenge      string          `json:"challenge"`
	Event          json.RawMessage `json:"event"`
	Authorizations []struct {
		TeamID string `json:"team_id"`
		UserID string `json:"user_id"`
		IsBot  bool   `json:"is_bot"`
	} `json:"authorizations"`
}

// event is any inner event.
type event struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	User        string          `json:"user"`
	BotID       string          `json:"bot_id"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	Channel     json.RawMessage `json:"channel"` // A string, but an object in some events.
	ChannelType string          `json:"channel_type"`
	Team        string          `json:"team"`
	UserTeam    string          `json:"user_team"`
	SourceTeam  string          `json:"source_team"`
	EventTS     string          `json:"event_ts"`
	DeletedTS   string          `json:"deleted_ts"`
	Files       []fileIn        `json:"files"`
	Blocks      json.RawMessage `json:"blocks"`
	Message     *event          `json:"message"`
	Previous    *event          `json:"previous_message"`
	Reaction    string          `json:"reaction"`
	Item        struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
	Edited *struct {
		TS   string `json:"ts"`
		User string `json:"user"`
	} `json:"edited"`
	Tab string `json:"tab"`
	// Who wrote the root of the thread, and the message that a reaction is on.
	ParentUser string `json:"parent_user_id"`
	ItemUser   string `json:"item_user"`
	Old        string `json:"old_channel_id"`
	New        string `json:"new_channel_id"`
}

// channel is the event's channel id.
func (e *event) channel() string {
	var id string
	if json.Unmarshal(e.Channel, &id) == nil {
		return id
	}
	return ""
}

// author is the workspace that the author belongs to, where the event says so: in a Slack Connect channel
// an event's team is that of the installation which hears it.
func (e *event) author() string {
	for _, t := range []string{e.UserTeam, e.SourceTeam, e.Team} {
		if t != "" {
			return t
		}
	}
	return ""
}

// event takes one event in. allowed are the workspaces for which its bearer may speak.
func (p *Platform) event(ctx context.Context, allowed []*team, raw json.RawMessage) {
	defer p.caught("an event")
	var c callback
	if err := json.Unmarshal(raw, &c); err != nil {
		p.Log.Warn("an event of Slack could not be read", "err", err)
		return
	}
	t := among(allowed, c.TeamID)
	for _, a := range c.Authorizations {
		if t == nil {
			t = among(allowed, a.TeamID)
		}
	}
	var e event
	if t == nil || json.Unmarshal(c.Event, &e) != nil {
		return // A workspace that is none of ours, or an event of a shape that means nothing here.
	}
	for _, a := range c.Authorizations {
		if a.IsBot && a.TeamID == t.id {
			t.called(a.UserID)
		}
	}
	deaf := t.deaf()
	p.heard(t)
	t.count(e.subscription())
	if deaf { // What came while nothing was heard was not carried out.
		p.spawn("reading back", func(ctx context.Context) { p.recover(ctx, t) })
	}
	e.spell()
	defer p.sawIn(t, &e)
	switch e.Type {
	case "message", "app_mention":
		p.message(ctx, t, &e, c.EventID)
	case "reaction_added":
		p.reaction(ctx, t, &e, bot.React, c.EventID)
	case "reaction_removed":
		p.reaction(ctx, t, &e, bot.Unreact, c.EventID)
	case "app_home_opened":
		if e.Tab == "" || e.Tab == "home" {
			p.visited(ctx, t, &e, c.EventID)
		}
	case "channel_left", "group_left", "channel_archive", "group_archive", "member_joined_channel", "channel_unarchive", "group_unarchive":
		p.sightChanged(ctx, t, &e)
	case "channel_id_changed":
		p.renamed(ctx, t, e.Old, e.New)
	case "subteam_members_changed", "subteam_updated":
		if t.byGroup() {
			p.readGroups(ctx, t)
		}
	case "tokens_revoked", "app_uninstalled":
		t.set(func(t *team) { t.fault = p.revoked() })
		p.Log.Error("the app was removed from a workspace, or its token revoked", "workspace", t.id)
	}
}

// called notes who the desk is in a workspace, as an event tells it: one may come before auth.test was answered, and
// what is said to the desk must be known from what is said near it.
func (t *team) called(user string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.botUser == "" {
		t.botUser = user
	}
}

// among finds a workspace among those for which a secret or a socket stands, so that nobody speaks for another.
func among(allowed []*team, id string) *team {
	for _, t := range allowed {
		if t.id == id {
			return t
		}
	}
	return nil
}

// message takes in what somebody said, edited or deleted. A mention comes as a message and as a mention;
// both are the same words with the same name, and the desk does them once.
func (p *Platform) message(ctx context.Context, t *team, e *event, id string) {
	channel := e.channel()
	if channel == "" {
		return
	}
	switch e.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
		p.said(ctx, t, channel, e, id)
	case "message_changed":
		m, old := e.Message, e.Previous
		switch {
		case m == nil:
		case m.Subtype == "tombstone": // A deleted root of a thread that has replies; Slack itself is its author.
			if old != nil && !p.ours(t, old) {
				p.deleted(ctx, t, channel, old, id)
			}
		case p.ours(t, m):
		case old != nil && old.Text == m.Text:
			// The preview of a link was added, or a file: no words have changed.
		default:
			in := p.about(ctx, t, channel, m, bot.Edited)
			in.ID = "e/" + channel + "/" + m.TS
			if m.Edited != nil {
				in.ID += "/" + m.Edited.TS
				in.At = timeOf(m.Edited.TS)
			} else {
				in.ID += "/" + e.EventTS
			}
			in.Text, _ = p.plainWords(t, m.Text)
			p.happened(ctx, t, in, id)
		}
	case "message_deleted":
		old := e.Previous
		if old == nil {
			old = &event{TS: e.DeletedTS}
		}
		if old.TS == "" {
			old.TS = e.DeletedTS
		}
		if !p.ours(t, old) {
			p.deleted(ctx, t, channel, old, id)
		}
	}
}

func (p *Platform) deleted(ctx context.Context, t *team, channel string, old *event, id string) {
	in := p.about(ctx, t, channel, old, bot.Deleted)
	in.ID, in.At = "d/"+channel+"/"+old.TS, time.Time{}
	p.happened(ctx, t, in, id)
}

// ours says whether the desk wrote a message itself, under any of its installations; what other bots write
// is nobody's word either.
func (p *Platform) ours(_ *team, e *event) bool {
	if e.BotID != "" || e.Subtype == "bot_message" || e.User == "USLACKBOT" {
		return true
	}
	for _, t := range p.teams {
		if user, _ := t.me(); user != "" && e.User == user {
			return true
		}
	}
	return false
}

// said hands in somebody's words.
func (p *Platform) said(ctx context.Context, t *team, channel string, e *event, id string) {
	if p.ours(t, e) || e.User == "" {
		return
	}
	in := p.about(ctx, t, channel, e, bot.Said)
	in.ID = "m/" + channel + "/" + e.TS
	in.Direct = e.ChannelType == "im" || strings.HasPrefix(channel, "D")
	if in.Direct {
		p.talked(ctx, t, channel)
	}
	in.Files = p.filesIn(t, e.Files)
	in.Text, in.Mention = p.plainWords(t, e.Text)
	if in.Mention || in.Direct {
		in.Text = p.commandWords(t, e.Text)
	}
	if in.Mention && in.Thread != "" {
		in.Above = func(ctx context.Context) (string, []bot.FileIn, time.Time, error) {
			return p.above(ctx, t, channel, e.ThreadTS)
		}
	}
	p.happened(ctx, t, in, id)
}

// happened hands in what an event tells and shows the answer. The same happening may be told by several
// events: words that mention the desk come as a message and as a mention, and in a Slack Connect channel
// each installation hears of everything. The first of them counts; the same event sent again is handed on,
// for its first delivery may have failed.
func (p *Platform) happened(ctx context.Context, t *team, in *bot.Interaction, event string) {
	p.mu.Lock()
	if len(p.told) > 50_000 {
		clear(p.told)
	}
	first, told := p.told[in.ID]
	if !told {
		p.told[in.ID] = event
	}
	p.mu.Unlock()
	if told && (first != event || event == readBackID) {
		return
	}
	in.ReadBack = event == readBackID
	p.show(ctx, p.place(t, in), in, p.hand(ctx, in))
	if in.Unknown {
		// It is not told yet: when the message turns out to be a card of the desk's, it is read back.
		p.mu.Lock()
		delete(p.told, in.ID)
		p.mu.Unlock()
	}
}

// foreign says whether somebody else than the desk wrote a message, as far as Slack tells.
func (p *Platform) foreign(t *team, author string) bool {
	return author != "" && !p.ours(t, &event{User: author})
}

// above reads the root of a thread.
func (p *Platform) above(ctx context.Context, t *team, channel, root string) (string, []bot.FileIn, time.Time, error) {
	msgs, _, err := p.page(ctx, t, channel, root, root, "")
	if err != nil || len(msgs) == 0 {
		return "", nil, time.Time{}, err
	}
	e := eventOf(msgs[0])
	words, _ := p.plainWords(t, e.Text)
	return words, p.filesIn(t, e.Files), timeOf(e.TS), nil
}

// about makes the interaction of an event about a message.
func (p *Platform) about(ctx context.Context, t *team, channel string, e *event, kind bot.InteractionKind) *bot.Interaction {
	in := &bot.Interaction{Kind: kind, Account: p.account(ctx, t, e.User, e.author()), Home: p.homeAt(t, channel).ID, Channel: p.alias(channel),
		Message: p.refAt(t, channel, e.TS), At: timeOf(e.TS)}
	in.Name = p.nameOfUser(ctx, t, e.User, in.Account)
	if e.ThreadTS != "" && e.ThreadTS != e.TS {
		in.Thread, in.Foreign = p.refAt(t, channel, e.ThreadTS), p.foreign(t, e.ParentUser)
	}
	return in
}

// reaction hands in a reaction. Slack tells the message but not its thread; the desk knows it.
func (p *Platform) reaction(ctx context.Context, t *team, e *event, kind bot.InteractionKind, id string) {
	if e.Item.Type != "message" {
		return
	}
	if p.ours(t, &event{User: e.User}) {
		p.probeHeard(t)
		return
	}
	in := &bot.Interaction{Kind: kind, Account: p.account(ctx, t, e.User, ""), Home: p.homeAt(t, e.Item.Channel).ID, Channel: p.alias(e.Item.Channel),
		Message: p.refAt(t, e.Item.Channel, e.Item.TS), Emoji: e.Reaction, At: timeOf(e.EventTS)}
	in.ID = string(kind) + "/" + e.Item.Channel + "/" + e.Item.TS + "/" + e.User + "/" + e.Reaction + "/" + e.EventTS
	in.Name, in.Foreign = p.nameOfUser(ctx, t, e.User, in.Account), p.foreign(t, e.ItemUser)
	p.markReaction(ctx, kind, e.Item.Channel, e.Item.TS, e.User, e.Reaction)
	p.happened(ctx, t, in, id)
	if in.Unknown {
		p.markReaction(ctx, undoing(kind), e.Item.Channel, e.Item.TS, e.User, e.Reaction)
	}
}

// undoing is the kind that takes a reaction's mark back.
func undoing(kind bot.InteractionKind) bot.InteractionKind {
	if kind == bot.React {
		return bot.Unreact
	}
	return bot.React
}

// account finds the desk's name of a user. Ids of users are unique over all workspaces, so whoever is
// listed is found whatever workspace the event claims; else the event says it, or Slack is asked.
func (p *Platform) account(ctx context.Context, t *team, user, team string) desk.Account {
	for _, x := range p.teams {
		a := account(x.id, user)
		if _, ok := p.Dir.ByAccount(a, ""); ok && p.listed(a) {
			return a
		}
	}
	for _, person := range p.Dir.People {
		for _, a := range person.Accounts {
			if strings.HasPrefix(string(a), Name+"/") && strings.HasSuffix(string(a), "/"+user) {
				return a
			}
		}
	}
	if team == "" && user != "" {
		if len(p.guests(t.homes[0])) > 0 {
			ask, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			if u, err := t.web().GetUserInfoContext(ask, user); err == nil && u.TeamID != "" {
				team = u.TeamID
			}
		}
	}
	if team == "" {
		team = t.id
	}
	return account(team, user)
}

// listed says whether somebody stands in the deployment with this account.
func (p *Platform) listed(a desk.Account) bool {
	for _, person := range p.Dir.People {
		for _, x := range person.Accounts {
			if x == a {
				return true
			}
		}
	}
	return false
}

// nameOfUser is the display name of somebody who is not listed. Those who are have the deployment's name.
func (p *Platform) nameOfUser(ctx context.Context, t *team, user string, a desk.Account) string {
	if user == "" || p.listed(a) {
		return ""
	}
	p.mu.Lock()
	name, known := p.names[user]
	p.mu.Unlock()
	if known {
		return name
	}
	ask, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	u, err := t.web().GetUserInfoContext(ask, user)
	if err != nil {
		return ""
	}
	if name = u.Profile.DisplayName; name == "" {
		name = u.RealName
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.names) > 20_000 {
		clear(p.names)
	}
	p.names[user] = name
	return name
}

var (
	token      = regexp.MustCompile(`<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>`)
	rawMention = regexp.MustCompile(`<@([A-Z0-9]+)(?:\|[^<>]*)?>`)
)

// plainWords turns Slack's text into what the person typed: mentions by name, links as they read, the
// escaping taken off. mention says whether the desk was addressed; then its own name is left out.
func (p *Platform) plainWords(t *team, text string) (words string, mention bool) {
	text, mention = p.withoutMe(t, text)
	out := token.ReplaceAllStringFunc(text, func(s string) string {
		m := token.FindStringSubmatch(s)
		kind, id, label := m[1], m[2], m[3]
		switch {
		case kind == "@":
			return "@" + p.called(id, label)
		case kind == "#" && label != "":
			return "#" + label
		case kind == "#":
			return "#" + id
		case kind == "!" && label != "":
			return label
		case kind == "!":
			word, _, _ := strings.Cut(id, "^")
			return "@" + word
		case !strings.Contains(id, ":"):
			return s // Nothing of Slack's: somebody typed it so.
		case label != "" && label != id && !strings.HasSuffix(id, "//"+label) && !strings.HasSuffix(id, ":"+label):
			return label + " (" + id + ")"
		}
		return strings.TrimPrefix(id, "mailto:")
	})
	return strings.TrimSpace(unescape(out)), mention
}

// called is what people call a user.
func (p *Platform) called(user, label string) string {
	for _, person := range p.Dir.People {
		for _, a := range person.Accounts {
			if strings.HasPrefix(string(a), Name+"/") && strings.HasSuffix(string(a), "/"+user) {
				return person.Name
			}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if name := p.names[user]; name != "" {
		return name
	}
	if label != "" {
		return label
	}
	return user
}

// withoutMe takes the first mention of the desk itself out of a text.
func (p *Platform) withoutMe(t *team, text string) (string, bool) {
	for _, x := range append([]*team{t}, p.teams...) {
		user, _ := x.me()
		if user == "" {
			continue
		}
		for _, at := range rawMention.FindAllStringSubmatchIndex(text, -1) {
			if text[at[2]:at[3]] == user {
				return strings.TrimSpace(text[:at[0]] + text[at[1]:]), true
			}
		}
	}
	return text, false
}

// commandWords is a text as a command line: mentions stay as Slack writes them, so that a command finds
// the account.
func (p *Platform) commandWords(t *team, text string) string {
	if !strings.ContainsAny(text, "<&") {
		return strings.TrimSpace(text) // There is nothing of Slack's markup in it, as in most commands.
	}
	text, _ = p.withoutMe(t, text)
	text = rawMention.ReplaceAllString(text, "\x00$1\x01")
	text, _ = p.plainWords(t, text)
	return keptMentions.Replace(text)
}

// keptMentions brings back the mentions that commandWords has put aside.
var keptMentions = strings.NewReplacer("\x00", "<@", "\x01", ">")

func stack() string { return string(debug.Stack()) }
