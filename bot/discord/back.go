package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// What comes back with a press, a pick or a form is read from Discord's JSON itself, because the library of
// this version does not know labels and uploads (docs.discord.com/developers/interactions/receiving-and-responding).
// Everything is checked: whatever is sent, the answer is an error and never the end of the process.

// acted is what came back, read.
type acted struct {
	used                     // Of doID the line; else what the form carried.
	values map[string]string // By question, what was carried unseen among them.
	files  []upload
}

// upload is a file that came with a form or a command.
type upload struct {
	ID   string `json:"id"`
	Name string `json:"filename"`
	Type string `json:"content_type"`
	Size int64  `json:"size"`
	URL  string `json:"url"`
}

// partIn is a component as it comes back. Values of a kind that the desk does not ask for are not read.
type partIn struct {
	Type       int             `json:"type"`
	CustomID   string          `json:"custom_id"`
	Value      string          `json:"value"`
	Values     []string        `json:"values"`
	Options    []selectOption  `json:"options"`
	Component  json.RawMessage `json:"component"`
	Components json.RawMessage `json:"components"`
}

// dataIn is the data of an interaction with components.
type dataIn struct {
	partIn
	Kind     int `json:"component_type"`
	Resolved struct {
		Attachments map[string]upload `json:"attachments"`
	} `json:"resolved"`
}

var errShape = errors.New("what Discord sent has not the shape of its documentation")

// readPress reads the use of a button or a menu; message is the message that it stands in.
func readPress(ctx context.Context, s keeper, data, message json.RawMessage) (acted, error) {
	var in dataIn
	if err := json.Unmarshal(data, &in); err != nil {
		return acted{}, fmt.Errorf("%w: %w", errShape, err)
	}
	u, err := readID(ctx, s, in.CustomID)
	if err != nil || u.kind == doID {
		return acted{used: u}, err
	}
	if u.kind == formID {
		return acted{}, errForeign
	}
	out := acted{used: u, values: map[string]string{}}
	maps.Copy(out.values, u.meta.Hidden)
	var m struct {
		Components json.RawMessage `json:"components"`
	}
	if len(message) > 0 {
		if err := json.Unmarshal(message, &m); err != nil {
			return acted{}, fmt.Errorf("%w: %w", errShape, err)
		}
	}
	parts, err := flat(m.Components, 0)
	if err != nil {
		return acted{}, err
	}
	for _, p := range parts {
		// What was picked earlier stands in the message as chosen. A menu without a choice says nothing: the
		// message may be older than a pick that is still on its way.
		if key, ok := pickKey(p); ok {
			out.pick(key, picked(p.Options), false)
		}
	}
	if u.kind == pickID {
		out.pick(u.key, in.Values, true)
	}
	return out, nil
}

// picked are the options that are chosen.
func picked(options []selectOption) []string {
	var out []string
	for _, o := range options {
		if o.Default {
			out = append(out, o.Value)
		}
	}
	return out
}

// pickKey is the question of a menu.
func pickKey(p partIn) (string, bool) {
	if p.Type != selectType || !strings.HasPrefix(p.CustomID, pickID) {
		return "", false
	}
	i := strings.LastIndexByte(p.CustomID, ':')
	return p.CustomID[i+1:], i >= 0
}

// pick takes what was chosen in a menu. A value that turns the page is no answer: it is noted, and what was
// chosen before stays. now says that this menu was just used, so that nothing chosen means none.
func (a *acted) pick(key string, values []string, now bool) {
	var out []string
	for _, v := range values {
		if to, ok := strings.CutPrefix(v, turnTo); ok {
			if n, err := strconv.Atoi(to); err == nil && n >= 0 && n < 1000 && now {
				pages := map[string]int{key: n}
				for k, p := range a.meta.Page {
					if k != key {
						pages[k] = p
					}
				}
				a.meta.Page = pages
			}
			continue
		}
		out = append(out, v)
	}
	if turned := len(out) < len(values); len(out) == 0 && (turned || !now) {
		return
	}
	if several := a.meta.Hidden[key]; several != "" && a.meta.Several[key] {
		out = append(strings.Split(several, ","), out...) // Those chosen on other pages.
	}
	a.values[key] = strings.Join(out, ",")
}

// readDialog reads a modal that was sent.
func readDialog(ctx context.Context, s keeper, data json.RawMessage) (acted, error) {
	var in dataIn
	if err := json.Unmarshal(data, &in); err != nil {
		return acted{}, fmt.Errorf("%w: %w", errShape, err)
	}
	parts, err := flat(in.Components, 0)
	if err != nil {
		return acted{}, err
	}
	u, err := readID(ctx, s, in.CustomID)
	if err == nil && u.kind != formID {
		err = errForeign
	}
	out := acted{used: u, values: map[string]string{}}
	maps.Copy(out.values, u.meta.Hidden)
	for _, p := range parts {
		key, _, _ := strings.Cut(p.CustomID, "~")
		switch p.Type {
		case inputType:
			out.values[key] = wholeAnswer(key, p.Value, u.meta)
		case selectType:
			out.values[key] = strings.Join(p.Values, ",")
		case uploadType:
			for _, id := range p.Values {
				if f, ok := in.Resolved.Attachments[id]; ok && f.URL != "" {
					out.files = append(out.files, f)
				}
			}
		}
	}
	// The words come along even when what they belong to is lost, so that they can be given back.
	return out, err
}

// wholeAnswer is a typed answer with what its input did not hold, and the value of a name where names were typed.
func wholeAnswer(key, typed string, meta formMeta) string {
	if names := meta.Named[key]; names != nil {
		words := strings.Split(typed, ",")
		for i, w := range words {
			w = strings.TrimSpace(w)
			if v, ok := names[strings.ToLower(w)]; ok {
				w = v
			}
			words[i] = w
		}
		typed = strings.Join(words, ",")
	}
	return typed + meta.Rest[key]
}

// flat lists the inputs and menus of rows and labels, however they are put together, to a sane depth.
func flat(raw json.RawMessage, depth int) ([]partIn, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil || depth > 4 || len(list) > 100 {
		return nil, fmt.Errorf("%w: components: %v", errShape, err)
	}
	var out []partIn
	for _, x := range list {
		var p partIn
		if err := json.Unmarshal(x, &p); err != nil {
			// A part of a kind that came later than this program may look like nothing known: it is not the desk's.
			continue
		}
		if p.CustomID != "" {
			out = append(out, p)
		}
		inner := p.Components
		if len(p.Component) > 0 && string(p.Component) != "null" {
			inner = append(append(json.RawMessage("["), p.Component...), ']')
		}
		more, err := flat(inner, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}
