package templates

import (
	"fmt"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// historyShown is how many versions one message lists.
const historyShown = 15

// ArticleHistory lists the versions of an article, the newest first, each with what it changed.
func ArticleHistory(dir *desk.Directory, a desk.Article, all []desk.Article, mine bool) bot.Message {
	m := bot.Message{Title: line(bot.B("History of "+a.Title), " ", bot.C(a.ID))}
	v := View{Dir: dir, Case: &desk.Case{}}
	list := bot.Block{Kind: bot.List}
	for i, x := range all {
		if i == historyShown {
			m.Footer = line(fmt.Sprintf("Older versions: /case kb history %s and a number from 1 to %d.", a.ID, x.Version))
			break
		}
		item := line(bot.B("Version "+itoa(x.Version)), ", ")
		if !x.UpdatedAt.IsZero() {
			item = append(item, bot.When(x.UpdatedAt))
		}
		if x.By != "" {
			item = append(item, line(", ", v.who(x.By, ""))...)
		} else if x.Source != "" {
			item = append(item, line(", imported from "+x.Source)...)
		}
		older := desk.Article{}
		if i+1 < len(all) {
			older = all[i+1]
		}
		list.Items = append(list.Items, append(item, line(": "+ArticleChanges(older, x))...))
		if i > 0 && len(m.Buttons) < 3 {
			m.Buttons = append(m.Buttons, bot.Button{Label: "Version " + itoa(x.Version), Do: ArticleDo("kb-history", "", a.ID) + " version=" + itoa(x.Version)})
		}
	}
	m.Blocks = []bot.Block{list}
	if mine {
		m.Buttons = append(m.Buttons, bot.Button{Label: "Edit", Do: ArticleDo("kb-edit", "", a.ID)})
		if a.Retired {
			m.Buttons = append(m.Buttons, bot.Button{Label: "Bring it back", Do: ArticleDo("kb-retire", "", a.ID) + " answer=back"})
		} else {
			m.Buttons = append(m.Buttons, bot.Button{Label: "Retire", Do: ArticleDo("kb-retire", "", a.ID)})
		}
	}
	return m
}

// ArticleChanges says in a few words what a version changed; old is the one before it, empty where none is kept.
func ArticleChanges(old, now desk.Article) string {
	if old.ID == "" {
		return "the first one kept."
	}
	var out []string
	say := func(changed bool, what string) {
		if changed {
			out = append(out, what)
		}
	}
	say(old.Title != now.Title, "the title")
	if more, less := lineDiff(old.Body, now.Body); more+less > 0 {
		out = append(out, fmt.Sprintf("the text (%s new, %d gone)", plural(more, "line"), less))
	}
	say(old.Kind != now.Kind, "what it is")
	say(old.Audience != now.Audience, "who may read it")
	say(old.Product != now.Product, "the product")
	say(old.Owner != now.Owner, "the owner")
	say(!old.ReviewBy.Equal(now.ReviewBy), "the day of its review")
	say(!old.Retired && now.Retired, "it was retired")
	say(old.Retired && !now.Retired, "it was published again")
	if len(out) == 0 {
		return "nothing a reader sees."
	}
	return strings.Join(out, ", ") + "."
}

// lineDiff counts the lines that one text has more often than the other. Moved lines count as none.
func lineDiff(old, now string) (more, less int) {
	count := map[string]int{}
	for l := range strings.Lines(old) {
		count[strings.TrimSpace(l)]--
	}
	for l := range strings.Lines(now) {
		count[strings.TrimSpace(l)]++
	}
	for l, n := range count {
		switch {
		case l == "":
		case n > 0:
			more += n
		default:
			less -= n
		}
	}
	return more, less
}
