package bottest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Fake is a chat platform in memory: a real bot.Platform with workspaces, channels, threads, dialogs,
// reactions and direct messages, and a Workspace for tests to act in. Faults make its sends fail the
// ways platforms fail.
type Fake struct {
	Platform string // What homes write under platform.
	Caps     bot.Capabilities
	// Fault is asked before every post; nil or a nil answer lets it through. An unclear fault with Accept
	// set fails after the message has arrived.
	Fault func(to bot.To, id string) *Fault
	// EditFault and FindFault are asked before every edit and every look; an error makes it fail.
	EditFault func(ref bot.Ref) error
	FindFault func(id string) error
	Now       func() time.Time // When something was done that is read back; nil: it counts from then on.

	mu        sync.Mutex
	dir       *desk.Directory
	inbox     bot.Inbox
	number    int
	messages  []*posted
	dialogs   map[string]*bot.Form
	rooms     map[string][]string // Channel → person IDs.
	connected bool
	last      func() // Hands the last event in once more.
	unknown   []stray
	out       map[string]*outside // "home/channel" → one that the desk is not in.
}

// Fault is a failure of a send.
type Fault struct {
	Err    error
	Accept bool // The message arrives all the same.
}

type posted struct {
	Seen
	home, channel string
	thread        bot.Ref
	only          string // Person ID of the one reader, for private answers and direct messages.
	delivery      string
	gone          bool
}

// NewFake makes a platform with every capability and no faults.
func NewFake(platform string, dir *desk.Directory) *Fake {
	return &Fake{Platform: platform, dir: dir, dialogs: map[string]*bot.Form{}, rooms: map[string][]string{}, Caps: bot.Capabilities{
		DialogFields: 100, DialogChoices: true, DialogFiles: true, DialogTimes: true, DialogChain: true, LiveForms: true,
		ThreadCommand: true, Private: true, Rooms: true}}
}

// Name is what homes write under platform.
func (f *Fake) Name() string { return f.Platform }

// Capabilities are the fake's, which a test may have changed before it runs.
func (f *Fake) Capabilities() bot.Capabilities { return f.Caps }

// Connect takes the inbox without running anything, for tests that drive every step themselves.
func (f *Fake) Connect(inbox bot.Inbox) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.inbox, f.connected = inbox, true
}

// Run is connected until ctx ends.
func (f *Fake) Run(ctx context.Context, inbox bot.Inbox) error {
	f.Connect(inbox)
	<-ctx.Done()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.connected = false
	return nil
}

// Ready gives nil while connected.
func (f *Fake) Ready() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.connected {
		return errors.New("not connected")
	}
	return nil
}

// Post takes a message in, or fails as the test wants.
func (f *Fake) Post(_ context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	if to.Person.ID == "" && !f.has(to.Home, to.Channel) {
		return "", &bot.SendError{Kind: bot.Permanent, Err: fmt.Errorf("there is no channel %q", to.Channel)}
	}
	if err := f.refused(to.Home.ID, to.Channel); err != nil {
		return "", err
	}
	if f.Fault != nil {
		if fault := f.Fault(to, id); fault != nil {
			if fault.Accept {
				f.put(to, m, id)
			}
			return "", fault.Err
		}
	}
	return f.put(to, m, id), nil
}

// has says whether a home has a channel: its own two, and the private rooms made there.
func (f *Fake) has(h desk.Home, channel string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, room := f.rooms[h.ID+"/"+channel]
	return channel != "" && (channel == h.Cases || channel == h.Review) || room
}

func (f *Fake) put(to bot.To, m bot.Message, id string) bot.Ref {
	p := &posted{Seen: Seen{Message: &m}, home: to.Home.ID, channel: to.Channel, thread: to.Thread, delivery: id}
	for _, file := range m.Files {
		p.Files = append(p.Files, file.Name)
	}
	if to.Person.ID != "" {
		p.only, p.channel = to.Person.ID, "@"+to.Person.ID
	}
	return f.add(p)
}

