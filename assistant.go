package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"casebot/assist"
	"casebot/desk"
)

// assist are the settings of the writing helper. Without a key there is none, whatever else is set.
func (s Settings) assist() assist.Options {
	return assist.Options{BaseURL: s.OpenAIBaseURL, Key: string(s.OpenAIKey), ChatModel: s.ChatModel, EmbedModel: s.EmbedModel, Budget: s.AssistBudget}
}

// withHelper sets up the writing helper and what brings its work to people.
func (a *App) withHelper(o assist.Options) {
	o.Purse, o.Clock, o.Log, o.Dir, o.Products = purse{a.Store}, a.Clock, a.Log, a.Desk.Dir, a.Desk.Book.Products
	if a.helper = assist.New(o); a.helper == nil {
		return
	}
	if o.EmbedModel != "" {
		a.articles.meaning = newMeaning(a.helper, a.articles.index, a.Store, a.Clock, a.Log)
	}
	if o.ChatModel != "" {
		a.writer = newScribe(a.Desk, a.helper, a.Clock, a.Log, a.Delivery.Nudge)
	}
}

// settle waits until what the helper was asked for has come, for stories: nothing in them may hang on chance.
func (a *App) settle() {
	if a.writer != nil {
		a.writer.jobs.Wait()
	}
	if m := a.articles.meaning; m != nil {
		m.refresh(context.Background())
	}
}

// assistFindings are what `casebot check` says about the writing helper: what it is, and half a set-up, which is off.
func assistFindings(s Settings) []finding {
	warn := func(format string, args ...any) []finding {
		return []finding{{text: "warning: " + fmt.Sprintf(format, args...)}}
	}
	models := s.ChatModel != "" || s.EmbedModel != ""
	switch {
	case s.OpenAIKey == "" && s.OpenAIBaseURL != "":
		return warn("OPENAI_BASE_URL is set and OPENAI_API_KEY is not, so there is no writing helper; set the key, any word where the server asks for none")
	case s.OpenAIKey == "" && models:
		return warn("a model is named and OPENAI_API_KEY is not set, so there is no writing helper; set the key, or take CASEBOT_CHAT_MODEL and CASEBOT_EMBED_MODEL away")
	case s.OpenAIKey == "":
		return nil
	case !models:
		return warn("OPENAI_API_KEY is set and no model is named, so there is no writing helper; set CASEBOT_CHAT_MODEL, CASEBOT_EMBED_MODEL or both")
	}
	where, out := "api.openai.com", []finding(nil)
	if u, err := url.Parse(s.OpenAIBaseURL); err == nil && u.Host != "" {
		where = u.Host
		if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			out = warn("OPENAI_BASE_URL is not encrypted, so words of cases and the key can be read on the way to %s; write https://", where)
		}
	}
	budget := s.AssistBudget
	if budget == 0 {
		budget = assist.DefaultBudget
	}
	limit := strconv.Itoa(budget) + " tokens a day"
	if budget < 0 {
		limit = "no budget"
	}
	return append(out, finding{text: fmt.Sprintf("helper: words cleared of secrets and names go to %s, drafts by %s, finding articles by %s, %s", where, named(s.ChatModel), named(s.EmbedModel), limit)})
}

func named(model string) string {
	if model == "" {
		return "nothing"
	}
	return model
}

// figures are the desk's own at /metrics. Whether it is ready never hangs on the helper.
func (a *App) figures() []prometheus.Collector {
	heard := heardFigures{a.Runtime.Platforms}
	if a.helper == nil {
		return []prometheus.Collector{heard}
	}
	count := func(name, help string, of func(assist.Counts) int64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "casebot_assist_" + name + "_total", Help: help}, func() float64 { return float64(of(a.helper.Counts())) })
	}
	return []prometheus.Collector{
		heard,
		count("asked", "Requests sent to the writing helper.", func(c assist.Counts) int64 { return c.Asked }),
		count("refused", "Requests not sent: private, over the day's budget, too many at once, or the service rests.", func(c assist.Counts) int64 { return c.Refused }),
		count("failed", "Requests sent that brought nothing to use.", func(c assist.Counts) int64 { return c.Failed }),
		count("tokens", "Tokens that the requests cost.", func(c assist.Counts) int64 { return c.Tokens }),
	}
}

// purseSpace keeps how many tokens each day has cost.
const purseSpace = "assist_spent"

// purse keeps the books in the desk's store, for all programs on it.
type purse struct{ store desk.Store }

// Spend adds tokens to a day's sum. The first write takes the row's lock, so that two programs cannot read the same
// sum.
func (p purse) Spend(ctx context.Context, day string, tokens int) (sum int, err error) {
	err = p.store.Update(ctx, func(tx desk.Tx) error {
		if err := tx.PutState(purseSpace, "lock", nil); err != nil {
			return err
		}
		sum = 0
		v, err := tx.State(purseSpace, day)
		if err == nil {
			sum, err = strconv.Atoi(string(v))
		}
		if err != nil && desk.KindOf(err) != desk.KindNotFound {
			return err
		}
		sum += tokens
		return tx.PutState(purseSpace, day, []byte(strconv.Itoa(sum)))
	})
	return sum, err
}
