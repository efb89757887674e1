package discordfake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// workspace lets people act in the guilds.
type workspace struct {
	s   *Server
	dir *desk.Directory
}

var _ bottest.Workspace = (*workspace)(nil)

// Workspace gives the way in for people: accounts "discord/GUILD/USER" of the directory.
func (s *Server) Workspace(dir *desk.Directory) bottest.Workspace { return &workspace{s, dir} }

// place is where somebody acts, resolved; the lock is held.
type place struct {
	home desk.Home
	bot  *Bot
	user *user
	ch   *channel // The thread itself, where there is one.
	card *message // The root of the thread, when a thread is meant.
}

// find resolves a person and a spot. A thread that nobody has begun yet leaves ch at the card's channel.
func (w *workspace) find(by desk.Person, at bottest.Spot) (place, error) {
	var p place
	w.s.tire()
	h, ok := w.dir.Home(w.homeFor(by, at.Home))
	if !ok {
		return p, fmt.Errorf("there is no home %q", at.Home)
	}
	p.home = h
	g := w.s.guilds[h.Workspace]
	if g == nil {
		return p, fmt.Errorf("there is no guild %q", h.Workspace)
	}
	if len(g.bots) > 0 {
		p.bot = g.bots[0]
	}
	if p.user = w.user(by, h.Workspace); p.user == nil {
		return p, fmt.Errorf("%s has no account that the fake knows: %v", by.Name, by.Accounts)
	}
	switch {
	case at.Thread != "":
		ch, m, err := w.message(at.Thread)
		_, number, _ := strings.Cut(string(at.Thread), "/")
		if t := w.s.channels[number]; t != nil {
			ch, err = t, nil // Also when the card has been deleted.
		}
		if err != nil {
			return p, err
		}
		p.ch, p.card = ch, m
	case at.Channel == "" && p.bot == nil:
		return p, errors.New("there is no bot to write to")
	case at.Channel == "":
		p.ch = w.s.direct(p.bot, p.user.id)
	default:
		if p.ch = w.channel(g.id, at.Channel); p.ch == nil {
			return p, fmt.Errorf("there is no channel %q", at.Channel)
		}
	}
	if !w.s.reads(p.user, p.ch) {
		return p, fmt.Errorf("%s does not see channel %q", by.Name, p.ch.name)
	}
	return p, nil
}

// homeFor is the home of a spot; the zero Spot is at the home of the person's first account that has one, or
// of their party.
func (w *workspace) homeFor(by desk.Person, id string) string {
	if id != "" {
		return id
	}
	for _, a := range by.Accounts {
		if f := strings.Split(string(a), "/"); len(f) == 3 && f[0] == "discord" {
			if h, ok := w.dir.HomeAt(f[0], f[1]); ok {
				return h.ID
			}
		}
	}
	h, _ := w.dir.HomeOf(by.Party)
	return h.ID
}

// user picks a person's account in a guild, else their first one that is known.
func (w *workspace) user(by desk.Person, guild string) *user {
	var first *user
	for _, a := range by.Accounts {
		f := strings.Split(string(a), "/")
		if len(f) != 3 || f[0] != "discord" {
			continue
		}
		u := w.s.users[f[2]]
		if u == nil {
			continue
		}
		if first == nil {
			first = u
		}
		if f[1] == guild {
			return u
		}
	}
	return first
}

// channel finds a channel by its id, or by its name in a guild.
func (w *workspace) channel(guild, id string) *channel {
	if ch := w.s.channels[id]; ch != nil {
		return ch
	}
	for _, ch := range w.s.order {
		if ch.guild == guild && ch.name == strings.TrimPrefix(id, "#") && !ch.isThread() {
			return ch
		}
	}
	return nil
}

// message takes a reference apart: home, channel in which the message stands, message.
func (w *workspace) message(ref bot.Ref) (*channel, *message, error) {
	_, rest, ok := strings.Cut(string(ref), ":")
	id, number, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 {
		return nil, nil, fmt.Errorf("%q is no reference of a message", ref)
	}
	ch := w.s.channels[id]
	if ch == nil {
		return nil, nil, fmt.Errorf("there is no channel %q", id)
	}
	m := ch.find(number)
	if m == nil {
		return nil, nil, fmt.Errorf("there is no message %s", ref)
	}
	return ch, m, nil
}

// on resolves a person and a message they can see.
func (w *workspace) on(by desk.Person, ref bot.Ref) (place, *message, error) {
	ch, m, err := w.message(ref)
	if err != nil {
		return place{}, nil, err
	}
	home, _, _ := strings.Cut(string(ref), ":")
	p, err := w.find(by, bottest.Spot{Home: home})
	if err != nil {
		return p, nil, err
	}
	if p.ch = ch; !w.s.reads(p.user, ch) || m.only != "" && m.only != p.user.id {
		return p, nil, fmt.Errorf("%s sees no message %s", by.Name, ref)
	}
	return p, m, nil
}

func (w *workspace) ref(h desk.Home, m *message) bot.Ref {
	return bot.Ref(h.ID + ":" + m.ch.id + "/" + m.id)
}

