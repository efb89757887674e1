package discordfake

import (
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// invisible takes out the characters that apps put in to keep typed marks from working. The joiner inside
// emoji is not one of them.
var invisible = strings.NewReplacer("\u200b", "", "\u2060", "", "\ufeff", "")

func clean(text string) string { return invisible.Replace(text) }

// Read gives what a person sees in a channel, a thread or their direct conversation with the bot, oldest
// first. A thread begins with its card; a forum shows the first message of each post.
func (w *workspace) Read(by desk.Person, at bottest.Spot) []bottest.Seen {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	p, err := w.find(by, at)
	if err != nil {
		return nil // A channel one is not in shows nothing.
	}
	var out []bottest.Seen
	show := func(m *message) {
		words := m.kind == plainMessage || m.kind == replyMessage || m.kind == commandMessage
		if words && !m.gone && !m.loading && (m.only == "" || m.only == p.user.id) {
			out = append(out, w.seen(p, m))
		}
	}
	if p.card != nil && p.card.ch != p.ch {
		show(p.card)
	}
	from := ""
	if p.card != nil && p.card.ch == p.ch && p.ch.isThread() {
		from = p.card.id // A private room is a thread, and a thread has no threads.
	}
	switch {
	case p.card != nil && !p.ch.isThread():
		show(p.card) // Nobody has begun the thread.
	case p.ch.kind == kindForum:
		for _, t := range w.s.order {
			if t.parent == p.ch.id && len(t.messages) > 0 {
				show(t.messages[0])
			}
		}
	default:
		for _, m := range p.ch.messages {
			if from == "" || !older(m.id, from) {
				show(m)
			}
		}
	}
	return out
}

// seen is one message as it looks to a person.
func (w *workspace) seen(p place, m *message) bottest.Seen {
	out := bottest.Seen{Ref: w.ref(p.home, m), Private: m.only != "", Edited: !m.edited.IsZero()}
	for _, r := range m.reactions {
		name := r.name
		if r.id != "" {
			name = ":" + r.name + ":"
		}
		out.Reactions = append(out.Reactions, name)
	}
	for _, f := range m.files {
		out.Files = append(out.Files, f.name)
	}
	if u := w.s.users[m.author]; u == nil || u.bot == nil {
		out.From, out.Text = w.person(m.ch.guild, m.author), w.words(m.content)
		return out
	}
	shown := w.composed(m)
	out.Message = &shown
	return out
}

// person gives the directory's id of an account, or the account where nobody is listed. In a direct
// conversation, which is in no guild, the user alone decides.
func (w *workspace) person(guild, user string) string {
	account := desk.Account("discord/" + guild + "/" + user)
	for _, p := range w.dir.People {
		for _, a := range p.Accounts {
			if a == account || guild == "" && strings.HasPrefix(string(a), "discord/") && strings.HasSuffix(string(a), "/"+user) {
				return p.ID
			}
		}
	}
	return string(account)
}

// words are a person's own words as others read them: names for mentions.
func (w *workspace) words(text string) string {
	text = userMention.ReplaceAllStringFunc(text, func(m string) string { return "@" + w.s.name(strings.Trim(m, "<@!>")) })
	return roleMention.ReplaceAllStringFunc(text, func(m string) string { return "@" + w.s.roleName(strings.Trim(m, "<@&>")) })
}

func (s *Server) name(id string) string {
	if u := s.users[id]; u != nil {
		return u.name
	}
	return "unknown-user"
}

// composed builds the desk's message back from what Discord was given, as the reader sees it.
func (w *workspace) composed(m *message) bot.Message {
	var out bot.Message
	out.Blocks = w.markdown(m.content, m)
	if m.flags&flagSuppressEmbeds == 0 {
		for _, e := range m.embeds {
			w.embed(&out, e, m)
		}
	}
	for _, r := range m.rows {
		for _, c := range objects(r, "components") {
			if num(c, "type") == buttonType {
				out.Buttons = append(out.Buttons, bot.Button{Label: clean(str(c, "label")), Do: str(c, "custom_id"), Link: str(c, "url"), Style: styleOf(num(c, "style"))})
			}
		}
	}
	return out
}

func styleOf(n int) bot.ButtonStyle {
	switch n {
	case 1, 3:
		return bot.ButtonPrimary
	case 4:
		return bot.ButtonDanger
	}
	return bot.ButtonPlain
}

// embed adds an embed to a message: the first title and the last footer are the message's own.
func (w *workspace) embed(out *bot.Message, e any, m *message) {
	if a := str(e, "author", "name"); a != "" {
		out.Blocks = append(out.Blocks, bot.P(bot.T(clean(a))))
	}
	if text := str(e, "title"); text != "" {
		spans := w.inline(text, m)
		if url := str(e, "url"); url != "" && len(spans) > 0 {
			spans[0].Link = url
		}
		if len(out.Title) == 0 {
			out.Title = spans
		} else {
			out.Blocks = append(out.Blocks, bot.P(spans...))
		}
	}
	out.Blocks = append(out.Blocks, w.markdown(str(e, "description"), m)...)
	if fields := objects(e, "fields"); len(fields) > 0 {
		b := bot.Block{Kind: bot.Fields}
		for _, f := range fields {
			b.Fields = append(b.Fields, bot.Pair{Label: strings.TrimSpace(bot.SpanText(w.inline(str(f, "name"), m), time.UTC)), Value: w.inline(str(f, "value"), m)})
		}
		out.Blocks = append(out.Blocks, b)
	}
	for _, part := range []string{"image", "thumbnail"} {
		name, attached := strings.CutPrefix(str(e, part, "url"), "attachment://")
		if i := slices.IndexFunc(m.files, func(f *file) bool { return f.name == name }); attached && i >= 0 {
			out.Blocks = append(out.Blocks, bot.Block{Kind: bot.Image, File: name, Alt: clean(m.files[i].about)})
		}
	}
	if text := str(e, "footer", "text"); text != "" {
		out.Footer = []bot.Span{bot.T(clean(text))} // Footers know no markup.
	}
}
