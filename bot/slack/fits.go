package slack

import (
	"context"
	"encoding/json"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
)

// fits gives an answer back when an acknowledgement can carry it. A larger one goes to the command's own
// address, where there is room for it.
func (p *Platform) fits(ctx context.Context, response string, answer any) any {
	raw, err := json.Marshal(answer)
	if answer == nil || err != nil || len(raw) < maxAck {
		return answer
	}
	if response == "" {
		return nil
	}
	if err := p.respond(ctx, response, answer); err != nil {
		p.Log.Warn("a long answer could not be given", "err", err)
	}
	return nil
}

// fitsView does the same for a view: a small one holds its place until the large one is put there.
func (p *Platform) fitsView(teams []*team, x *interactive, answer any) any {
	raw, err := json.Marshal(answer)
	if answer == nil || err != nil || len(raw) < maxAck {
		return answer
	}
	var body struct {
		View *api.ModalViewRequest `json:"view"`
	}
	if json.Unmarshal(raw, &body) != nil || body.View == nil {
		return map[string]any{"response_action": "clear"}
	}
	t := among(teams, x.Team.ID)
	if t == nil {
		t = teams[0]
	}
	p.spawn("a large view", func(ctx context.Context) {
		// The acknowledgement is on its way; until Slack has it the view can't be changed.
		time.Sleep(200 * time.Millisecond)
		err := p.patient(ctx, func() error {
			_, err := t.web().UpdateViewContext(ctx, *body.View, "", "", x.View.ID)
			return err
		})
		if err != nil {
			p.Log.Warn("a large form could not be shown", "err", err)
		}
	})
	return map[string]any{"response_action": "update", "view": waiting()}
}

// waiting is the view that holds the place of what comes.
func waiting() api.ModalViewRequest {
	return view(bot.Form{Title: "One moment", Intro: []bot.Block{bot.P(bot.T("The answer comes here."))}}, formMeta{}, reader{}, nil)
}
