package story

import (
	"fmt"
	"regexp"
	"sort"
	"strings"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/desk"
)

var (
	checkForm = regexp.MustCompile(`^(\w+) (sees|does not see|never sees|still sees|is asked|is not asked) "(.*)"$`)
	sayForm   = regexp.MustCompile(`^(\w+)( in the channel)?: (.+)$`)
	actForm   = regexp.MustCompile(`^(\w+) (fills in|attaches|presses|reacts|takes back|edits|deletes|sends the dialog)\b ?(.*)$`)
	onForm    = regexp.MustCompile(`^(\S+) on "(.*)"$`)
	editForm  = regexp.MustCompile(`^"(.*)" to "(.*)"$`)
)

func (t *teller) person(id string) (desk.Person, error) {
	p, ok := t.w.Dir.Person(id)
	if !ok {
		return p, fmt.Errorf("there is nobody called %q at the desk", id)
	}
	return p, nil
}

// checkLine looks at what somebody sees.
func (t *teller) checkLine(line string) (bool, error) {
	m := checkForm.FindStringSubmatch(line)
	if m == nil {
		return false, nil
	}
	p, err := t.person(m[1])
	if err != nil {
		return true, err
	}
	want := plain(m[3])
	if m[2] == "is asked" || m[2] == "is not asked" {
		if got := dialogText(t.dialog(p), t.w.Dir.ZoneOf(p)); strings.Contains(plain(got), want) != (m[2] == "is asked") {
			return true, fmt.Errorf("%s's dialog says:\n%s", p.Name, indent(got))
		}
		return true, nil
	}
	where := t.fresh[p.ID]
	if m[2] == "never sees" || m[2] == "still sees" {
		where = t.everything(p)
	}
	found := false
	var all []string
	for _, s := range where {
		found = found || strings.Contains(plain(s.text), want)
		all = append(all, s.place+": "+s.text)
	}
	if positive := m[2] == "sees" || m[2] == "still sees"; found != positive {
		return true, fmt.Errorf("%s sees:\n%s", p.Name, indent(strings.Join(all, "\n")))
	}
	return true, nil
}

// everything is all that somebody can see now.
func (t *teller) everything(p desk.Person) []seen {
	var out []seen
	for place, spot := range t.spots(p) {
		for _, s := range t.w.Work.Read(p, spot) {
			out = append(out, seen{s, place, t.textOf(p, s)})
		}
	}
	return out
}

// actLine lets somebody act.
func (t *teller) actLine(line string) (bool, error) {
	if m := actForm.FindStringSubmatch(line); m != nil {
		p, err := t.person(m[1])
		if err != nil {
			return true, err
		}
		t.print("%s %s %s\n", p.Name, m[2], m[3])
		return true, t.after(t.act(p, m[2], strings.TrimSpace(m[3])))
	}
	m := sayForm.FindStringSubmatch(line)
	if m == nil {
		return false, nil
	}
	p, err := t.person(m[1])
	if err != nil {
		return true, err
	}
	t.print("%s: %s\n", p.Name, m[3])
	h, _ := t.w.Dir.HomeOf(p.Party)
	channel := bottest.Spot{Home: h.ID, Channel: h.Cases}
	if cmd, ok := strings.CutPrefix(m[3], "/case"); ok {
		return true, t.after(t.w.Work.Command(t.ctx, p, channel, strings.TrimSpace(cmd)))
	}
	at := channel
	if m[2] == "" {
		if at, err = t.thread(p); err != nil {
			return true, err
		}
	}
	_, err = t.w.Work.Say(t.ctx, p, at, m[3], nil)
	return true, t.after(err)
}

// thread is the case's thread on a person's side.
func (t *teller) thread(p desk.Person) (bottest.Spot, error) {
	h, _ := t.w.Dir.HomeOf(p.Party)
	card, channel := t.card(p)
	if card == "" {
		return bottest.Spot{}, fmt.Errorf("case %q has no card where %s is", t.c, p.Name)
	}
	return bottest.Spot{Home: h.ID, Channel: channel, Thread: card}, nil
}

