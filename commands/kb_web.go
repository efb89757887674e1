package commands

import (
	"context"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// Pages is where people write articles in the browser.
type Pages interface {
	// Link makes an address that lets one person in, once and soon. article may be empty: a new one.
	Link(ctx context.Context, by desk.Person, article string, now time.Time) (string, error)
}

// runArticleWeb hands out the way into the browser. The answer is for the person alone, as the link is.
func runArticleWeb(r *request) (bot.Answer, error) {
	if r.h.opt.Pages == nil {
		return bot.Answer{}, desk.Errf(desk.KindState, "Articles are not written on the web here. Use /case kb new and /case kb edit.")
	}
	old := desk.Article{}
	if r.get("article") != "" {
		var err error
		if old, err = r.article(); err != nil {
			return bot.Answer{}, err
		}
	}
	if err := r.h.desk.MayWriteArticle(r.by(), old); err != nil {
		return bot.Answer{}, err
	}
	address, err := r.h.opt.Pages.Link(r.ctx, r.by(), old.ID, r.in.Now)
	if err != nil {
		return bot.Answer{}, err
	}
	return r.say("The editor opens in your browser. The link is yours alone: it works once, within a quarter of an hour.",
		bot.Button{Label: "Open the editor", Link: address, Style: bot.ButtonPrimary})
}
