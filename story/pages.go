package story

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Where a platform's dialogs are small a form comes page by page, with a message between two of them. A story
// says in one line what somebody fills in, so here the pages are gone through as a person does: what a page asks
// is answered on it, and the way on is pressed until the form is through or says what has to be mended.

// mostPages bounds the pages of one form; no form has so many.
const mostPages = 12

// wayOn is the label of the button between two pages.
const wayOn = "Continue"

var (
	pageMark = regexp.MustCompile(`\((\d+) of \d+\)`)
	keptMark = regexp.MustCompile(`Page \d+ of \d+ is kept`)
)

// dialog is the form in front of a person: the dialog that is open, else the message that leads to one.
func (t *teller) dialog(p desk.Person) *bot.Form {
	if f := t.w.Work.Dialog(p); f != nil {
		return f
	}
	if m := t.between(p); m != nil {
		return &bot.Form{Title: bot.SpanText(m.Message.Title, t.w.Dir.ZoneOf(p)), Intro: m.Message.Blocks}
	}
	return nil
}

// between is the newest answer to a person alone, when it leads on to a dialog.
func (t *teller) between(p desk.Person) *seen {
	var newest *seen
	for _, s := range t.everything(p) {
		if s.Message != nil && (s.Private || s.place == "direct") && (newest == nil || newer(s.Ref, newest.Ref)) {
			newest = &s
		}
	}
	if newest == nil || !slices.ContainsFunc(newest.Message.Buttons, func(b bot.Button) bool { return strings.EqualFold(b.Label, wayOn) }) {
		return nil
	}
	return newest
}

// submit fills in the form from the page that is in front of the person to its end.
func (t *teller) submit(p desk.Person, values map[string]string, files []bot.File) error {
	rest, last := maps.Clone(values), -1
	for range mostPages {
		f, err := t.page(p)
		if err != nil {
			return err
		}
		n := pageOf(f)
		take, with := map[string]string{}, []bot.File(nil)
		for _, x := range f.Fields {
			if v, ok := rest[x.Key]; ok {
				take[x.Key] = v
				delete(rest, x.Key)
			}
			if x.Kind == bot.AskFiles {
				with, files = files, nil
			}
		}
		if n == 0 || n <= last && len(take) == 0 {
			// A form of one page, or one that goes round in a circle: what is left has no place, and the platform says so.
			maps.Copy(take, rest)
			clear(rest)
			with, files = append(with, files...), nil
		}
		if err := t.w.Work.Submit(t.ctx, p, take, with); err != nil {
			return err
		}
		last = n
		if !t.goesOn(p, last, len(rest)+len(files) > 0) {
			return nil
		}
	}
	return fmt.Errorf("%s has filled in %d pages and the form has no end", p.Name, mostPages)
}

// page is the dialog in front of a person; the way on is pressed where a message stands between two.
func (t *teller) page(p desk.Person) (*bot.Form, error) {
	if f := t.w.Work.Dialog(p); f != nil {
		return f, nil
	}
	m := t.between(p)
	if m == nil {
		return nil, fmt.Errorf("no dialog is open in front of %s", p.Name)
	}
	if err := t.w.Work.Press(t.ctx, p, m.Ref, wayOn); err != nil {
		return nil, err
	}
	if f := t.w.Work.Dialog(p); f != nil {
		return f, nil
	}
	return nil, fmt.Errorf("%s pressed %s and no dialog opened", p.Name, wayOn)
}

// goesOn says whether the form goes on by itself: to a later page, or to one for which there are answers left.
func (t *teller) goesOn(p desk.Person, last int, left bool) bool {
	if f := t.w.Work.Dialog(p); f != nil {
		return left || pageOf(f) > last
	}
	m := t.between(p)
	return m != nil && (left || keptMark.MatchString(m.text))
}

// pageOf is the number of a page by its title, which may stand among the words above the questions; 0: the form
// has only one.
func pageOf(f *bot.Form) int {
	m := pageMark.FindStringSubmatch(f.Title + "\n" + bot.PlainText(bot.Message{Blocks: f.Intro}, time.UTC))
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}