func (t *teller) act(p desk.Person, what, rest string) error {
	switch what {
	case "fills in", "sends the dialog":
		values, files, err := t.filled(rest)
		if err != nil {
			return err
		}
		return t.submit(p, values, files)
	case "attaches":
		at, err := t.thread(p)
		if err != nil {
			return err
		}
		f, ok := t.files[rest]
		if !ok {
			return fmt.Errorf("the story has no file %q", rest)
		}
		_, err = t.w.Work.Say(t.ctx, p, at, "", []bot.File{f})
		return err
	case "presses":
		return t.press(p, strings.Trim(rest, `"`))
	case "reacts", "takes back":
		kind := bot.React
		if what == "takes back" {
			kind = bot.Unreact
		}
		ref, _ := t.card(p)
		emoji := rest
		if m := onForm.FindStringSubmatch(rest); m != nil {
			s, err := t.message(p, m[2])
			if err != nil {
				return err
			}
			emoji, ref = m[1], s.Ref
		}
		return t.w.Work.Toggle(t.ctx, kind, p, ref, emoji)
	case "edits":
		m := editForm.FindStringSubmatch(rest)
		if m == nil {
			return fmt.Errorf(`write it as: %s edits "old words" to "new text"`, p.ID)
		}
		s, err := t.own(p, m[1])
		if err != nil {
			return err
		}
		return t.w.Work.Rewrite(t.ctx, p, s.Ref, m[2])
	case "deletes":
		s, err := t.own(p, strings.Trim(rest, `"`))
		if err != nil {
			return err
		}
		return t.w.Work.Remove(t.ctx, p, s.Ref)
	}
	return fmt.Errorf("nobody can %q", what)
}

// filled reads what a dialog is filled in with: key="value" pairs, then "with" and file names.
func (t *teller) filled(rest string) (map[string]string, []bot.File, error) {
	args, err := bot.ParseArgs("fill " + rest)
	if err != nil {
		return nil, nil, err
	}
	var files []bot.File
	for i, w := range args.Words[1:] {
		if i == 0 && w == "with" {
			continue
		}
		f, ok := t.files[w]
		if !ok {
			return nil, nil, fmt.Errorf("the story has no file %q", w)
		}
		files = append(files, f)
	}
	return args.Values, files, nil
}

// press finds the newest message with a button of that name and presses it.
func (t *teller) press(p desk.Person, label string) error {
	var best *seen
	for _, s := range t.everything(p) {
		if s.Message == nil {
			continue
		}
		for _, b := range s.Message.Buttons {
			if strings.EqualFold(b.Label, label) && (best == nil || newer(s.Ref, best.Ref)) {
				best = &s
			}
		}
	}
	if best == nil {
		return fmt.Errorf("%s sees no button %q", p.Name, label)
	}
	return t.w.Work.Press(t.ctx, p, best.Ref, best.buttonLabel(label))
}

func (s *seen) buttonLabel(label string) string {
	for _, b := range s.Message.Buttons {
		if strings.EqualFold(b.Label, label) {
			return b.Label
		}
	}
	return label
}

// newer orders refs by the number they end in; the platforms' refs grow.
func newer(a, b bot.Ref) bool {
	tail := func(r bot.Ref) string {
		s := string(r)
		return s[strings.LastIndexAny(s, "/:")+1:]
	}
	x, y := tail(a), tail(b)
	if len(x) != len(y) {
		return len(x) > len(y)
	}
	return x > y
}

// message finds the newest message that holds the words.
func (t *teller) message(p desk.Person, words string) (seen, error) {
	return t.newest(p, words, func(seen) bool { return true })
}

// own is the newest message with those words that the person wrote; nobody can change another's.
func (t *teller) own(p desk.Person, words string) (seen, error) {
	return t.newest(p, words, func(s seen) bool { return s.From == p.ID })
}

func (t *teller) newest(p desk.Person, words string, fits func(seen) bool) (seen, error) {
	var found []seen
	for _, s := range t.everything(p) {
		if fits(s) && strings.Contains(plain(s.text), plain(words)) {
			found = append(found, s)
		}
	}
	if len(found) == 0 {
		return seen{}, fmt.Errorf("%s sees no message with %q", p.Name, words)
	}
	sort.Slice(found, func(i, j int) bool { return newer(found[i].Ref, found[j].Ref) })
	return found[0], nil
}
