package playground

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// page sizes: how many messages a page fetches at once.
const pageSize = 60

// shown is a message as a page gets it.
type shown struct {
	ID   int64  `json:"id"`
	Root int64  `json:"root,omitempty"`
	HTML string `json:"html"`
}

// reader makes the view of a message for a person.
func (p *Platform) reader(w who, m *message) Reader {
	return Reader{
		Zone: p.dir.ZoneOf(w.Person), Now: p.clock.Now(), Self: w.ID,
		Name: func(id string) (string, bool) {
			who, ok := p.dir.Person(id)
			if !ok || !slices.ContainsFunc(who.Accounts, func(a desk.Account) bool { return strings.HasPrefix(string(a), Name+"/"+w.home.Workspace+"/") }) {
				return "", false
			}
			return who.Name, true
		},
		File: func(name string) string {
			if m != nil {
				for _, f := range m.Files {
					if f.Name == name {
						return p.fileAddress(w, m, f)
					}
				}
			}
			return ""
		},
		Act: func(i int, b bot.Button) string { return fmt.Sprint(i) },
	}
}

// article draws a message with what stands around it: who, when, reactions, files, its thread.
func (p *Platform) article(w who, m *message) shown {
	var b strings.Builder
	zone := p.dir.ZoneOf(w.Person)
	at := m.At.In(zone)
	classes := "msg"
	for class, on := range map[string]bool{" desk": m.User == selfUser, " private": m.For != "", " gone": m.Gone, " internal": m.Told != nil && m.Told.Tone == bot.ToneInternal, " mine": m.User == w.user} {
		if on {
			classes += class
		}
	}
	fmt.Fprintf(&b, `<article class="%s" data-id="%d" data-user="%s" data-at="%d" data-day="%s" data-dayname="%s" data-test="message">`,
		sortClasses(classes), m.ID, html.EscapeString(m.User), m.At.UnixMilli(), at.Format(stampDay), at.Format("Monday 2 January"))
	name, role := p.author(w, m)
	if m.User == selfUser {
		b.WriteString(`<div class="avatar self" aria-hidden="true"></div>`)
	} else {
		fmt.Fprintf(&b, `<div class="avatar hue-%d" aria-hidden="true">%s</div>`, p.hueOf(p.personID(m)), html.EscapeString(initials(name)))
	}
	fmt.Fprintf(&b, `<div class="msg-main"><header><b class="author">%s</b>`, html.EscapeString(name))
	if role != "" {
		fmt.Fprintf(&b, `<span class="role">%s</span>`, html.EscapeString(role))
	}
	fmt.Fprintf(&b, `<time datetime="%s" title="%s">%s</time>`, m.At.UTC().Format(time.RFC3339), html.EscapeString(longTime(m.At, zone)), at.Format("15:04 ")+zoneName(at))
	if !m.Edited.IsZero() && m.User != selfUser && !m.Gone {
		fmt.Fprintf(&b, `<span class="edited" title="%s">edited</span>`, html.EscapeString(longTime(m.Edited, zone)))
	}
	b.WriteString(`</header>`)
	if m.For != "" && !m.Gone {
		b.WriteString(`<p class="only-you">Only you can see this <button type="button" class="link" data-act="dismiss">Dismiss</button></p>`)
	}
	switch {
	case m.Gone:
		b.WriteString(`<p class="removed">This message was deleted.</p>`)
	case m.Told != nil:
		b.WriteString(Render(p.led(w, *m.Told), p.reader(w, m)))
	case m.Text != "":
		b.WriteString(typedHTML(m.Text))
	}
	if !m.Gone {
		p.files(&b, w, m)
		p.reactions(&b, w, m)
	}
	if m.Root == 0 {
		p.threadLine(&b, w, m)
	}
	b.WriteString(`</div>`)
	tools(&b, w, m)
	b.WriteString(`</article>`)
	return shown{ID: m.ID, Root: m.Root, HTML: b.String()}
}

// sortClasses makes the order of class names steady.
func sortClasses(s string) string {
	words := strings.Fields(s)
	slices.Sort(words[1:])
	return strings.Join(words, " ")
}

// author gives the name and the small print beside it.
func (p *Platform) author(w who, m *message) (name, role string) {
	if m.User == selfUser {
		return "casebot", "Desk"
	}
	if other, err := p.play(m.Home, m.User); err == nil {
		return other.name, ""
	}
	return m.User, ""
}

// personID gives who a message's author is to the desk.
func (p *Platform) personID(m *message) string {
	if other, err := p.play(m.Home, m.User); err == nil {
		return other.ID
	}
	return ""
}

// files draws the attachments that no block of the message shows already.
func (p *Platform) files(b *strings.Builder, w who, m *message) {
	inline := map[string]bool{}
	if m.Told != nil {
		for _, block := range m.Told.Blocks {
			if block.Kind == bot.Image {
				inline[block.File] = true
			}
		}
	}
	open := false
	for _, f := range m.Files {
		if inline[f.Name] {
			continue
		}
		if !open {
			b.WriteString(`<div class="files">`)
			open = true
		}
		at := html.EscapeString(p.fileAddress(w, m, f))
		if picture(f.Type) {
			fmt.Fprintf(b, `<a class="thumb" href="%s" target="_blank" rel="noopener" title="%s"><img src="%[1]s" alt="%[2]s" loading="lazy"></a>`, at, html.EscapeString(f.Name))
			continue
		}
		fmt.Fprintf(b, `<a class="file" href="%s" download><span class="file-name">%s</span><small>%s</small></a>`, at, html.EscapeString(f.Name), size(f.Size))
	}
	if open {
		b.WriteString(`</div>`)
	}
}

