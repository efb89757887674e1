package templates

import (
	"context"
	"fmt"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// maxSent is how many bytes of files go out beside one message; what is larger is named only, and
// opened with /case show.
const maxSent = 8 << 20

// Renderer turns notices into messages: what bot.Render is.
type Renderer struct {
	Desk *desk.Desk

	// Digest renders a NoticeDigest; nil: there are none.
	Digest func(ctx context.Context, n desk.Notice, home desk.Home) (bot.Message, bool, error)

	// Articles finds what everybody at a party may read and may answer a case, and keeps that it was shown; nil:
	// there is no knowledge base.
	Articles func(ctx context.Context, c *desk.Case, to desk.Party, n desk.Notice) ([]desk.Suggestion, error)

	// Helper says whether the writing helper may be offered for a case; nil: there is none.
	Helper func(ctx context.Context, task desk.AssistTask, c *desk.Case) bool
}

// Render loads the case and the event a notice speaks of and words it for the side of the home. drop
// is true when the notice has been overtaken or has nothing to say.
func (r *Renderer) Render(ctx context.Context, n desk.Notice, home desk.Home) (m bot.Message, drop bool, err error) {
	switch n.Kind {
	case desk.NoticeText:
		return bot.Say(n.Data["text"]), n.Data["text"] == "", nil
	case desk.NoticeHandover:
		return Handover(r.Desk.Dir, n), false, nil
	case desk.NoticeStale:
		return r.stale(ctx, n)
	case desk.NoticeProposal:
		return r.proposal(ctx, n)
	case desk.NoticeDigest:
		if r.Digest == nil {
			return bot.Message{}, true, nil
		}
		return r.Digest(ctx, n, home)
	}
	var c *desk.Case
	var events []desk.Event
	err = r.Desk.Store.View(ctx, func(rd desk.Reader) error {
		var err error
		if c, err = rd.Case(n.Case); err == nil && n.Kind != desk.NoticeCard {
			events, err = rd.Events(n.Case)
		}
		return err
	})
	if err != nil {
		return bot.Message{}, false, err
	}
	party, ok := r.Desk.Dir.Party(n.Party)
	if !ok || party.Kind == desk.Partner && party.ID != c.Tenant || party.Kind == desk.Provider && !c.Reached {
		// A notice for a party that has left the desk, or that was never given this case: nobody may read it.
		return bot.Message{}, true, nil
	}
	// The delivery marks what only the invited people of a restricted case will read.
	v := View{Dir: r.Desk.Dir, Book: r.Desk.BookOf(ctx, c), Case: c, Side: party.Kind, Room: n.Data[bot.RoomKey] != ""}
	v.Article = r.article(ctx, party)
	v.Handover = r.Helper != nil && n.Kind == desk.NoticeEvent && party.Kind == desk.Provider && r.Helper(ctx, desk.AssistHandover, c)
	switch n.Kind {
	case desk.NoticeCard:
		return Card(v), false, nil
	case desk.NoticeArticles:
		return r.articles(ctx, c, party, n)
	}
	var e desk.Event
	for _, x := range events {
		if x.Seq == n.Seq {
			e = x
		}
	}
	if e.Body == nil {
		return bot.Message{}, false, fmt.Errorf("case %s has no event %d", n.Case, n.Seq)
	}
	v.Up = desk.Standing(events)
	if m, ok = r.word(v, n, e, events); !ok {
		return bot.Message{}, true, nil
	}
	if n.Place == desk.InThread && !v.hidden() {
		m.Files = r.files(ctx, v, e, events)
	}
	return m, false, nil
}

// articles words what the knowledge base has for a case. A case that is restricted or over needs none.
func (r *Renderer) articles(ctx context.Context, c *desk.Case, to desk.Party, n desk.Notice) (bot.Message, bool, error) {
	if r.Articles == nil || c.Restricted || !c.Open() {
		return bot.Message{}, true, nil
	}
	found, err := r.Articles(ctx, c, to, n)
	if err != nil || len(found) == 0 {
		return bot.Message{}, err == nil, err
	}
	m := Articles(r.Desk.Dir, found, c.ID, n.At)
	m.Title = line(bot.B("This may help with " + c.ID))
	return m, false, nil
}

// proposal words what the writing helper has to say. What is gone, or of a case that is for invited people only by
// now, is not shown any more.
func (r *Renderer) proposal(ctx context.Context, n desk.Notice) (m bot.Message, drop bool, err error) {
	if say := n.Data["sorry"]; say != "" {
		return NoProposal(say, desk.AssistTask(n.Data["task"]), n.Data["case"]), false, nil
	}
	err = r.Desk.Store.View(ctx, func(rd desk.Reader) error {
		p, err := desk.ReadProposal(rd, n.Data["proposal"])
		if desk.KindOf(err) == desk.KindNotFound {
			drop = true
			return nil
		}
		if err != nil {
			return err
		}
		if p.Case != "" {
			c, err := rd.Case(p.Case)
			if err != nil {
				return err
			}
			if c.Restricted {
				m = NoProposal("The draft was thrown away, because the case is for invited people only now.", p.Task, p.Case)
				return nil
			}
		}
		m = Proposal(r.Desk.Book, p)
		return nil
	})
	return m, drop, err
}

// stale words the reminder of articles to read again, of those that still wait for it.
func (r *Renderer) stale(ctx context.Context, n desk.Notice) (bot.Message, bool, error) {
	var list []desk.Article
	err := r.Desk.Store.View(ctx, func(rd desk.Reader) error {
		list = nil
		for _, id := range strings.Split(n.Data["articles"], "\n") {
			a, err := desk.ReadArticle(rd, id)
			if err != nil && desk.KindOf(err) != desk.KindNotFound {
				return err
			}
			if err == nil && !a.ReviewBy.IsZero() {
				list = append(list, a)
			}
		}
		return nil
	})
	return StaleArticles(list, n.At), len(list) == 0, err
}

// article looks an article up as everybody at a party may read it.
func (r *Renderer) article(ctx context.Context, to desk.Party) func(string) (desk.Article, bool) {
	return func(id string) (a desk.Article, ok bool) {
		err := r.Desk.Store.View(ctx, func(rd desk.Reader) error {
			var err error
			a, err = desk.ReadArticle(rd, id)
			return err
		})
		if desk.KindOf(err) == desk.KindNotFound {
			return desk.Article{ID: id}, true // Gone, or never there: its code tells nobody anything.
		}
		return a, err == nil && desk.PartyReads(to, a)
	}
}

// word chooses the template of a notice's kind.
func (r *Renderer) word(v View, n desk.Notice, e desk.Event, events []desk.Event) (bot.Message, bool) {
	to, listed := r.Desk.Dir.Person(n.Person)
	if !listed {
		to.ID = n.Person // Somebody whom a home's default role let in bears their account as id.
	}
	switch n.Kind {
	case desk.NoticeReminder:
		return Reminder(v, e, n.Generation)
	case desk.NoticePager:
		return PagerLine(v), true
	case desk.NoticePage:
		return Page(v, to, e)
	case desk.NoticeDirect:
		return Direct(v, to, e, n.Generation)
	case desk.NoticeRedraw:
		return v.again(to, e, events)
	}
	return Told(v, e, events)
}

// files reads the attachments that cross to this side with an event. In the room where they were given
// they are there already.
func (r *Renderer) files(ctx context.Context, v View, e desk.Event, all []desk.Event) []bot.File {
	var as []desk.Attachment
	switch b := e.Body.(type) {
	case desk.Said:
		as = b.Files
	case desk.Replied:
		if v.Side == desk.Partner {
			as = b.Files
		}
	case desk.Attached:
		if e.Side != v.Side {
			as = b.Files
		}
	case desk.Escalated:
		switch {
		case v.Side != desk.Provider:
		case firstTime(e, all):
			as = v.asOf(e, all).Case.Evidence // What came later is told by itself, also where this is sent or drawn late.
		default:
			// The rest has crossed by itself since; what was added by this very act is told by nothing else.
			for _, o := range sameAct(e, all) {
				if b, ok := o.Body.(desk.Attached); ok {
					as = append(as, b.Files...)
				}
			}
		}
	}
	var out []bot.File
	sent := int64(0)
	for _, a := range as {
		if a.Link != "" || a.SHA256 == "" || sent+a.Size > maxSent {
			continue
		}
		err := r.Desk.Store.View(ctx, func(rd desk.Reader) error {
			data, err := rd.Blob(a.SHA256)
			if err == nil {
				out = append(out, bot.File{Name: a.Name, Type: a.Type, Data: data})
				sent += a.Size
			}
			return err
		})
		if err != nil {
			// The message matters more than the file beside it; /case show still opens it.
			r.Desk.Log.Warn("a file could not be read for a message", "case", v.Case.ID, "file", a.ID, "err", err)
		}
	}
	return out
}
