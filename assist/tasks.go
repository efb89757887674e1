package assist

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"casebot/desk"
)

// Bounds of what is sent and of what comes back.
const (
	maxCase    = 14_000 // Characters of a case: its fields whole, of its talk the latest.
	maxMessage = 12_000 // Characters of a pasted message.
	maxTold    = 2000   // Characters of one thing that happened.
	maxWords   = 900    // Tokens of a written answer,
	maxFields  = 1500   // of an answer in fields,
	maxArticle = 1800   // of an article.
)

// propose writes one proposal. Errors are the program's; Propose makes sentences of them.
func (h *Helper) propose(ctx context.Context, ask desk.AssistAsk) (desk.Proposal, error) {
	c, err := clearCase(ask, func(take func(string) string) string {
		if ask.Task == desk.AssistFields {
			return takeFirst(take, ask.Text, maxMessage)
		}
		return caseText(ask, take)
	})
	if err != nil {
		return desk.Proposal{}, err
	}
	d := promptData{Fence: fence(c.text)}
	if ask.Book != nil {
		d.Tone, d.Fields = ask.Book.Tone, askable(ask.Book)
	}
	if ask.Case != nil {
		d.Severity, d.Status = ask.Case.Severity.String(), string(ask.Case.Status)
	}
	system, err := prompts[ask.Task].fill(d)
	if err != nil {
		return desk.Proposal{}, err
	}
	q := question{system: system, body: c, limit: maxWords}
	q.body.text = "<" + d.Fence + ">\n" + c.text + "\n</" + d.Fence + ">"
	switch ask.Task {
	case desk.AssistFields:
		q.name, q.schema, q.limit = "case_fields", fieldsSchema(d.Fields), maxFields
	case desk.AssistArticle:
		q.name, q.schema, q.limit = "article", articleSchema, maxArticle
	}
	text, err := h.ask(ctx, q)
	if err != nil {
		return desk.Proposal{}, err
	}
	return read(ask, c, d.Fields, text)
}

// read makes the proposal of an answer.
func read(ask desk.AssistAsk, c clearance, fields []desk.FieldSpec, text string) (desk.Proposal, error) {
	switch ask.Task {
	case desk.AssistFields:
		values, err := readFields(text, fields, c)
		return desk.Proposal{Values: values}, err
	case desk.AssistArticle:
		var a struct{ Title, Text string }
		if err := json.Unmarshal([]byte(object(text)), &a); err != nil {
			return desk.Proposal{}, fmt.Errorf("%w: no JSON object", errAnswer)
		}
		// Names are not put back: an article is read by everybody.
		p := desk.Proposal{Title: oneLine(clean(a.Title, c.text), 150), Text: clean(a.Text, c.text)}
		if p.Title == "" || p.Text == "" {
			return desk.Proposal{}, fmt.Errorf("%w: no title or no text", errAnswer)
		}
		return p, nil
	}
	out := clean(text, c.text)
	if out == "" {
		return desk.Proposal{}, fmt.Errorf("%w: nothing is left of it", errAnswer)
	}
	return desk.Proposal{Text: c.red.put(out, false)}, nil
}

// fence is a mark that the text between two of it cannot hold, because it is made from the text. The same text has
// the same fence, so that a recorded answer fits.
func fence(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "data-" + hex.EncodeToString(sum[:6])
}

