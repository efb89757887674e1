package discord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"casebot/bot"
)

// Questions that are choices are asked in a message that only the person sees, before a modal: Discord's
// modals can't change while they are open, a message can. It carries everything itself: what has been picked
// stands in it as chosen, so that it works after a restart.

// maxChoices is how many choices one message asks; the last row has the buttons.
const maxChoices = maxRows - 1

// pageSize is how many options of many are shown at a time, with one to turn back and one to turn on.
const pageSize = maxOptions - 2

// turnTo is the value of an option that shows another part of the options.
const turnTo = "~turn:"

// questions draws a form as a message with menus. A pick in one comes back as a Refresh, the button that
// leads on as a Submit.
func questions(f bot.Form, meta formMeta, r reader) drawn {
	meta = carrying(f, meta)
	meta.Several = nil
	m := bot.Message{Title: []bot.Span{bot.T(f.Title)}}
	m.Blocks = append(m.Blocks, f.Intro...)
	state := bot.Block{Kind: bot.List}
	var menus []component
	for i, q := range f.Fields {
		options := choosable(q)
		if i >= maxChoices || len(options) == 0 {
			meta.Hidden = with(meta.Hidden, q.Key, q.Value)
			continue
		}
		state.Items = append(state.Items, standing(q))
		shown := paged(q, options, meta.Page)
		menu := choiceOf(q, shown)
		if q.Value != "" && !slices.ContainsFunc(shown, func(o selectOption) bool { return o.Default }) {
			meta.Hidden = with(meta.Hidden, q.Key, q.Value) // Chosen on another page.
		}
		if len(shown) < len(options) && q.Kind == bot.AskMulti {
			meta.Hidden = with(meta.Hidden, q.Key, elsewhere(q, shown))
			if meta.Several == nil {
				meta.Several = map[string]bool{}
			}
			meta.Several[q.Key] = true
		}
		menu.CustomID = q.Key // Until all that is carried is known.
		menus = append(menus, menu)
	}
	if len(state.Items) > 0 {
		if n := len(f.Intro); n > 0 && f.Intro[n-1].Kind == bot.List {
			m.Blocks = append(m.Blocks, bot.P(bot.T("To choose here:"))) // Else the two lists would read as one.
		}
		m.Blocks = append(m.Blocks, state)
	}
	if slices.ContainsFunc(f.Fields, func(q bot.FormField) bool { return q.Error != "" }) {
		m.Tone = bot.ToneWarn
	}
	d := draw(m, r)
	rows := []component{}
	for _, menu := range menus {
		menu.CustomID = metaID(pickID, meta, menu.CustomID, 0, d.keep)
		rows = append(rows, component{Type: rowType, Components: []component{menu}})
	}
	label, _ := clip(clean(oneLine(f.Submit)), maxButtonText)
	if blank(label) {
		label = "Continue"
	}
	on := component{Type: buttonType, Style: stylePrimary, Label: label, CustomID: metaID(sendID, meta, "", 0, d.keep)}
	ways := &drawing{reader: r, out: drawn{keep: d.keep}}
	row := component{Type: rowType, Components: []component{on}}
	for _, way := range ways.buttons(f.Ways, 1) {
		row.Components = append(row.Components, way.Components[:min(len(way.Components), maxRowButtons-1)]...)
	}
	d.Components = append(rows, row)
	return d
}

// standing says how a question stands: what is chosen, that nothing is, or what has to be mended.
func standing(q bot.FormField) []bot.Span {
	out := []bot.Span{bot.B(oneLine(q.Label) + ":"), bot.T(" ")}
	var names []string
	for _, o := range q.Options {
		if chosen(q, o.Value) {
			name := oneLine(o.Label)
			if name == "" {
				name = o.Value
			}
			names = append(names, name)
		}
	}
	switch {
	case len(names) > 0:
		out = append(out, bot.T(strings.Join(names, ", ")))
	case q.Required:
		out = append(out, bot.T("not chosen yet"))
	default:
		out = append(out, bot.T("not chosen (optional)"))
	}
	if q.Error != "" {
		return append(out, bot.T(". "), bot.B("⚠ "+oneLine(q.Error)))
	}
	if hint := oneLine(q.Hint); hint != "" && len(names) == 0 {
		out = append(out, bot.T(". "+hint))
	}
	return out
}

// paged is the part of a question's options that is shown: all when a menu holds them, else those of the page
// that was turned to, or on which the chosen one stands.
func paged(q bot.FormField, options []selectOption, pages map[string]int) []selectOption {
	if len(options) <= maxOptions {
		return options
	}
	last := (len(options) - 1) / pageSize
	page, turned := pages[q.Key]
	if !turned {
		page = max(0, slices.IndexFunc(options, func(o selectOption) bool { return o.Default })) / pageSize
	}
	page = max(0, min(page, last))
	from, to := page*pageSize, min(len(options), (page+1)*pageSize)
	shown := slices.Clone(options[from:to])
	if page > 0 {
		shown = append([]selectOption{turn(page-1, "Earlier ones", options)}, shown...)
	}
	if page < last {
		shown = append(shown, turn(page+1, "More", options))
	}
	return shown
}

// turn is the option that shows another page.
func turn(page int, words string, options []selectOption) selectOption {
	from, to := page*pageSize, min(len(options), (page+1)*pageSize)
	about, _ := clip(options[from].Label+" to "+options[to-1].Label, maxOption)
	return selectOption{Label: fmt.Sprintf("%s … (%d to %d of %d)", words, from+1, to, len(options)), Value: turnTo + strconv.Itoa(page), Description: about}
}

// elsewhere are the values chosen of several that the shown options do not have.
func elsewhere(q bot.FormField, shown []selectOption) string {
	var out []string
	for _, v := range strings.Split(q.Value, ",") {
		v = strings.TrimSpace(v)
		if v != "" && !slices.ContainsFunc(shown, func(o selectOption) bool { return o.Value == v }) {
			out = append(out, v)
		}
	}
	return strings.Join(out, ",")
}
