package slackfake

import (
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// Read gives what a person sees in a channel, a thread or their direct conversation with the app.
func (w *workspace) Read(by desk.Person, at bottest.Spot) []bottest.Seen {
	w.s.mu.Lock()
	defer w.s.mu.Unlock()
	p, err := w.find(by, at)
	if err != nil {
		return nil // A channel one is not in shows nothing.
	}
	var out []bottest.Seen
	for _, m := range p.ch.messages {
		here := m.thread == p.thread && p.thread == "" || p.thread != "" && (m.ts == p.thread || m.thread == p.thread) ||
			p.thread == "" && str(m.data, "subtype") == "thread_broadcast"
		if here && !m.gone && (m.only == "" || m.only == p.user.id) {
			out = append(out, w.seen(p, m))
		}
	}
	return out
}

// seen is one message as it looks to a person.
func (w *workspace) seen(p place, m *message) bottest.Seen {
	out := bottest.Seen{Ref: w.ref(p.home, m), Private: m.only != "", Edited: m.data["edited"] != nil}
	for _, r := range m.reactions {
		out.Reactions = append(out.Reactions, character(r.name))
	}
	for _, f := range objects(m.data, "files") {
		out.Files = append(out.Files, str(f, "name"))
	}
	for _, b := range allBlocks(m.data) { // A picture in a block is a file that came with the message, too.
		if f := w.s.files[str(b, "slack_file", "id")]; f != nil {
			out.Files = append(out.Files, f.name)
		}
	}
	if m.app == "" {
		out.From, out.Text = w.person(m.team, m.user), w.s.read(str(m.data, "text"))
		return out
	}
	shown := w.composed(m.data)
	out.Message = &shown
	for _, b := range shown.Blocks {
		if b.Kind == bot.Image && b.File != "" {
			out.Files = append(out.Files, b.File)
		}
	}
	return out
}

// person gives the directory's id of an account, or the account where nobody is listed.
func (w *workspace) person(team, user string) string {
	account := desk.Account("slack/" + team + "/" + user)
	for _, p := range w.dir.People {
		if slices.Contains(p.Accounts, account) {
			return p.ID
		}
	}
	return string(account)
}

// allBlocks are the blocks of a message, those inside attachments too.
func allBlocks(data map[string]any) []map[string]any {
	out := objects(data, "blocks")
	for _, a := range objects(data, "attachments") {
		out = append(out, objects(a, "blocks")...)
	}
	return out
}

// composed builds the desk's message back from what Slack was given, as the reader sees it.
func (w *workspace) composed(data map[string]any) bot.Message {
	blocks := allBlocks(data)
	if len(blocks) == 0 {
		text := invisible.Replace(w.s.read(str(data, "text")))
		if text == "" {
			return bot.Message{}
		}
		return bot.Message{Blocks: []bot.Block{bot.P(bot.T(text))}}
	}
	return w.drawn(blocks)
}

// drawn reads blocks. The last context is the small print; earlier ones are paragraphs.
func (w *workspace) drawn(blocks []map[string]any) bot.Message {
	var m bot.Message
	lastContext := -1
	for i, b := range blocks {
		if str(b, "type") == "context" {
			lastContext = i
		}
	}
	add := func(b bot.Block) { m.Blocks = append(m.Blocks, b) }
	for i, b := range blocks {
		switch str(b, "type") {
		case "header":
			if spans := w.plain(b["text"]); len(m.Title) == 0 && len(m.Blocks) == 0 {
				m.Title = spans
			} else {
				add(bot.P(spans...))
			}
		case "section":
			if t := obj(b, "text"); t != nil {
				add(bot.P(w.textObject(t)...))
			}
			if fields := objects(b, "fields"); len(fields) > 0 {
				add(bot.Block{Kind: bot.Fields, Fields: w.pairs(fields)})
			}
			m.Buttons = append(m.Buttons, w.buttons([]map[string]any{obj(b, "accessory")})...)
		case "context":
			var spans []bot.Span
			for _, e := range objects(b, "elements") {
				if len(spans) > 0 {
					spans = append(spans, bot.T(" "))
				}
				spans = append(spans, w.textObject(e)...)
			}
			if i == lastContext {
				m.Footer = spans
			} else {
				add(bot.P(spans...))
			}
		case "divider":
			add(bot.Block{Kind: bot.Divider})
		case "image":
			name := ""
			if f := w.s.files[str(b, "slack_file", "id")]; f != nil {
				name = f.name
			}
			add(bot.Block{Kind: bot.Image, File: name, Alt: clean(str(b, "alt_text"))})
		case "markdown":
			add(bot.P(bot.T(clean(str(b, "text")))))
		case "rich_text":
			m.Blocks = append(m.Blocks, w.richBlocks(b)...)
		case "actions":
			m.Buttons = append(m.Buttons, w.buttons(objects(b, "elements"))...)
		}
	}
	return m
}

func (w *workspace) buttons(elements []map[string]any) []bot.Button {
	var out []bot.Button
	for _, e := range elements {
		if str(e, "type") == "button" {
			out = append(out, bot.Button{Label: clean(fromColons(str(e, "text", "text"))), Do: str(e, "value"), Style: bot.ButtonStyle(str(e, "style")), Link: str(e, "url")})
		}
	}
	return out
}

// pairs reads fields of the form "*Label*\nvalue".
func (w *workspace) pairs(fields []map[string]any) []bot.Pair {
	var out []bot.Pair
	for _, f := range fields {
		label, value, _ := strings.Cut(str(f, "text"), "\n")
		kind := str(f, "type")
		pair := bot.Pair{Label: bot.SpanText(w.textObject(map[string]any{"type": kind, "text": label}), time.UTC)}
		if value != "" {
			pair.Value = w.textObject(map[string]any{"type": kind, "text": value})
		}
		out = append(out, pair)
	}
	return out
}

// richBlocks reads a rich_text block: each of its parts is a block of the desk's.
func (w *workspace) richBlocks(b map[string]any) []bot.Block {
	var out []bot.Block
	for _, part := range objects(b, "elements") {
		switch str(part, "type") {
		case "rich_text_section":
			out = append(out, bot.P(w.inline(part)...))
		case "rich_text_quote":
			out = append(out, bot.Block{Kind: bot.Quote, Spans: w.inline(part)})
		case "rich_text_preformatted":
			out = append(out, bot.Block{Kind: bot.Pre, Spans: w.inline(part)})
		case "rich_text_list":
			list := bot.Block{Kind: bot.List}
			for _, x := range objects(part, "elements") {
				list.Items = append(list.Items, w.inline(x))
			}
			out = append(out, list)
		}
	}
	return out
}

// inline reads the pieces of a rich text line.
func (w *workspace) inline(part map[string]any) []bot.Span {
	var out []bot.Span
	for _, e := range objects(part, "elements") {
		span := bot.Span{Style: styleOf(e)}
		switch str(e, "type") {
		case "text":
			span.Text = clean(str(e, "text"))
		case "link":
			span.Link, span.Text = str(e, "url"), clean(str(e, "text"))
			if span.Text == "" {
				span.Text = span.Link
			}
		case "user":
			span = w.mention(str(e, "user_id"))
		case "usergroup":
			span.Text, span.Ping = w.s.groupName(str(e, "usergroup_id")), true
		case "channel":
			span.Text = w.s.named("#" + str(e, "channel_id"))
		case "emoji":
			span.Text = character(str(e, "name"))
		case "broadcast":
			span.Text = "@" + str(e, "range")
		case "date":
			if span.Text = str(e, "fallback"); span.Text == "" {
				n, _ := at(e, "timestamp").(float64)
				span.At = time.Unix(int64(n), 0)
			}
		}
		out = append(out, span)
	}
	return out
}

// mention names a person and pings them, as every mention in Slack does.
func (w *workspace) mention(id string) bot.Span {
	u := w.s.users[id]
	if u == nil {
		return bot.Span{Text: "unknown", Ping: true}
	}
	span := bot.Span{Text: u.name, Ping: true}
	if p := w.person(u.team, u.id); !strings.Contains(p, "/") {
		span.Person = p
	}
	return span
}

func styleOf(e map[string]any) bot.Style {
	switch st := obj(e, "style"); {
	case yes(st, "code"):
		return bot.Code
	case yes(st, "bold"):
		return bot.Bold
	case yes(st, "italic"):
		return bot.Italic
	case yes(st, "strike"):
		return bot.Strike
	}
	return bot.Plain
}
