package templates

import (
	"casebot/bot"
	"casebot/desk"
)

// Proposal shows somebody what they had the writing helper write, with the button that opens it in its dialog.
// Nothing of it has been sent anywhere, and the message says so.
func Proposal(book *desk.Handbook, p desk.Proposal) bot.Message {
	m := bot.Message{Footer: line("Written by the writing helper. Nothing has been sent. Check every word before you use it.")}
	open := bot.Button{Style: bot.ButtonPrimary}
	switch p.Task {
	case desk.AssistUpdate:
		m.Title = line("Draft of an update for ", bot.B(p.Case))
		open.Label, open.Do = "Open the draft", "update "+p.Case+" ask=yes proposal="+p.Key
	case desk.AssistHandover:
		m.Title = line("Hand-over summary of ", bot.B(p.Case))
		open.Label, open.Do = "Keep as internal note", "note "+p.Case+" ask=yes proposal="+p.Key
	case desk.AssistArticle:
		m.Title = line("Draft of an article from ", bot.B(p.Case))
		m.Blocks = append(m.Blocks, para(bot.B(p.Title)))
		open.Label, open.Do = "Open the draft", "kb-new ask=yes proposal="+p.Key
	case desk.AssistFields:
		return proposedFields(book, p, m)
	}
	m.Blocks = append(m.Blocks, bot.Q(p.Text))
	m.Buttons = []bot.Button{open}
	if p.Case != "" {
		m.Buttons = append(m.Buttons, bot.Button{Label: "Show", Do: "show " + p.Case})
	}
	return m
}

// proposedFields lists what was read out of a message, in the order of the form.
func proposedFields(book *desk.Handbook, p desk.Proposal, m bot.Message) bot.Message {
	m.Title = line(bot.B("Read out of the message"))
	var list bot.Block
	list.Kind = bot.Fields
	for _, s := range book.Fields {
		if v := p.Values[s.Name]; v != "" {
			list.Fields = append(list.Fields, pair(s.Label, v)...)
		}
	}
	m.Buttons = []bot.Button{{Label: "Go on with the case", Do: "new ask=yes proposal=" + p.Key, Style: bot.ButtonPrimary}}
	if len(list.Fields) == 0 {
		m.Blocks = []bot.Block{para("Nothing in the message fits a field. Fill in the form yourself.")}
		return m
	}
	m.Blocks = []bot.Block{list, para("It goes into the fields that are still empty.")}
	return m
}

// NoProposal says in the helper's one sentence why nothing was written, and leads on to the dialog without it.
func NoProposal(sorry string, task desk.AssistTask, caseID string) bot.Message {
	m := bot.Message{Tone: bot.ToneWarn, Blocks: []bot.Block{para(sorry)}}
	if caseID != "" {
		m.Title = line(bot.B(caseID))
	}
	switch task {
	case desk.AssistUpdate:
		m.Buttons = []bot.Button{{Label: "Write the update", Do: "update " + caseID + " ask=yes"}}
	case desk.AssistHandover:
		m.Buttons = []bot.Button{{Label: "Show", Do: "show " + caseID}}
	case desk.AssistArticle:
		m.Buttons = []bot.Button{{Label: "Write the article", Do: "kb-new ask=yes"}}
	case desk.AssistFields:
		m.Buttons = []bot.Button{{Label: "Go on with the case", Do: "new ask=yes"}}
	}
	return m
}
