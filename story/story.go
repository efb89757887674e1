package story

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/tools/txtar"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

// World is the desk that a story is acted out in.
type World struct {
	Dir     *desk.Directory
	Store   desk.Store
	Work    bottest.Workspace
	Now     func() time.Time
	Set     func(time.Time)                               // Puts the clock to an instant without anything happening.
	Advance func(ctx context.Context, to time.Time) error // Moves it with everything that falls due on the way.
	Tick    func(ctx context.Context) error               // One look at what is due now.
	Flush   func(ctx context.Context)                     // Delivers what is waiting.
	Restart func(ctx context.Context) error               // Ends the program and starts it on the same database.
	Helper  Helper                                        // Nil: the stage has none.
	Door    Door                                          // Nil: nobody takes the desk out of a channel.
}

// Helper is the optional writing helper, played.
type Helper interface {
	SetUp(ctx context.Context) error // From now on the desk has it.
	Write(texts ...string)
	Down(down bool)
	Heard() []string // Everything that was sent to it.
}

// Failure is a line that did not hold.
type Failure struct {
	Line int
	Text string
	Err  error
}

func (f *Failure) Error() string { return fmt.Sprintf("line %d: %s\n\t%v", f.Line, f.Text, f.Err) }

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

// Run acts a story out and prints it to out as a conversation (nil: prints nothing). The error is a
// *Failure that names the line.
func Run(ctx context.Context, w *World, src []byte, out io.Writer) error {
	ar := txtar.Parse(src)
	t := &teller{w: w, ctx: ctx, out: out, files: map[string]bot.File{}, known: map[string]string{}, dialogs: map[string]string{}}
	for _, f := range ar.Files {
		t.files[f.Name] = bot.File{Name: f.Name, Type: mimeOf(f.Name), Data: f.Data}
	}
	t.look() // What is there before the story begins is not new.
	for i, line := range strings.Split(string(ar.Comment), "\n") {
		line = strings.TrimSpace(line)
		if err := t.line(line); err != nil {
			return &Failure{i + 1, line, err}
		}
	}
	return nil
}

func mimeOf(name string) string {
	switch {
	case strings.HasSuffix(name, ".png"):
		return "image/png"
	case strings.HasSuffix(name, ".json"):
		return "application/json"
	}
	return "text/plain"
}

// teller is a story being told.
type teller struct {
	w     *World
	ctx   context.Context
	out   io.Writer
	files map[string]bot.File
	c     string            // The case the story is about now.
	known map[string]string // What everybody had seen before the last act: reader and message → text.
	fresh map[string][]seen // What is new since, by reader.

	narrating bool              // The line before was narration too.
	dialogs   map[string]string // The dialog in front of each person, as last printed.
}

// seen is a message with where it was seen.
type seen struct {
	bottest.Seen
	place string
	text  string
}

// line takes one line of the script.
func (t *teller) line(line string) error {
	line = strings.ReplaceAll(line, "{case}", t.c)
	switch {
	case line == "":
		return nil
	case strings.HasPrefix(line, "#"):
		if !t.narrating {
			t.print("\n")
		}
		t.narrating = true
		t.print("%s\n", strings.TrimSpace(strings.TrimLeft(line, "#")))
		return nil
	}
	t.narrating = false
	for _, try := range []func(string) (bool, error){t.timeLine, t.caseLine, t.helperLine, t.doorLine, t.checkLine, t.actLine} {
		if ok, err := try(line); ok || err != nil {
			return err
		}
	}
	return errors.New("this line is none the story knows; see package story")
}

// caseLine names the case that the story goes on with.
func (t *teller) caseLine(line string) (bool, error) {
	id, ok := strings.CutPrefix(line, "the case is ")
	if ok {
		t.c = strings.TrimSpace(id)
	}
	return ok, nil
}