// Say writes a message, in the direct conversation with the bot at the zero Spot. In a thread that nobody
// has begun the person begins it; one that is archived opens again, unless it is locked.
func (w *workspace) Say(_ context.Context, by desk.Person, at bottest.Spot, text string, files []bot.File) (bot.Ref, error) {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	p, err := w.find(by, at)
	if err != nil {
		return "", err
	}
	m := &message{author: p.user.id, content: w.typed(p, text)}
	switch {
	case m.content == "" && len(files) == 0:
		return "", errors.New("a message needs words or files")
	case utf8.RuneCountInString(m.content) > 2000:
		return "", errors.New("your message is too long: 2,000 characters is all it takes")
	case p.ch.kind == kindForum:
		return "", errors.New("in a forum one writes into its posts")
	case p.ch.locked:
		return "", fmt.Errorf("the thread %q is locked", p.ch.name)
	}
	w.s.enter(&p)
	m.ch = p.ch
	for _, f := range files {
		m.files = append(m.files, w.s.newFile(p.ch, f.Name, f.Type, f.Data))
	}
	w.s.mentions(m, nil, false)
	w.s.add(m)
	w.s.tellMessage("MESSAGE_CREATE", m)
	return w.ref(p.home, m), nil
}

// enter opens the thread in which somebody is about to write.
func (s *Server) enter(p *place) {
	if p.card != nil && !p.ch.isThread() {
		t := &channel{id: p.card.id, guild: p.ch.guild, parent: p.ch.id, kind: kindThread, name: "Thread", owner: p.user.id, autoArchive: 4320}
		s.begin(t, p.card)
		p.ch = t
	}
	if p.ch.archived {
		p.ch.archived, p.ch.shelved = false, s.clock.Now()
		s.tellThread("THREAD_UPDATE", p.ch, false)
	}
	if p.ch.isThread() && !slices.Contains(p.ch.members, p.user.id) {
		p.ch.members = append(p.ch.members, p.user.id)
	}
}

// typed is what a person's words become on their way: "@casebot" at the start is a mention.
func (w *workspace) typed(p place, text string) string {
	if rest, ok := strings.CutPrefix(text, "@casebot"); ok && p.bot != nil && (rest == "" || rest[0] == ' ' || rest[0] == '\n') {
		text = "<@" + p.bot.ID + ">" + rest
	}
	return strings.TrimSpace(text)
}

// Rewrite edits a person's own message.
func (w *workspace) Rewrite(_ context.Context, by desk.Person, ref bot.Ref, text string) error {
	return w.own(by, ref, func(p place, m *message) {
		m.content, m.edited = w.typed(p, text), w.s.clock.Now()
		w.s.mentions(m, nil, false)
		w.s.tellMessage("MESSAGE_UPDATE", m)
	})
}

// Remove deletes a person's own message.
func (w *workspace) Remove(_ context.Context, by desk.Person, ref bot.Ref) error {
	return w.own(by, ref, func(_ place, m *message) { w.s.keepLast(w.s.remove(m), nil) })
}

func (w *workspace) own(by desk.Person, ref bot.Ref, do func(place, *message)) error {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	p, m, err := w.on(by, ref)
	switch {
	case err != nil:
		return err
	case m.author != p.user.id:
		return fmt.Errorf("%s did not write %s", by.Name, ref)
	case m.ch.archived:
		return fmt.Errorf("the thread %q is archived", m.ch.name)
	}
	do(p, m)
	return nil
}

// Toggle sets a reaction or takes it off. A name that is no emoji's is one of the guild's own. Messages that
// one person sees take none, nor do archived threads.
func (w *workspace) Toggle(_ context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	p, m, err := w.on(by, ref)
	if err != nil {
		return err
	}
	name, id := w.s.emoji(emoji)
	switch {
	case m.only != "":
		return errors.New("a message that only one person sees takes no reactions")
	case m.ch.archived:
		return fmt.Errorf("the thread %q is archived", m.ch.name)
	case kind == bot.React && !m.react(name, id, p.user.id):
		return fmt.Errorf("%s has reacted with %s already", by.Name, emoji)
	case kind == bot.React:
		w.s.tellReaction("MESSAGE_REACTION_ADD", m, name, id, p.user.id)
	case !m.unreact(name, id, p.user.id):
		return fmt.Errorf("%s has not reacted with %s", by.Name, emoji)
	default:
		w.s.tellReaction("MESSAGE_REACTION_REMOVE", m, name, id, p.user.id)
	}
	return nil
}

// customEmoji is the id that every emoji of a guild's own has here.
const customEmoji = "900000000000000001"

// emoji is what a person picks: a character by itself or by its name, else an emoji of the guild's own.
func (s *Server) emoji(text string) (name, id string) {
	if name, id, ok := emojiOf(text); ok && id == "" {
		return name, ""
	}
	if c := bot.EmojiKey(text); c != strings.Trim(text, ":") {
		return c, ""
	}
	return strings.Trim(text, ":"), customEmoji
}
