package commands

import (
	"fmt"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// undeliveredCommand shows what the desk could not tell, and tries again when the cause is mended.
func undeliveredCommand() Command {
	return Command{
		Name: "undelivered", Aliases: []string{"outbox"},
		Summary: "List messages that could not be delivered, and send them again.",
		Example: "/case undelivered retry=all",
		Args:    []Arg{{Key: "retry", Label: "Send again (an id, or all)", Hidden: true}},
		run:     runUndelivered,
	}
}

// shownUndelivered is how many are listed; the rest are counted.
const shownUndelivered = 10

func runUndelivered(r *request) (bot.Answer, error) {
	if id := r.get("retry"); id != "" {
		n, err := r.h.desk.Redeliver(r.ctx, r.by(), id, r.in.Now)
		if err != nil {
			return bot.Answer{}, err
		}
		return r.answer(bot.Say(fmt.Sprintf("Back in line: %d. They are sent in the next moments.", n)))
	}
	list, err := r.h.desk.Undelivered(r.ctx, r.by())
	if err != nil {
		return bot.Answer{}, err
	}
	held, err := r.h.desk.HeldUp(r.ctx, r.by(), r.in.Now)
	if err != nil {
		return bot.Answer{}, err
	}
	switch {
	case len(list)+len(held) == 0:
		return r.answer(bot.Say("Everything was delivered."))
	case len(list) == 0:
		return r.answer(bot.Message{Tone: bot.ToneWarn, Title: []bot.Span{bot.B("Waiting")}, Blocks: r.heldUp(held)})
	}
	m := bot.Message{Tone: bot.ToneWarn, Title: []bot.Span{bot.B(fmt.Sprintf("Not delivered: %d", len(list)))},
		Buttons: []bot.Button{{Label: "Send all again", Do: "undelivered retry=all", Style: bot.ButtonPrimary}}}
	var items [][]bot.Span
	for _, x := range list[:min(len(list), shownUndelivered)] {
		why := "could not be delivered"
		if x.State == desk.DeliveryDoubt {
			why = "may or may not have arrived; look before you send it again"
		}
		about := string(x.Kind)
		if x.Case != "" {
			about += " of " + x.Case
		}
		items = append(items, []bot.Span{bot.C(x.ID[:8]), bot.T(" " + about + ", written "), bot.When(x.At), bot.T(": " + why + ". " + x.Error)})
	}
	m.Blocks = append(m.Blocks, bot.Block{Kind: bot.List, Items: items})
	if more := len(list) - shownUndelivered; more > 0 {
		m.Blocks = append(m.Blocks, bot.P(bot.T(fmt.Sprintf("And %d more.", more))))
	}
	m.Blocks = append(m.Blocks, r.heldUp(held)...)
	return r.answer(m)
}

// heldUp words what waits by itself, a paragraph a party.
func (r *request) heldUp(held []desk.HeldUp) []bot.Block {
	var out []bot.Block
	for _, x := range held {
		p, _ := r.h.desk.Dir.Party(x.Party)
		messages := "1 message"
		if x.N != 1 {
			messages = fmt.Sprintf("%d messages", x.N)
		}
		why, _, _ := strings.Cut(x.Why, "\n")
		out = append(out, bot.P(bot.T("Waiting for "+p.Name+": "+messages+", the oldest written "), bot.When(x.Since), bot.T(": "+why+". What waits is sent by itself, in order, once that is mended.")))
	}
	return out
}