func (f *Fake) add(p *posted) bot.Ref {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.number++
	p.Ref = bot.Ref(fmt.Sprintf("%s:%s/%d", p.home, p.channel, f.number))
	f.messages = append(f.messages, p)
	return p.Ref
}

// Edit replaces a message in place.
func (f *Fake) Edit(_ context.Context, ref bot.Ref, m bot.Message) error {
	if f.EditFault != nil {
		if err := f.EditFault(ref); err != nil {
			return err
		}
	}
	f.mu.Lock()
	p := f.find(ref)
	f.mu.Unlock()
	if p == nil {
		return &bot.SendError{Kind: bot.Permanent, Err: fmt.Errorf("there is no message %s", ref)}
	}
	if err := f.refused(p.home, p.channel); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	p.Message, p.Edited = &m, true
	return nil
}

// Find looks a message up by its delivery id.
func (f *Fake) Find(_ context.Context, to bot.To, id string) (bot.Ref, bool, error) {
	if err := f.refused(to.Home.ID, to.Channel); err != nil {
		return "", false, err
	}
	if f.FindFault != nil {
		if err := f.FindFault(id); err != nil {
			return "", false, err
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.messages {
		if p.delivery == id {
			return p.Ref, true, nil
		}
	}
	return "", false, nil
}

// Room makes a private channel, or adds people to it.
func (f *Fake) Room(_ context.Context, home desk.Home, name string, people []desk.Person) (string, error) {
	if err := f.refused(home.ID, name); err != nil {
		return "", err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	key := home.ID + "/" + name
	for _, p := range people {
		if !slices.Contains(f.rooms[key], p.ID) {
			f.rooms[key] = append(f.rooms[key], p.ID)
		}
	}
	return name, nil
}

// React sets the desk's own reaction.
func (f *Fake) React(_ context.Context, ref bot.Ref, emoji string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p := f.find(ref); p != nil {
		p.Reactions = append(p.Reactions, emoji)
	}
	return nil
}

// find needs the lock held.
func (f *Fake) find(ref bot.Ref) *posted {
	for _, p := range f.messages {
		if p.Ref == ref && !p.gone {
			return p
		}
	}
	return nil
}

// Count says how many messages bear a delivery id: more than one is a double send.
func (f *Fake) Count(id string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, p := range f.messages {
		if p.delivery == id {
			n++
		}
	}
	return n
}

// deed makes the interaction of somebody's act, with an event id of its own.
func (f *Fake) deed(kind bot.InteractionKind, by desk.Person, at Spot) *bot.Interaction {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.number++
	in := &bot.Interaction{ID: fmt.Sprintf("%s-%d", f.Platform, f.number), Kind: kind, Platform: f.Platform, Name: by.Name,
		Home: at.Home, Channel: at.Channel, Thread: at.Thread}
	if len(by.Accounts) > 0 {
		in.Account = by.Accounts[0]
	}
	return in
}

// hand gives an interaction to the desk and shows its answer as the platform would.
func (f *Fake) hand(ctx context.Context, by desk.Person, at Spot, in *bot.Interaction) {
	if f.misses(by, at, in) {
		return
	}
	f.mu.Lock()
	inbox := f.inbox
	again := *in
	f.last = func() { inbox.Handle(ctx, &again) }
	f.mu.Unlock()
	f.show(by, at, in, inbox.Handle(ctx, in))
	if in.Unknown {
		f.keep(by, at, again)
	}
}

// Redeliver hands the last event in once more under the same id, as platforms do that had no answer.
func (f *Fake) Redeliver() {
	f.mu.Lock()
	again := f.last
	f.mu.Unlock()
	if again != nil {
		again()
	}
}

func (f *Fake) show(by desk.Person, at Spot, in *bot.Interaction, a bot.Answer) {
	f.mu.Lock()
	if a.Done {
		delete(f.dialogs, by.ID)
	}
	open := f.dialogs[by.ID]
	inMessage := open != nil && open.InMessage || a.Form != nil && a.Form.InMessage
	if in.Kind == bot.Submit && !f.Caps.DialogChain && !inMessage {
		delete(f.dialogs, by.ID) // What was sent is closed, and no other dialog may follow at once.
	} else if a.Form != nil {
		f.dialogs[by.ID] = a.Form
	}
	if p := f.find(in.Message); p != nil && a.React != "" {
		p.Reactions = append(p.Reactions, a.React)
	}
	f.mu.Unlock()
	if a.Message == nil {
		return
	}
	p := &posted{Seen: Seen{Message: a.Message, Private: !a.Public}, home: at.Home, channel: at.Channel, thread: at.Thread}
	if at.Channel == "" {
		p.channel = "@" + by.ID
	}
	if !a.Public {
		p.only = by.ID
	}
	f.add(p)
}

// Command types a slash command.
func (f *Fake) Command(ctx context.Context, by desk.Person, at Spot, line string) error {
	in := f.deed(bot.Command, by, at)
	in.Text = line
	f.hand(ctx, by, at, in)
	return nil
}

// Say writes a message and hands it in as the platform does.
func (f *Fake) Say(ctx context.Context, by desk.Person, at Spot, text string, files []bot.File) (bot.Ref, error) {
	p := &posted{Seen: Seen{From: by.ID, Text: text}, home: at.Home, channel: at.Channel, thread: at.Thread}
	for _, file := range files {
		p.Files = append(p.Files, file.Name)
	}
	if at.Channel == "" {
		p.channel, p.only = "@"+by.ID, by.ID
	}
	ref := f.add(p)
	in := f.deed(bot.Said, by, at)
	in.Message, in.Text, in.Files, in.Direct = ref, text, filesIn(files), at.Channel == ""
	if rest, ok := strings.CutPrefix(text, "@casebot"); ok {
		in.Text, in.Mention = strings.TrimSpace(rest), true
	}
	f.hand(ctx, by, at, in)
	return ref, nil
}

// Rewrite edits a person's own message.
func (f *Fake) Rewrite(ctx context.Context, by desk.Person, ref bot.Ref, text string) error {
	return f.touch(ctx, bot.Edited, by, ref, func(p *posted, in *bot.Interaction) error {
		if p.From != by.ID {
			return fmt.Errorf("%s did not write %s", by.Name, ref)
		}
		p.Text, p.Edited, in.Text = text, true, text
		return nil
	})
}

// Remove deletes a person's own message.
func (f *Fake) Remove(ctx context.Context, by desk.Person, ref bot.Ref) error {
	return f.touch(ctx, bot.Deleted, by, ref, func(p *posted, in *bot.Interaction) error {
		if p.From != by.ID {
			return fmt.Errorf("%s did not write %s", by.Name, ref)
		}
		p.gone = true
		return nil
	})
}

// Press presses a button.
func (f *Fake) Press(ctx context.Context, by desk.Person, ref bot.Ref, label string) error {
	return f.touch(ctx, bot.Press, by, ref, func(p *posted, in *bot.Interaction) error {
		if p.Message != nil {
			for _, b := range p.Message.Buttons {
				if strings.EqualFold(b.Label, label) {
					in.Text = b.Do
					return nil
				}
			}
		}
		return fmt.Errorf("the message has no button %q", label)
	})
}

// Toggle sets a person's reaction or takes it off.
func (f *Fake) Toggle(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, emoji string) error {
	return f.touch(ctx, kind, by, ref, func(p *posted, in *bot.Interaction) error {
		in.Emoji = emoji
		if kind == bot.React {
			p.Reactions = append(p.Reactions, emoji)
		} else if i := slices.Index(p.Reactions, emoji); i >= 0 {
			p.Reactions = slices.Delete(p.Reactions, i, i+1)
		}
		return nil
	})
}

// touch does something to a message and hands it in.
func (f *Fake) touch(ctx context.Context, kind bot.InteractionKind, by desk.Person, ref bot.Ref, change func(*posted, *bot.Interaction) error) error {
	f.mu.Lock()
	p := f.find(ref)
	f.mu.Unlock()
	if p == nil {
		return fmt.Errorf("there is no message %s", ref)
	}
	at := Spot{Home: p.home, Channel: p.channel, Thread: p.thread}
	in := f.deed(kind, by, at)
	in.Message = ref
	f.mu.Lock()
	err := change(p, in)
	f.mu.Unlock()
	if err != nil {
		return err
	}
	f.hand(ctx, by, at, in)
	return nil
}

// Dialog is the form open in front of a person.
func (f *Fake) Dialog(by desk.Person) *bot.Form {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.dialogs[by.ID]
}

// Submit sends the open form. What changes a live one, and each pick in one that stands in a message, is told before,
// as platforms do.
func (f *Fake) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	told := map[string]bool{}
	for {
		form := f.Dialog(by)
		if form == nil {
			break
		}
		i := slices.IndexFunc(form.Fields, func(x bot.FormField) bool {
			v, picked := values[x.Key]
			return picked && v != x.Value && !told[x.Key] && (form.InMessage || x.Live && f.Caps.LiveForms && x.Kind == bot.AskChoice)
		})
		if i < 0 {
			break
		}
		x := &form.Fields[i]
		x.Value, told[x.Key] = values[x.Key], true
		if err := f.send(ctx, bot.Refresh, by, nil, nil); err != nil {
			return err
		}
	}
	return f.send(ctx, bot.Submit, by, values, files)
}

// send hands in the open form with what stands in it.
func (f *Fake) send(ctx context.Context, kind bot.InteractionKind, by desk.Person, values map[string]string, files []bot.File) error {
	form := f.Dialog(by)
	if form == nil {
		return errors.New("no dialog is open")
	}
	at := Spot{Home: f.homeOf(by)}
	if h, ok := f.dir.Home(at.Home); ok {
		at.Channel = h.Cases
	}
	in := f.deed(kind, by, at)
	in.Form, in.Case, in.Draft, in.Files, in.Values = form.Name, form.Case, form.Draft, filesIn(files), maps.Clone(form.Hidden)
	if in.Values == nil {
		in.Values = map[string]string{}
	}
	for _, field := range form.Fields {
		if field.Value != "" {
			in.Values[field.Key] = field.Value
		}
	}
	for k, v := range values {
		if !slices.ContainsFunc(form.Fields, func(x bot.FormField) bool { return x.Key == k }) {
			return fmt.Errorf("the dialog %q has no field %q", form.Title, k)
		}
		in.Values[k] = v
	}
	f.hand(ctx, by, at, in)
	return nil
}

func (f *Fake) homeOf(by desk.Person) string {
	h, _ := f.dir.HomeOf(by.Party)
	return h.ID
}

// Read gives what a person sees at a spot.
func (f *Fake) Read(by desk.Person, at Spot) []Seen {
	f.mu.Lock()
	defer f.mu.Unlock()
	if at == (Spot{}) {
		at = Spot{Home: f.homeOf(by), Channel: "@" + by.ID}
	}
	if members, private := f.rooms[at.Home+"/"+at.Channel]; private && !slices.Contains(members, by.ID) {
		return nil
	}
	var out []Seen
	for _, p := range f.messages {
		here := p.home == at.Home && p.channel == at.Channel && (p.thread == at.Thread || at.Thread != "" && p.Ref == at.Thread)
		if here && !p.gone && (p.only == "" || p.only == by.ID) {
			out = append(out, p.Seen)
		}
	}
	return out
}

var (
	_ bot.Platform  = (*Fake)(nil)
	_ bot.Finder    = (*Fake)(nil)
	_ bot.RoomMaker = (*Fake)(nil)
	_ bot.Reactor   = (*Fake)(nil)
	_ bot.Rereader  = (*Fake)(nil)
	_ Workspace     = (*Fake)(nil)
)
