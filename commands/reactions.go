package commands

import (
	"maps"
	"slices"

	"casebot/bot"
	"casebot/desk"
)

// actOf gives what a reaction does by the handbook's map; every name and skin tone of an emoji is the same.
func (r *request) actOf(emoji string) string {
	key := bot.EmojiKey(emoji)
	for _, e := range slices.Sorted(maps.Keys(r.book().Reactions)) {
		if bot.EmojiKey(e) == key {
			return r.book().Reactions[e]
		}
	}
	return ""
}

// reactable finds the case and the command of a reaction. Reactions on anything that is no message of a
// case, and emoji that mean nothing, are passed over in silence: people react all day.
func (r *request) reactable() (act string, ok bool, err error) {
	if act = r.actOf(r.in.Emoji); act == "" {
		return "", false, nil
	}
	c, post, err := r.caseAt(r.in.Message, r.in.Thread)
	if desk.KindOf(err) == desk.KindNotFound {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	r.c, r.post = c, post
	if act = r.actOf(r.in.Emoji); act == "" { // The case's own handbook may differ.
		return "", false, nil
	}
	for i := range table {
		if table[i].React == act {
			r.cmd = &table[i]
		}
	}
	return act, r.cmd != nil, nil
}

// reacted does the act of a reaction on a case's card or a message of its thread.
func (r *request) reacted() (bot.Answer, error) {
	act, ok, err := r.reactable()
	if !ok {
		return bot.Answer{}, err
	}
	if err := desk.May(r.by(), r.cmd.Verb); err != nil {
		return bot.Answer{}, err
	}
	r.values = map[string]string{}
	switch act {
	case "send":
		return r.sendAcross()
	case "resolve", "update":
		// The message reacted to is the text. From the Provider's internal thread nothing crosses as a
		// side effect: there it only fills the form, which somebody reads before it is sent.
		text, _, own, err := r.words()
		if err != nil {
			return bot.Answer{}, err
		}
		if text == "" || !own || r.post.Side == desk.Provider {
			if _, err := desk.Next(r.c.Status, r.cmd.Verb); err != nil {
				return bot.Answer{}, err
			}
			if text != "" {
				r.values["text"] = text
			}
			return r.open(nil)
		}
		r.values["text"] = text
	}
	return r.carryOut()
}

// words gives the text and files of the message a reaction stands on, as it reads now, and whether a
// person of the reader's own side said it. The desk's own messages have no words of a person.
func (r *request) words() (text string, files []desk.Attachment, own bool, err error) {
	if r.post.Purpose != desk.PurposeSaid || r.post.Ref != r.in.Message {
		return "", nil, false, nil
	}
	_, events, err := r.h.desk.Timeline(r.ctx, r.by(), r.c.ID)
	for _, e := range events {
		switch b := e.Body.(type) {
		case desk.Said:
			if e.Seq == r.post.Seq {
				text, files, own = b.Text, b.Files, e.Side == r.side()
			}
		case desk.Revised:
			if b.Of == r.post.Seq {
				text = b.Text
			}
		}
	}
	return text, files, own, err
}

// sendAcross sends one message of the Provider's thread to the Partner's: the explicit act without which
// nothing leaves that thread.
func (r *request) sendAcross() (bot.Answer, error) {
	text, files, own, err := r.words()
	if err != nil {
		return bot.Answer{}, err
	}
	if !own {
		return bot.Answer{}, desk.Errf(desk.KindInvalid, "This reaction sends a message to %s. Put it on a message that somebody wrote in this thread, or use Reply to partner.", r.partner())
	}
	if _, err := r.act(r.c.ID, desk.Reply{Text: text, Files: files, Of: r.post.Seq}); err != nil {
		return bot.Answer{}, err
	}
	return r.sentAcross("The message was sent to ")
}

// sentAcross answers whoever sent words to the Partner.
func (r *request) sentAcross(sentTo string) (bot.Answer, error) {
	if r.waits != "" {
		return r.say(spans("Your message is on ", bot.B(r.c.ID), "."))
	}
	return r.say(bot.ToneGood, spans(sentTo+r.partner()+" on ", bot.B(r.c.ID), "."))
}

// undoable are the acts that taking the reaction off takes back.
var undoable = map[string]desk.Verb{"escalate": desk.VerbEscalate, "ack": desk.VerbAck, "resolve": desk.VerbResolve}

// unreacted takes back what the same person's reaction did, within the handbook's undo window. A
// reaction that did nothing is taken off in silence.
func (r *request) unreacted() (bot.Answer, error) {
	act, ok, err := r.reactable()
	if !ok {
		return bot.Answer{}, err
	}
	verb, canUndo := undoable[act]
	last := r.c.LastAct
	switch {
	case canUndo && last != nil && last.Verb == verb && last.By == r.by().ID:
		return r.undo(verb)
	case act == "send" && r.post.Side == desk.Provider && r.post.Purpose == desk.PurposeSaid && desk.May(r.by(), desk.VerbReply) == nil:
		return r.say("What was sent to " + r.partner() + " cannot be taken back. Send a correction if one is needed.")
	}
	return bot.Answer{}, nil
}
