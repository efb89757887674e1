package slack

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// submitted answers a sent form while Slack waits: the view closes, or stays with its errors.
func (p *Platform) submitted(ctx context.Context, t *team, x *interactive) any {
	in := p.by(ctx, t, x, bot.Submit)
	meta, seen := p.filled(t, x, in)
	in.ID = "v/" + x.TriggerID
	if x.TriggerID == "" {
		in.ID = "v/" + x.View.ID + "/" + x.View.Hash
	}
	at := p.place(t, in)
	at.trigger, at.user, at.view = x.TriggerID, x.User.ID, x.View.ID
	sent := p.sending(x.View.ID)
	if len(in.Files) > 0 {
		return p.submittedWithFiles(ctx, t, *at, in, x, meta, seen, sent)
	}
	return p.submitAnswer(t, p.handSent(ctx, in, sent), at, in, x, meta, seen)
}

// handSent hands in a sent form, after a change of it that the desk is just looking at: that would keep a draft of
// what is being filed.
func (p *Platform) handSent(ctx context.Context, in *bot.Interaction, sent *refresher) bot.Answer {
	sent.desk.Lock()
	defer sent.desk.Unlock()
	return p.hand(ctx, in)
}

// submittedWithFiles answers a sent form whose files may take longer to read than Slack waits. Then its place is
// held by a view in which the answer comes; what is refused comes back as the form, with everything typed.
func (p *Platform) submittedWithFiles(ctx context.Context, t *team, at spot, in *bot.Interaction, x *interactive, meta formMeta, seen *seenView, sent *refresher) any {
	done := make(chan bot.Answer, 1)
	p.spawn("a form with files", func(context.Context) {
		var a bot.Answer
		defer func() { done <- a }()
		defer p.caught("a form with files")
		a = p.handSent(ctx, in, sent)
	})
	late := time.NewTimer(submitWithin)
	defer late.Stop()
	select {
	case a := <-done:
		return p.submitAnswer(t, a, &at, in, x, meta, seen)
	case <-late.C:
	}
	at.loading, at.trigger = x.View.ID, ""
	p.spawn("a form with large files", func(ctx context.Context) {
		a := <-done
		if a.Form == nil && !a.Done && a.Message != nil && keepsOpen(a) {
			again := *in
			again.Kind, again.Files, again.ID = bot.Refresh, nil, "r/"+in.ID
			if b := p.hand(ctx, &again); b.Form != nil {
				b.Form.Intro = append(append([]bot.Block{}, a.Message.Blocks...), b.Form.Intro...)
				a = bot.Answer{Form: b.Form}
			}
		}
		if a.Form != nil && a.Message != nil {
			p.private(ctx, &at, *a.Message, in.Person)
			a.Message = nil
		}
		p.show(ctx, &at, in, a)
	})
	return map[string]any{"response_action": "update", "view": waiting()}
}

// submitWithin is how long the answer to a sent form may take before its place is held.
const submitWithin = 2 * time.Second

// submitAnswer is what answers a sent form: the view closes, or stays with its errors.
func (p *Platform) submitAnswer(t *team, a bot.Answer, at *spot, in *bot.Interaction, x *interactive, meta formMeta, seen *seenView) any {
	who := in.Person
	if a.Form == nil {
		if !a.Done && a.Message != nil && keepsOpen(a) {
			return p.stays(*at, meta, seen, *a.Message, x, who)
		}
		p.spawn("the answer to a form", func(ctx context.Context) { p.show(ctx, at, in, a) })
		return map[string]any{"response_action": "clear"}
	}
	if a.Message != nil {
		message := a
		message.Form = nil
		p.spawn("the answer to a form", func(ctx context.Context) { p.show(ctx, at, in, message) })
	}
	if errs := onlyErrors(*a.Form, seen); len(errs) > 0 && a.Form.Name == meta.Form {
		return map[string]any{"response_action": "errors", "errors": errs}
	}
	if a.Form.Name != meta.Form {
		seen = nil // Another form: nothing of this one is in it.
	}
	v := view(*a.Form, meta, p.reader(t, p.homeAt(t, meta.Channel), who), seen)
	return map[string]any{"response_action": "update", "view": v}
}

// keepsOpen says whether an answer to a form is a refusal, after which the form must stay: what was typed
// would be lost with it.
func keepsOpen(a bot.Answer) bool {
	return a.Message.Tone == bot.ToneWarn || a.Message.Tone == bot.ToneBad
}

// stays shows a refusal beside the first question of a form that stays as it is.
func (p *Platform) stays(at spot, meta formMeta, seen *seenView, m bot.Message, x *interactive, who desk.Person) any {
	say, _ := clip(oneLine(bot.PlainText(m, p.zoneOf(p.homeAt(at.team, meta.Channel), who))), maxFieldText)
	for _, raw := range x.View.Blocks {
		var b struct {
			Type    string `json:"type"`
			BlockID string `json:"block_id"`
		}
		if json.Unmarshal(raw, &b) == nil && b.Type == "input" {
			return map[string]any{"response_action": "errors", "errors": map[string]string{b.BlockID: say}}
		}
	}
	for _, id := range seen.ids {
		return map[string]any{"response_action": "errors", "errors": map[string]string{id: say}}
	}
	return nil
}

// onlyErrors gives the sentences by input when a form comes back as it was but for them: then Slack shows
// each beside its field and leaves what is typed alone.
func onlyErrors(f bot.Form, seen *seenView) map[string]string {
	out := map[string]string{}
	for _, q := range f.Fields {
		id, there := seen.ids[q.Key]
		if !there {
			return nil
		}
		if q.Kind != bot.AskFiles && strings.TrimSpace(q.Value) != strings.TrimSpace(seen.typed[q.Key]) {
			return nil
		}
		if q.Error != "" {
			out[id], _ = clip(q.Error, maxFieldText)
		}
	}
	return out
}
