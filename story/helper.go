package story

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

var (
	writesForm = regexp.MustCompile(`^the helper writes (?:"(.*)"|(\S+))$`)
	toldForm   = regexp.MustCompile(`^the helper was (told|never told) "(.*)"$`)
)

// helperLine plays the writing helper, or looks at what was sent to it.
func (t *teller) helperLine(line string) (bool, error) {
	if line != "the desk has a writing helper" && !strings.HasPrefix(line, "the helper ") {
		return false, nil
	}
	h := t.w.Helper
	if h == nil {
		return true, errors.New("this stage has no writing helper")
	}
	switch line {
	case "the desk has a writing helper":
		t.print("\n-- %s\n", line)
		return true, t.after(h.SetUp(t.ctx))
	case "the helper is down", "the helper is up again":
		t.print("\n-- %s\n", line)
		h.Down(line == "the helper is down")
		return true, nil
	case "the helper was never asked":
		if heard := h.Heard(); len(heard) > 0 {
			return true, fmt.Errorf("it was sent:\n%s", indent(strings.Join(heard, "\n")))
		}
		return true, nil
	}
	if m := writesForm.FindStringSubmatch(line); m != nil {
		text := m[1]
		if m[2] != "" {
			f, ok := t.files[m[2]]
			if !ok {
				return true, fmt.Errorf("the story has no file %q", m[2])
			}
			text = string(f.Data)
		}
		h.Write(text)
		return true, nil
	}
	if m := toldForm.FindStringSubmatch(line); m != nil {
		heard := strings.Join(h.Heard(), "\n")
		if strings.Contains(plain(heard), plain(m[2])) != (m[1] == "told") {
			return true, fmt.Errorf("it was sent:\n%s", indent(heard))
		}
		return true, nil
	}
	return true, errors.New("this line about the helper is none the story knows; see package story")
}