func (p *Platform) reactions(b *strings.Builder, w who, m *message) {
	if len(m.Reacts) == 0 {
		return
	}
	b.WriteString(`<div class="reactions">`)
	for _, r := range m.Reacts {
		var names []string
		for _, u := range r.Users {
			name := "casebot"
			if other, err := p.play(m.Home, u); err == nil {
				name = other.name
			}
			names = append(names, name)
		}
		mine := slices.Contains(r.Users, w.user)
		fmt.Fprintf(b, `<button type="button" class="react" data-act="react" data-emoji="%s" aria-pressed="%t" title="%s" aria-label="%s: %s">%s<span>%d</span></button>`,
			html.EscapeString(r.Emoji), mine, html.EscapeString(strings.Join(names, ", ")), html.EscapeString(r.Emoji), html.EscapeString(strings.Join(names, ", ")), html.EscapeString(r.Emoji), len(r.Users))
	}
	b.WriteString(`</div>`)
}

// threadLine says how many replies a message has, and leads there.
func (p *Platform) threadLine(b *strings.Builder, w who, m *message) {
	n, last, faces := 0, (*message)(nil), []string(nil)
	for _, r := range p.thread(m.ID) {
		if r.For != "" && r.For != w.user || r.Gone {
			continue
		}
		n, last = n+1, r
		if r.User != selfUser && !slices.Contains(faces, r.User) && len(faces) < 3 {
			faces = append(faces, r.User)
		}
	}
	if n == 0 {
		return
	}
	word := "replies"
	if n == 1 {
		word = "reply"
	}
	fmt.Fprintf(b, `<button type="button" class="thread-line" data-act="thread" data-last="%d" data-test="open-thread">`, last.ID)
	for _, u := range faces {
		name, id := u, ""
		if other, err := p.play(m.Home, u); err == nil {
			name, id = other.name, other.ID
		}
		fmt.Fprintf(b, `<span class="avatar tiny hue-%d" aria-hidden="true">%s</span>`, p.hueOf(id), html.EscapeString(initials(name)))
	}
	fmt.Fprintf(b, `<b>%d %s</b> <small>%s</small></button>`, n, word, html.EscapeString(shortTime(last.At, p.clock.Now(), p.dir.ZoneOf(w.Person))))
}

// tools are the small buttons that a message shows when it is pointed at or has the focus.
func tools(b *strings.Builder, w who, m *message) {
	if m.For != "" || m.Gone {
		return
	}
	tool := func(act, label, icon string) {
		fmt.Fprintf(b, `<button type="button" class="tool" data-act="%s" data-test="%[1]s" aria-label="%s" title="%[2]s"><i class="icon %s"></i></button>`, act, label, icon)
	}
	b.WriteString(`<div class="msg-tools">`)
	tool("react-menu", "Add a reaction", "i-smile")
	if m.Root == 0 {
		tool("thread", "Open the thread", "i-thread")
	}
	if m.User == w.user {
		tool("edit", "Edit", "i-edit")
		tool("delete", "Delete", "i-trash")
	}
	b.WriteString(`</div>`)
}

// channel gives a page of a channel's top level, the newest before a number (0: the newest of all).
func (p *Platform) channel(w who, channel string, before int64) (out []shown, more bool) {
	out = []shown{} // An empty channel is an empty list, not null.
	p.mu.Lock()
	list := slices.Clone(p.chat[w.home.ID+"/"+channel])
	p.mu.Unlock()
	var picked []*message
	for i := len(list) - 1; i >= 0; i-- {
		m := list[i]
		if m.Root != 0 || m.For != "" && (m.For != w.user || m.Gone) || before != 0 && m.ID >= before {
			continue
		}
		if len(picked) == pageSize {
			more = true
			break
		}
		picked = append(picked, m)
	}
	for _, m := range slices.Backward(picked) {
		out = append(out, p.article(w, m))
	}
	return out, more
}

// threadView gives a thread: its root and all replies.
func (p *Platform) threadView(w who, root int64) ([]shown, error) {
	m, err := p.visible(w, root)
	if err != nil {
		return nil, err
	}
	out := []shown{p.article(w, m)}
	for _, r := range p.thread(root) {
		if r.For == "" || r.For == w.user && !r.Gone {
			out = append(out, p.article(w, r))
		}
	}
	return out, nil
}

// thread gives the replies under a root, in order.
func (p *Platform) thread(root int64) []*message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.replies[root])
}

// channelView is a line of the channel list.
type channelView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"` // open, private or direct.
	Last int64  `json:"last"` // Number of the newest message that is not the reader's own.
}

// channels lists what a person reads.
func (p *Platform) channels(w who) []channelView {
	var out []channelView
	for _, c := range openChannels(w.home) {
		out = append(out, channelView{ID: c, Name: c, Kind: "open"})
	}
	p.mu.Lock()
	var private []channelView
	for _, r := range p.rooms {
		if r.Home == w.home.ID && slices.Contains(r.Members, w.user) {
			private = append(private, channelView{ID: r.Channel, Name: r.Name, Kind: "private"})
		}
	}
	p.mu.Unlock()
	slices.SortFunc(private, func(a, b channelView) int { return strings.Compare(a.ID, b.ID) })
	out = append(append(out, private...), channelView{ID: directChannel(w.user), Name: "casebot", Kind: "direct"})
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range out {
		list := p.chat[w.home.ID+"/"+out[i].ID]
		for j := len(list) - 1; j >= 0; j-- {
			if m := list[j]; m.User != w.user && m.For == "" && m.Root == 0 {
				out[i].Last = m.ID
				break
			}
		}
	}
	return out
}