// timeLine lets time pass.
func (t *teller) timeLine(line string) (bool, error) {
	switch {
	case strings.HasPrefix(line, "it is "), strings.HasPrefix(line, "it becomes "):
		first := strings.HasPrefix(line, "it is ")
		at, err := readTime(strings.TrimPrefix(strings.TrimPrefix(line, "it is "), "it becomes "))
		if err != nil {
			return true, err
		}
		t.print("\n-- %s\n", at.Format("Mon 2 Jan 2006 15:04 MST"))
		if first {
			t.w.Set(at)
			return true, t.w.Tick(t.ctx) // As at every start: from here on the reviews know when they are due.
		}
		return true, t.after(t.w.Advance(t.ctx, at))
	case strings.HasSuffix(line, " pass"), strings.HasSuffix(line, " passes"):
		d, err := readSpan(strings.TrimSuffix(strings.TrimSuffix(line, "es"), " pass"))
		if err != nil {
			return true, err
		}
		t.print("\n-- %s\n", line)
		return true, t.after(t.w.Advance(t.ctx, t.w.Now().Add(d)))
	case strings.HasPrefix(line, "the desk is down for "):
		d, err := readSpan(strings.TrimPrefix(line, "the desk is down for "))
		if err != nil {
			return true, err
		}
		t.print("\n-- %s\n", line)
		t.w.Set(t.w.Now().Add(d))
		return true, t.after(errors.Join(t.w.Restart(t.ctx), t.w.Tick(t.ctx)))
	case line == "the desk restarts":
		t.print("\n-- %s\n", line)
		return true, t.after(t.w.Restart(t.ctx))
	}
	return false, nil
}

// after delivers what an act has brought about and looks at what is new for everybody.
func (t *teller) after(err error) error {
	if err != nil {
		return err
	}
	t.w.Flush(t.ctx)
	t.follow()
	t.look()
	t.tell()
	return nil
}

// follow lets the story go on with a case that was just filed.
func (t *teller) follow() {
	var newest *desk.Case
	t.w.Store.View(t.ctx, func(r desk.Reader) error {
		cs, err := r.Cases(desk.CaseQuery{Limit: 1})
		if len(cs) > 0 {
			newest = cs[0]
		}
		return err
	})
	if newest != nil && newest.FiledAt.Equal(newest.UpdatedAt) && newest.FiledAt.Sub(t.w.Now()).Abs() < time.Second {
		t.c = newest.ID
	}
}

// spots are where a person looks: the cases channel, the review, the case's thread and private room, and
// their direct messages.
func (t *teller) spots(p desk.Person) map[string]bottest.Spot {
	h, ok := t.w.Dir.HomeOf(p.Party)
	if !ok {
		return nil
	}
	out := map[string]bottest.Spot{
		"#" + h.Cases: {Home: h.ID, Channel: h.Cases},
		"direct":      {},
	}
	if h.Review != "" {
		out["#"+h.Review] = bottest.Spot{Home: h.ID, Channel: h.Review}
	}
	if t.c == "" {
		return out
	}
	if card, channel := t.card(p); card != "" {
		out["thread of "+t.c] = bottest.Spot{Home: h.ID, Channel: channel, Thread: card}
		out["#"+channel] = bottest.Spot{Home: h.ID, Channel: channel}
	}
	return out
}

// card finds the case's card on a person's side, and its channel: the cases channel, or the private room
// of a restricted case.
func (t *teller) card(p desk.Person) (bot.Ref, string) {
	h, _ := t.w.Dir.HomeOf(p.Party)
	var ref bot.Ref
	channel := h.Cases
	t.w.Store.View(t.ctx, func(r desk.Reader) error {
		posts, err := r.Posts(t.c, p.Side(), desk.PurposeCard)
		if err != nil {
			return err
		}
		c, err := r.Case(t.c)
		if err == nil && len(posts) == 0 && t.w.Dir.SharedRoom(c.Tenant) {
			posts, err = r.Posts(t.c, desk.Partner, desk.PurposeCard) // One channel, one card.
		}
		if err != nil || len(posts) == 0 {
			return nil
		}
		ref = posts[0].Ref
		if c.Restricted {
			channel = strings.ToLower(c.ID)
		}
		return nil
	})
	return ref, channel
}

// look reads what everybody sees and keeps what is new or has changed.
func (t *teller) look() {
	t.fresh = map[string][]seen{}
	for _, p := range t.w.Dir.People {
		for place, spot := range t.spots(p) {
			for _, s := range t.w.Work.Read(p, spot) {
				x := seen{s, place, t.textOf(p, s)}
				key := p.ID + "|" + string(s.Ref)
				if old, had := t.known[key]; !had || old != x.text {
					t.known[key] = x.text
					t.fresh[p.ID] = append(t.fresh[p.ID], x)
				}
			}
		}
	}
}

// textOf is what a message says to a reader, in their own zone.
func (t *teller) textOf(p desk.Person, s bottest.Seen) string {
	if s.Message == nil {
		return strings.Join(append([]string{s.Text}, s.Files...), " ")
	}
	return bot.PlainText(*s.Message, t.w.Dir.ZoneOf(p))
}
