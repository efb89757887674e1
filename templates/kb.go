package templates

import (
	"fmt"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Suggested shows articles that may answer, best first and numbered, each with why it is shown: the words
// that matched, the line that has them, and what to know before trusting it. Nothing for none.
func Suggested(dir *desk.Directory, list []desk.Suggestion, now time.Time) []bot.Block {
	var out []bot.Block
	for i, s := range list {
		head := line(bot.B(s.Title), " ", bot.C(s.ID))
		if len(list) > 1 {
			head = line(itoa(i+1)+". ", head)
		}
		out = append(out, bot.P(head...))
		if s.Passage != "" {
			out = append(out, bot.Q(plainLine(s.Passage)))
		}
		facts := ArticleFacts(dir, s.Article, now)
		switch {
		case len(s.Matched) == 0 && s.Passage != "" && s.Confidence > 0:
			// Only the words of past cases led here, and those are not shown: they may be another Partner's.
			facts = "It solved cases that were described like this. " + facts
		case len(s.Matched) > 0:
			facts = "Matches " + strings.Join(s.Matched, ", ") + ". " + facts
		}
		out = append(out, para(facts))
	}
	return out
}

// plainLine is a line of an article without the marks of Markdown.
func plainLine(s string) string {
	var b strings.Builder
	for _, x := range inline(strings.TrimPrefix(s, "[ ] ")) {
		b.WriteString(x.Text)
	}
	return b.String()
}

// ArticleFacts are a reader's first questions in one line: about what, for whom, how old.
func ArticleFacts(dir *desk.Directory, a desk.Article, now time.Time) string {
	about := "any product"
	if a.Product != "" {
		about = a.Product
	}
	facts := []string{"About " + about}
	if word := map[string]string{desk.ArticleRelease: "Release note", desk.ArticleScript: "Front-line script", desk.ArticleGuide: "Triage guide"}[a.Kind]; word != "" {
		facts[0] = word + " about " + about
	}
	facts = append(facts, ArticleAudience(dir, a))
	if !a.UpdatedAt.IsZero() {
		facts = append(facts, "changed "+ago(now.Sub(a.UpdatedAt)))
	}
	say := strings.Join(facts, ", ") + "."
	if a.Retired {
		return say + " It is retired: whoever keeps it has taken it out, so ask before you rely on it."
	}
	if a.Stale(now) {
		say += " Its review is overdue, so check it before you rely on it."
	}
	return say
}

// ArticleAudience says who may read an article.
func ArticleAudience(dir *desk.Directory, a desk.Article) string {
	switch a.Audience {
	case "", desk.ArticleForAll:
		return "for everybody"
	case desk.ArticleForProvider:
		return "for " + dir.Provider().Name + " only"
	}
	if p, ok := dir.Party(a.Audience); ok {
		return "for " + p.Name + " only"
	}
	return "for one Partner only"
}

// ago says roughly how long something is past: the age of an article is read in weeks, not in minutes.
func ago(d time.Duration) string {
	days := int(d / (24 * time.Hour))
	switch {
	case days < 1:
		return "today"
	case days < 14:
		return plural(days, "day") + " ago"
	case days < 60:
		return plural(days/7, "week") + " ago"
	case days < 730:
		return plural(days/30, "month") + " ago"
	}
	return fmt.Sprintf("%d years ago", days/365)
}

// SuggestedInForm is what the intake form says of knowledge: the articles, and cases that look like the same
// problem. Nothing when there is neither, for a form must not babble.
func SuggestedInForm(dir *desk.Directory, list []desk.Suggestion, same []*desk.Case, now time.Time) []bot.Block {
	var out []bot.Block
	if len(list) > 0 {
		out = append(out, bot.Block{Kind: bot.Divider}, para(bot.B("This may already be answered")))
		out = append(out, Suggested(dir, list, now)...)
	}
	if len(same) > 0 {
		out = append(out, bot.Block{Kind: bot.Divider}, para(bot.B("This may already be filed")))
		b := bot.Block{Kind: bot.List}
		for _, c := range same {
			b.Items = append(b.Items, line(bot.C(c.ID), " "+c.Severity.String()+", "+string(c.Status)+". ", bot.B(c.Fields[desk.FieldCustomer]), ": ", bot.Span{Text: c.Summary, Style: bot.Italic}))
		}
		out = append(out, b, para("If it is the same problem of the same customer, go on in that case."))
	}
	return out
}

// shownInForm is how many characters of an article stand above a form.
const shownInForm = 1800

// ArticleInForm shows an article above the intake form, to be read before the case is filed.
func ArticleInForm(dir *desk.Directory, a desk.Article, now time.Time) []bot.Block {
	out := []bot.Block{para(bot.B(a.Title), " ", bot.C(a.ID))}
	body, cut := []rune(strings.TrimSpace(a.Body)), false
	if cut = len(body) > shownInForm; cut {
		body = body[:shownInForm]
	}
	out = append(out, articleBlocks(string(body))...)
	if cut {
		out = append(out, para("The article goes on. What you typed is kept: close this, and read it whole with /case kb open "+a.ID+"."))
	}
	return append(out, para(bot.Span{Text: ArticleFacts(dir, a, now), Style: bot.Italic}))
}

// Found is what stands above the answer to a search: whether the articles are about it or merely come nearest.
func Found(list []desk.Suggestion) []bot.Span {
	switch {
	case len(list) > 0 && list[0].Near:
		return line(bot.B("No article is sure to answer this"))
	case len(list) == 1:
		return line(bot.B("One article may answer this"))
	}
	return line(bot.B(itoa(len(list)) + " articles may answer this"))
}

// Articles shows what was found, with buttons for each. caseID is the case it is for, if any.
func Articles(dir *desk.Directory, list []desk.Suggestion, caseID string, now time.Time) bot.Message {
	m := bot.Message{Blocks: Suggested(dir, list, now)}
	for i, s := range list {
		n := ""
		if len(list) > 1 {
			n = " " + itoa(i+1)
		}
		if caseID != "" && len(s.Steps()) > 0 {
			m.Buttons = append(m.Buttons, bot.Button{Label: "Walk through" + n, Do: ArticleDo("kb-walk", caseID, s.ID), Style: bot.ButtonPrimary})
		}
		m.Buttons = append(m.Buttons, bot.Button{Label: "Open" + n, Do: ArticleDo("kb-open", caseID, s.ID)})
		if caseID != "" {
			m.Buttons = append(m.Buttons, judgeButtons(caseID, s.ID, n)...)
		}
	}
	return m
}

// judgeButtons ask whether an article helped.
func judgeButtons(caseID, id, n string) []bot.Button {
	return []bot.Button{
		{Label: "Helped" + n, Do: ArticleDo("kb-helped", caseID, id)},
		{Label: "Not this" + n, Do: ArticleDo("kb-not", caseID, id) + " ask=yes"},
	}
}

// ArticleDo is the command line of a button about an article. The code is given by its key, because some
// look like the number of a case, and a path may hold blanks.
func ArticleDo(name, caseID, id string) string {
	if strings.ContainsAny(id, " \t\"'\\") {
		id = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(id) + `"`
	}
	return name + space(caseID) + " article=" + id
}

// maxShown is how many characters of an article one message shows; the rest follows page by page.
const maxShown = 6000

// Article shows one article, from page 1 on. again is the command line that shows it: with a page added it shows that.
func Article(dir *desk.Directory, a desk.Article, caseID string, now time.Time, page int, again string) bot.Message {
	m := bot.Message{Title: line(bot.B(a.Title), " ", bot.C(a.ID))}
	pages := articlePages(strings.TrimSpace(a.Body))
	page = max(1, min(page, len(pages)))
	m.Blocks = append(m.Blocks, articleBlocks(pages[page-1])...)
	m.Blocks = append(m.Blocks, para(bot.Span{Text: ArticleFacts(dir, a, now), Style: bot.Italic}))
	if len(pages) > 1 {
		m.Footer = line("Page " + itoa(page) + " of " + itoa(len(pages)) + ".")
	}
	if page < len(pages) {
		m.Buttons = append(m.Buttons, bot.Button{Label: "Read on", Do: again + " page=" + itoa(page+1), Style: bot.ButtonPrimary})
	}
	if caseID != "" && len(a.Steps()) > 0 {
		m.Buttons = append(m.Buttons, bot.Button{Label: "Walk through", Do: ArticleDo("kb-walk", caseID, a.ID), Style: bot.ButtonPrimary})
	}
	m.Buttons = append(m.Buttons, judgeButtons(caseID, a.ID, "")...)
	return m
}

// articlePages cuts a text into pages of at most maxShown characters, between paragraphs where there are any, else
// between lines or words. Code that goes on is code on the next page too.
func articlePages(body string) []string {
	var out []string
	left := []rune(body)
	for len(left) > maxShown {
		head := string(left[:maxShown])
		at := -1
		for _, mark := range []string{"\n\n", "\n", " "} {
			if at = strings.LastIndex(head, mark); at > len(head)/2 {
				break
			}
		}
		if at <= 0 {
			at = len(head)
		}
		head, rest := head[:at], head[at:]
		left = append([]rune(strings.TrimLeft(rest, "\n ")), left[maxShown:]...)
		if strings.Count(head, "```")%2 == 1 {
			head += "\n```"
			left = append([]rune("```\n"), left...)
		}
		out = append(out, head)
	}
	return append(out, string(left))
}
