package commands

import (
	"strings"
	"unicode"

	"casebot/bot"
	"casebot/desk"
)

// isCaseNumber says whether a word looks like a case's number, "NW-1042" or "#nw-1042": two to six letters and one to nine
// digits.
func isCaseNumber(word string) bool {
	key, number, ok := strings.Cut(strings.TrimPrefix(word, "#"), "-")
	if !ok || len(key) < 2 || len(key) > 6 || len(number) < 1 || len(number) > 9 {
		return false
	}
	for i := range len(key) {
		if c := key[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	for i := range len(number) {
		if number[i] < '0' || number[i] > '9' {
			return false
		}
	}
	return true
}

// line runs a command line: what follows /case, the Do of a button, or what follows a mention.
func (r *request) line(text string) (bot.Answer, error) {
	name, rest := cut(text)
	if strings.EqualFold(strings.TrimPrefix(name, "/"), "case") {
		name, rest = cut(rest)
	}
	switch {
	case name == "" && r.in.Kind == bot.Said:
		name = "help"
	case name == "":
		name = "new"
	case isCaseNumber(name):
		name, rest = "show", name+" "+rest
	}
	cmd, ok := r.lookup(strings.ToLower(name))
	if !ok {
		return bot.Answer{}, r.unknown(name)
	}
	cmd, rest = r.sub(cmd, rest)
	r.cmd = cmd
	rest, err := r.findCase(rest)
	if err != nil {
		return bot.Answer{}, err
	}
	if cmd.Verb != "" {
		if err := desk.May(r.by(), cmd.Verb); err != nil {
			return bot.Answer{}, err
		}
	}
	if r.values, err = r.parse(rest); err != nil {
		return bot.Answer{}, err
	}
	return r.carryOut()
}

// findCase finds the case a command is about: the number that comes first, else the thread or the
// message it happened in. It gives the line without the number.
func (r *request) findCase(rest string) (string, error) {
	if r.cmd.Case == NoCase {
		return rest, nil
	}
	word, after := cut(rest)
	if isCaseNumber(word) && !r.namesArticle(word) {
		c, err := r.h.desk.FindCase(r.ctx, r.by(), strings.ToUpper(strings.TrimPrefix(word, "#")))
		r.c = c
		return after, err
	}
	c, post, err := r.caseAt(r.in.Message, r.in.Thread)
	switch {
	case err == nil:
		r.c, r.post = c, post
	case desk.KindOf(err) != desk.KindNotFound:
		return rest, err
	case r.cmd.Case == WithCase:
		return rest, desk.Errf(desk.KindNotFound, "Name the case. For example: %s", r.cmd.Example)
	}
	r.in.Unknown = false // The command goes on without one, and must not be carried out again.
	return rest, nil
}

// unknown says that there is no such command and offers the nearest.
func (r *request) unknown(name string) error {
	near, best := "", 3
	for n, c := range byName {
		if !r.exists(c) {
			continue
		}
		if d := distance(strings.ToLower(name), n); d < best || d == best && near != "" && n < near {
			near, best = n, d
		}
	}
	if near != "" {
		return desk.Errf(desk.KindInvalid, "There is no command “%s”. Did you mean “%s”? /case help lists them all.", clip(name), near)
	}
	return desk.Errf(desk.KindInvalid, "There is no command “%s”. /case help lists them all.", clip(name))
}

// parse takes the arguments off the line. Free text is kept as typed: only the command's own keys are
// read out of it, so that an update may speak of a=b and quote as it likes.
func (r *request) parse(rest string) (map[string]string, error) {
	var room [40]string
	values, rest, err := cutKeys(rest, append(r.cmd.appendKeys(room[:0], r.book()), "ask"))
	if err != nil {
		return nil, err
	}
	for _, a := range r.cmd.Args {
		if !a.Word || values[a.Key] != "" {
			continue
		}
		word, after := cut(rest)
		if low := strings.ToLower(word); low == "to" || low == "into" || low == "on" {
			if next, more := cut(after); next != "" && (a.match == nil || a.match(r, next)) {
				word, after = next, more
			}
		}
		if word != "" && (a.match == nil || a.match(r, word)) {
			values[a.Key], rest = unquote(word), after
		}
	}
	if rest = strings.TrimSpace(rest); rest == "" {
		return values, nil
	}
	for _, a := range r.cmd.Args {
		if a.Rest && values[a.Key] == "" {
			values[a.Key] = unquote(rest)
		}
	}
	return values, nil
}

// cutKeys takes key=value pairs of the known keys out of a text and gives the text without them.
func cutKeys(text string, keys []string) (map[string]string, string, error) {
	values := map[string]string{}
	var kept strings.Builder
	for i := 0; i < len(text); {
		if i == 0 || isSpace(text[i-1]) {
			if key, ok := keyAt(text[i:], keys); ok {
				args, n := pairAt(text[i:])
				value, err := valueOf(args, key)
				if err != nil {
					return nil, "", desk.Errf(desk.KindInvalid, "The line could not be read: the quote after %s= is not closed. Close it and send the line again.", key)
				}
				values[key] = value
				i += n
				continue
			}
		}
		next := i + 1
		for next < len(text) && !isSpace(text[next-1]) {
			next++
		}
		kept.WriteString(text[i:next])
		i = next
	}
	return values, strings.TrimSpace(kept.String()), nil
}

// valueOf gives what a key=value says, with the quotes taken off. What is no plain pair is read as the line it is.
func valueOf(args, key string) (string, error) {
	if k, value, ok := bot.ParsePair(args); ok && k == key {
		return value, nil
	}
	parsed, err := bot.ParseArgs(args)
	return parsed.Values[key], err
}

// keyAt says whether a text starts with one of the keys and an equals sign.
func keyAt(text string, keys []string) (string, bool) {
	name, _, ok := strings.Cut(text[:min(len(text), 60)], "=")
	if !ok || name == "" {
		return "", false
	}
	for _, k := range keys {
		if strings.EqualFold(name, k) {
			return k, true
		}
	}
	return "", false
}

// quotes are the pairs that group words; phones write the curly ones.
var quotes = map[rune]rune{'"': '"', '\'': '\'', '“': '”', '”': '”', '„': '“', '‘': '’', '«': '»'}

// pairAt gives the key=value a text starts with and how many bytes it takes.
func pairAt(text string) (string, int) {
	eq := strings.IndexByte(text, '=') + 1
	var end rune
	escaped := false
	for i, c := range text[eq:] {
		switch {
		case i == 0 && quotes[c] != 0:
			end = quotes[c]
		case escaped:
			escaped = false
		case end != 0 && c == '\\':
			escaped = true
		case end != 0 && (c == end || end == '”' && c == '"'):
			n := eq + i + len(string(c))
			return text[:n], n
		case end == 0 && unicode.IsSpace(c):
			return text[:eq+i], eq + i
		}
	}
	return text, len(text)
}

// cut splits off the first word; what follows keeps its own line breaks.
func cut(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}

// unquote takes the quotes off a text that stands wholly in one pair of them.
func unquote(s string) string {
	rs := []rune(s)
	if len(rs) < 2 || quotes[rs[0]] == 0 || rs[len(rs)-1] != quotes[rs[0]] {
		return s
	}
	inner := string(rs[1 : len(rs)-1])
	if strings.ContainsRune(inner, rs[0]) || strings.ContainsRune(inner, quotes[rs[0]]) {
		return s
	}
	return inner
}

// isSpace knows the blanks that separate words in a line; a line may have several.
func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// clip shortens what somebody typed before it is quoted back, so that an answer never echoes a page.
func clip(s string) string {
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}

// distance is the edit distance between two short words.
func distance(a, b string) int {
	if len(a) > 20 || len(b) > 20 {
		return 20
	}
	prev := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		last := prev[0]
		prev[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last, prev[j+1] = prev[j+1], min(cost, prev[j]+1, prev[j+1]+1)
		}
	}
	return prev[len(b)]
}
