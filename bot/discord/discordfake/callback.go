package discordfake

import (
	"net/http"
	"slices"
)

// The types of first answer.
const (
	answerPong     = 1
	answerMessage  = 4
	answerDeferred = 5
	answerQuiet    = 6
	answerUpdate   = 7
	answerChoices  = 8
	answerModal    = 9
)

// callback is POST interactions/{id}/{token}/callback: the one first answer, within three seconds.
func (c *call) callback() (any, *refusal) {
	s := c.s
	in := s.inters[c.path["id"]]
	kind := num(c.body, "type")
	switch {
	case in == nil || in.token != c.path["token"]:
		return nil, refuse(http.StatusNotFound, 10062)
	case in.answered != 0:
		if !in.again {
			s.problem("interaction %s (type %d): a second first answer, type %d after type %d", in.id, in.kind, kind, in.answered)
		}
		return nil, refuse(http.StatusBadRequest, 40060)
	case s.clock.Now().Sub(in.at) > answerTime:
		s.problem("interaction %s (type %d): answered after %s, later than %s", in.id, in.kind, s.clock.Now().Sub(in.at), answerTime)
		return nil, refuse(http.StatusNotFound, 10062)
	}
	allowed := map[int][]int{typedCommand: {answerMessage, answerDeferred, answerModal}, pressed: {answerMessage, answerDeferred, answerQuiet, answerUpdate, answerModal},
		completing: {answerChoices}, submitted: {answerMessage, answerDeferred}}[in.kind]
	if in.kind == submitted && in.on != nil {
		allowed = append(allowed, answerQuiet, answerUpdate)
	}
	if !slices.Contains(allowed, kind) {
		return nil, invalid(fault{[]string{"type"}, "BASE_TYPE_CHOICES", "Type is not allowed in answer to this interaction."})
	}
	if no := c.firstAnswer(in, kind, obj(c.body, "data")); no != nil {
		return nil, no
	}
	in.answered = kind
	in.end()
	s.notify()
	if c.query.Get("with_response") == "true" {
		out := map[string]any{"interaction": map[string]any{"id": in.id, "type": in.kind}, "resource": map[string]any{"type": kind}}
		if in.original != nil {
			out["resource"] = map[string]any{"type": kind, "message": in.original.json(s)}
		}
		return out, nil
	}
	return nil, nil
}

// firstAnswer does what the answer says.
func (c *call) firstAnswer(in *interaction, kind int, data map[string]any) *refusal {
	s := c.s
	switch kind {
	case answerMessage:
		m := in.message(data)
		if no := s.compose(m, data, c.files, in.bot, false); no != nil {
			return under("data", no)
		}
		in.original = s.add(m)
		s.tellMessage("MESSAGE_CREATE", m)
	case answerDeferred:
		m := in.message(data)
		m.loading = true
		in.original = s.add(m)
		s.tellMessage("MESSAGE_CREATE", m)
	case answerQuiet:
		in.original = in.on
	case answerUpdate:
		if no := s.compose(in.on, data, c.files, in.bot, true); no != nil {
			return under("data", no)
		}
		in.on.edited = s.clock.Now()
		in.original = in.on
		s.tellMessage("MESSAGE_UPDATE", in.on)
	case answerChoices:
		in.choices = items(data, "choices")
		k := &checker{}
		k.count(len(in.choices), 0, 25, "data", "choices")
		for i, x := range in.choices {
			k.length(str(x, "name"), 1, 100, "data", "choices", i, "name")
			k.length(str(x, "value"), 0, 100, "data", "choices", i, "value")
		}
		if len(k.faults) > 0 {
			return invalid(k.faults...)
		}
	case answerModal:
		if faults := checkModal(data); len(faults) > 0 {
			return under("data", invalid(faults...))
		}
		s.modals[in.user.id] = &modal{from: in, spec: copied(data), held: map[string]string{}, faults: map[string]string{}, files: map[string][]*file{}}
	}
	return nil
}

// under puts the faults of a part below the name it has in the whole.
func under(name string, no *refusal) *refusal {
	for i := range no.faults {
		no.faults[i].at = append([]string{name}, no.faults[i].at...)
	}
	return no
}

// message begins the message that answers an interaction.
func (in *interaction) message(data map[string]any) *message {
	m := &message{ch: in.ch, author: in.bot.ID, inter: in}
	if in.kind == typedCommand {
		m.kind = commandMessage
	}
	if num(data, "flags")&flagEphemeral != 0 {
		m.only = in.user.id
	}
	return m
}