// caseText writes a case for the model: the fields, then what happened, the latest last and whole, older talk left
// out when it is long. For an update to the customer only what both sides may read goes in, and no note: what is
// internal must not find its way into words meant for a customer. An article leaves the names out as well.
func caseText(ask desk.AssistAsk, take func(string) string) string {
	c := ask.Case
	var head strings.Builder
	line := func(label, value string) {
		if value = strings.TrimSpace(value); value != "" {
			fmt.Fprintf(&head, "%s: %s\n", label, takeFirst(take, value, 3000))
		}
	}
	line("Summary", c.Summary)
	var specs []desk.FieldSpec
	if ask.Book != nil {
		specs = ask.Book.Fields
	}
	for _, s := range specs {
		if s.Name != desk.FieldSummary && s.Name != desk.FieldSeverity && s.Name != desk.FieldLive && s.Kind != desk.KindFiles {
			line(s.Label, c.Field(s.Name))
		}
	}
	line("Workaround", c.Workaround)
	line("Resolution", c.Resolution)
	if len(c.Promises) > 0 && ask.Task != desk.AssistArticle {
		line("Next update promised by", c.Promises[len(c.Promises)-1].By.UTC().Format("Mon 2 Jan 15:04 UTC"))
	}
	left := maxCase - len([]rune(head.String()))
	var talk []string
	for _, e := range slices.Backward(tellable(ask)) {
		l := takeFirst(take, e, maxTold)
		if left -= len([]rune(l)); left < 0 {
			talk = append(talk, "(Earlier events are left out.)")
			break
		}
		talk = append(talk, l)
	}
	slices.Reverse(talk)
	return head.String() + "What happened:\n" + strings.Join(talk, "\n")
}

// tellable are the events in words, a line each, with what was taken back left out.
func tellable(ask desk.AssistAsk) []string {
	now := map[int]desk.Revised{} // What became of an edited message.
	for _, e := range ask.Events {
		if r, ok := e.Body.(desk.Revised); ok {
			now[r.Of] = r
		}
	}
	var out []string
	for _, e := range ask.Events {
		if ask.Task == desk.AssistUpdate && e.Audience != desk.Both {
			continue
		}
		words := told(e.Body)
		if r, ok := now[e.Seq]; ok {
			words = "wrote: " + r.Text
			if r.Deleted {
				continue
			}
		}
		if words == "" || ask.Task == desk.AssistUpdate && e.Body.Kind() == (desk.Noted{}).Kind() {
			continue
		}
		who := e.Name
		if who == "" || e.Actor == desk.System {
			who = "The desk"
		}
		out = append(out, e.At.UTC().Format(time.DateTime)+" UTC "+who+" "+words)
	}
	return out
}

// told says in a few words what an event is; empty for those that tell a reader nothing about the problem.
func told(b desk.Body) string {
	switch b := b.(type) {
	case desk.Filed:
		return "filed the case."
	case desk.Said:
		return "wrote: " + b.Text
	case desk.Replied:
		return "replied: " + b.Text
	case desk.Noted:
		return "noted: " + b.Text
	case desk.Updated:
		return "gave the customer the update: " + b.Text + orNothing(" Expected: ", b.ETA)
	case desk.Escalated:
		return "escalated the case." + orNothing(" Reason: ", b.Reason)
	case desk.Returned:
		return "returned the case as incomplete." + orNothing(" ", b.Text)
	case desk.Acknowledged:
		return "acknowledged the case."
	case desk.WaitStarted:
		return "let the case wait on the " + string(b.On) + ": " + b.Reason
	case desk.SeverityChanged:
		return "changed the severity from " + b.From.String() + " to " + b.To.String() + ": " + b.Why
	case desk.WorkaroundGiven:
		return "gave a workaround: " + b.Text
	case desk.Resolved:
		return "resolved the case: " + b.Text
	case desk.Reopened:
		return "reopened the case: " + b.Why
	}
	return ""
}

func orNothing(lead, text string) string {
	if strings.TrimSpace(text) == "" {
		return ""
	}
	return lead + text
}

// takeFirst takes what must not leave out of the first n characters of a text. A cut in the middle of a number or a
// password would leave a half that no pattern knows, so more is read than is kept.
func takeFirst(take func(string) string, s string, n int) string {
	const more = 400
	if len(s) <= n || len([]rune(s)) <= n {
		return take(s)
	}
	out := []rune(take(firstRunes(s, n+more)))
	return string(out[:max(0, len(out)-more)])
}

func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
