package commands

import (
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// said handles a message. Addressed to the desk it is a command line. In a case's thread it is kept on
// the case, on the speaker's side; everywhere else it is none of the desk's business.
func (r *request) said() (bot.Answer, error) {
	if r.in.Mention || r.in.Direct {
		return r.addressed()
	}
	if r.in.Thread == "" {
		return bot.Answer{}, nil
	}
	c, post, err := r.caseAt(r.in.Thread)
	if desk.KindOf(err) == desk.KindNotFound {
		return bot.Answer{}, nil
	}
	if err != nil {
		return bot.Answer{}, err
	}
	r.c, r.post = c, post
	if r.isAck(r.in.Text) {
		r.cmd, _ = lookup("ack")
		r.values = map[string]string{}
		// The answer to everybody is the desk's message in the thread; the person needs no second one.
		if _, err := r.act(c.ID, desk.AckCase{}); err != nil {
			return bot.Answer{}, err
		}
		return bot.Answer{}, nil
	}
	return r.keepSaid()
}

// isAck says whether a plain message is the acknowledgement: that one word, by somebody of the Provider
// who may, in the Provider's thread, while the case waits for it. When a colleague was faster the act
// itself says who.
func (r *request) isAck(text string) bool {
	word := strings.ToLower(strings.Trim(strings.TrimSpace(text), ".!"))
	if word != "ack" && word != "acknowledged" || r.side() != desk.Provider || desk.May(r.by(), desk.VerbAck) != nil {
		return false
	}
	if r.post.Side != desk.Provider && !r.aloud() {
		return false
	}
	return r.c.Status == desk.StatusEscalated || r.c.Status == desk.StatusAcknowledged && r.c.Engineer != r.by().ID
}

// keepSaid keeps a plain message of a thread. A Partner's files count as evidence, so that dropping a
// screenshot into the thread completes the case; on the Provider's side they stay with the message.
func (r *request) keepSaid() (bot.Answer, error) {
	files, bad := r.keepFiles(r.in.Files)
	evidence := r.side() == desk.Partner && len(files) > 0 && r.c.Open() && desk.May(r.by(), desk.VerbAttach) == nil
	say := desk.Say{Text: r.in.Text, Ref: r.in.Message, Aloud: r.aloud()}
	if !evidence {
		say.Files = files
	}
	if strings.TrimSpace(say.Text) != "" || len(say.Files) > 0 {
		if _, err := r.act(r.c.ID, say); err != nil {
			return r.quiet(err)
		}
	}
	if evidence {
		if _, err := r.act(r.c.ID, desk.AttachFiles{Files: files}); err != nil {
			return r.quiet(err)
		}
	}
	return bot.Answer{}, bad
}

// caseAt finds the case of the first message that belongs to one. That none does is noted: the message may be
// one whose address is only just being stored.
func (r *request) caseAt(refs ...desk.Ref) (*desk.Case, desk.Post, error) {
	c, post, err := r.h.desk.CaseAt(r.ctx, r.by(), refs...)
	r.in.Unknown = desk.KindOf(err) == desk.KindNotFound && slices.ContainsFunc(refs, func(ref desk.Ref) bool { return ref != "" })
	return c, post, err
}

// aloud says whether both sides read what is said here. A restricted case has rooms of its own, which are
// not shared.
func (r *request) aloud() bool { return !r.c.Restricted && r.dir().SharedRoom(r.c.Tenant) }

// quiet lets chatter pass that the desk has no use for: somebody who only reads may talk in a thread
// without being told so each time. Trouble with the store is said, for then words would be lost.
func (r *request) quiet(err error) (bot.Answer, error) {
	if k := desk.KindOf(err); k == desk.KindForbidden || k == desk.KindState || k == desk.KindDuplicate || k == desk.KindInvalid {
		return bot.Answer{}, nil
	}
	return bot.Answer{}, err
}

// addressed handles a message to the desk itself. In a thread, words that are no command are kept on the
// case like any others, and the person is told how to ask.
func (r *request) addressed() (bot.Answer, error) {
	if a, ok, err := r.fileThis(); ok {
		return a, err
	}
	name, _ := cut(r.in.Text)
	name = strings.ToLower(strings.TrimPrefix(name, "/"))
	if _, ok := r.lookup(strings.TrimRight(name, ".,:!")); ok && name != strings.TrimRight(name, ".,:!") {
		// "@casebot ack." is an ack.
		r.in.Text = strings.TrimRight(name, ".,:!") + strings.TrimSpace(r.in.Text)[len(name):]
		name = strings.TrimRight(name, ".,:!")
	}
	if _, ok := r.lookup(name); ok || name == "" || name == "case" || isCaseNumber(name) || r.in.Thread == "" {
		return r.line(r.in.Text)
	}
	c, post, err := r.caseAt(r.in.Thread)
	if err != nil {
		return bot.Answer{}, r.unknown(name)
	}
	r.c, r.post = c, post
	if _, err := r.keepSaid(); err != nil {
		return bot.Answer{}, err
	}
	return r.say("Your message is kept on the case.", "To have something done, begin with a command. For example: ack, reply, update, show.", button("Help", "help"))
}

// revised follows an edit or a deletion of a message that was kept.
func (r *request) revised() (bot.Answer, error) {
	c, post, err := r.h.desk.CaseAt(r.ctx, r.by(), r.in.Message)
	if desk.KindOf(err) == desk.KindNotFound || err == nil && post.Purpose != desk.PurposeSaid {
		return bot.Answer{}, nil
	}
	if err != nil {
		return bot.Answer{}, err
	}
	r.c, r.post = c, post
	gone := r.in.Kind == bot.Deleted
	if !gone {
		// Platforms report an edit for a link preview too: the same words are no news.
		if now, _, _, err := r.words(); err == nil && now == r.in.Text {
			return bot.Answer{}, nil
		}
	}
	if _, err := r.act(c.ID, desk.Say{Text: r.in.Text, Edits: r.in.Message, Gone: gone, Aloud: r.aloud()}); err != nil {
		return r.quiet(err)
	}
	return bot.Answer{}, nil
}
