package playground

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"casebot/bot"
)

// errNotShown is the same for a message that is not there and for one that is not for the asker's eyes, so
// that nobody learns of a room by its messages' numbers.
var errNotShown = errors.New("the message is not there or not to be seen")

// led gives a message with the button to the message it is about. It is added when the message is drawn and
// not when it is posted: who is let into a room later gets the button then, and nobody gets it before.
func (p *Platform) led(w who, m bot.Message) bot.Message {
	_, _, id, err := parseRef(m.About)
	if err != nil {
		return m
	}
	if _, err := p.visible(w, id); err != nil {
		return m
	}
	m.Buttons = append(slices.Clone(m.Buttons), bot.LinkTo(addressOf(id)))
	return m
}

// servePlace says where a message stands: its channel and the root of its thread, which is the message
// itself at the top level.
func (p *Platform) servePlace(w http.ResponseWriter, r *http.Request) {
	who, err := p.play(r.FormValue("home"), r.FormValue("as"))
	if err != nil {
		fail(w, err)
		return
	}
	id, _ := strconv.ParseInt(r.FormValue("message"), 10, 64)
	m, err := p.visible(who, id)
	if err != nil || m.Gone {
		fail(w, errNotShown)
		return
	}
	root := m.Root
	if root == 0 {
		root = m.ID
	}
	give(w, map[string]any{"channel": m.Channel, "root": root})
}
