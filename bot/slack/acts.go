package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
)

// slash is a slash command.
type slash struct {
	TeamID      string `json:"team_id"`
	ChannelID   string `json:"channel_id"`
	UserID      string `json:"user_id"`
	UserName    string `json:"user_name"`
	Text        string `json:"text"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`

	seal string // The signature it came with, which no other request bears; empty by Socket Mode.
}

// id is what a command is done once by. A trigger is a command's own; where the sender gave none, or the
// same to several lines, the words and the signature tell them apart.
func (c *slash) id() string {
	sum := fnv1a(fnvStart, c.UserID, "/", c.ChannelID, "/", c.Text)
	if c.TriggerID == "" {
		sum = fnv1a(sum, "/", c.seal)
	}
	return "c/" + c.TriggerID + "/" + strconv.FormatUint(sum, 36)
}

// fnvStart is the sum of nothing.
const fnvStart = 14695981039346656037

// fnv1a goes on with a sum of hash/fnv's New64a, which takes bytes and so would have each text copied.
func fnv1a(sum uint64, texts ...string) uint64 {
	for _, text := range texts {
		for i := range len(text) {
			sum = (sum ^ uint64(text[i])) * 1099511628211
		}
	}
	return sum
}

// interactive is a press, a form, or a message that was picked.
type interactive struct {
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	TriggerID   string `json:"trigger_id"`
	ResponseURL string `json:"response_url"`
	Team        struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID     string `json:"id"`
		Name   string `json:"name"`
		TeamID string `json:"team_id"`
	} `json:"user"`
	Channel struct {
		ID string `json:"id"`
	} `json:"channel"`
	Container struct {
		Type      string `json:"type"`
		MessageTS string `json:"message_ts"`
		ThreadTS  string `json:"thread_ts"`
		ChannelID string `json:"channel_id"`
		Ephemeral bool   `json:"is_ephemeral"`
	} `json:"container"`
	Message *event `json:"message"`
	Actions []struct {
		Type     string `json:"type"`
		ActionID string `json:"action_id"`
		BlockID  string `json:"block_id"`
		Value    string `json:"value"`
		ActionTS string `json:"action_ts"`
	} `json:"actions"`
	View struct {
		ID              string            `json:"id"`
		Type            string            `json:"type"`
		Hash            string            `json:"hash"`
		CallbackID      string            `json:"callback_id"`
		PrivateMetadata string            `json:"private_metadata"`
		Blocks          []json.RawMessage `json:"blocks"`
		State           struct {
			Values map[string]map[string]answerIn `json:"values"`
		} `json:"state"`
	} `json:"view"`
	IsEnterprise bool `json:"is_enterprise_install"`
}

// answerIn is what one input of a view holds.
type answerIn struct {
	Type     string           `json:"type"`
	Value    string           `json:"value"`
	Selected *selectedOption  `json:"selected_option"`
	Several  []selectedOption `json:"selected_options"`
	Files    []fileIn         `json:"files"`
}

type selectedOption struct {
	Value string `json:"value"`
}

// command answers a slash command with what its response carries; nil: nothing is shown. A form is opened
// before this returns, while the trigger lives.
func (p *Platform) command(ctx context.Context, allowed []*team, c slash) any {
	defer p.caught("a command")
	t := among(allowed, c.TeamID)
	if t == nil {
		return nil
	}
	in := &bot.Interaction{ID: c.id(), Kind: bot.Command, Account: p.account(ctx, t, c.UserID, c.TeamID), Home: p.homeAt(t, c.ChannelID).ID,
		Channel: p.alias(c.ChannelID), Text: p.commandWords(t, c.Text), Name: c.UserName, Direct: strings.HasPrefix(c.ChannelID, "D"), At: p.Clock.Now()}
	at := p.place(t, in)
	at.trigger, at.response, at.user = c.TriggerID, c.ResponseURL, c.UserID
	a := p.inTime(ctx, at, in)
	if a.Message == nil || a.Public || a.Form != nil || len(a.Message.Files) > 0 || at.loading != "" {
		p.show(ctx, at, in, a)
		return nil
	}
	return p.ephemeral(at, *a.Message, in.Person)
}

// interaction takes in a press, a form or a picked message, and gives what its response carries.
func (p *Platform) interaction(ctx context.Context, allowed []*team, x *interactive) any {
	defer p.caught("an interaction")
	t := among(allowed, x.Team.ID)
	if t == nil {
		// In a Slack Connect channel the team is the person's, who may be of a workspace that is none of ours.
		if t = p.teamOfChannel(allowed, x.Channel.ID); t == nil {
			return nil
		}
	}
	switch x.Type {
	case "block_actions":
		if x.View.CallbackID == formID {
			p.refreshed(t, x)
			return nil
		}
		p.pressed(t, x)
	case "view_submission":
		if x.View.CallbackID == formID {
			return p.submitted(ctx, t, x)
		}
	case "message_action":
		p.picked(t, x)
	}
	return nil
}

// teamOfChannel is the workspace whose home names a channel; where only one comes into question it is that one.
func (p *Platform) teamOfChannel(allowed []*team, channel string) *team {
	channel = p.alias(channel)
	if len(allowed) == 1 {
		return allowed[0]
	}
	for _, t := range allowed {
		for _, h := range t.homes {
			if channel != "" && (h.Cases == channel || h.Review == channel) {
				return t
			}
		}
	}
	return nil
}

// by fills in who acts, and where.
func (p *Platform) by(ctx context.Context, t *team, x *interactive, kind bot.InteractionKind) *bot.Interaction {
	channel, ts, root := x.Container.ChannelID, x.Container.MessageTS, x.Container.ThreadTS
	if channel == "" {
		channel = x.Channel.ID
	}
	if x.Message != nil {
		if ts == "" {
			ts = x.Message.TS
		}
		if root == "" {
			root = x.Message.ThreadTS
		}
	}
	in := &bot.Interaction{Kind: kind, Account: p.account(ctx, t, x.User.ID, x.User.TeamID), Name: x.User.Name, Home: p.homeAt(t, channel).ID, Channel: p.alias(channel),
		Direct: strings.HasPrefix(channel, "D"), At: p.Clock.Now()}
	if ts != "" && channel != "" {
		in.Message = p.refAt(t, channel, ts)
	}
	if root != "" && root != ts && channel != "" {
		in.Thread = p.refAt(t, channel, root)
	}
	return in
}

// pressed carries out a press after Slack had its answer: a press shows nothing by itself.
func (p *Platform) pressed(t *team, x *interactive) {
	if len(x.Actions) == 0 || x.Actions[0].Value == "" {
		return // A link was followed.
	}
	p.spawn("a press", func(ctx context.Context) {
		in := p.by(ctx, t, x, bot.Press)
		in.ID, in.Text = "a/"+x.TriggerID, x.Actions[0].Value
		if x.TriggerID == "" {
			in.ID = fmt.Sprintf("a/%s/%s/%s", x.User.ID, x.Container.MessageTS, x.Actions[0].ActionTS)
		}
		at := p.place(t, in)
		at.trigger, at.response, at.user = x.TriggerID, x.ResponseURL, x.User.ID
		p.show(ctx, at, in, p.inTime(ctx, at, in))
	})
}

// picked opens the form of a new case from a message, with its words and files.
func (p *Platform) picked(t *team, x *interactive) {
	p.spawn("a picked message", func(ctx context.Context) {
		in := p.by(ctx, t, x, bot.Picked)
		in.ID = "p/" + x.TriggerID
		if m := x.Message; m != nil {
			m.spell()
			in.Text, _ = p.plainWords(t, m.Text)
			in.Files = p.filesIn(t, m.Files)
			in.At = timeOf(m.TS)
		}
		at := p.place(t, in)
		at.trigger, at.response, at.user = x.TriggerID, x.ResponseURL, x.User.ID
		p.show(ctx, at, in, p.inTime(ctx, at, in))
	})
}

// visited shows somebody their page with the desk.
func (p *Platform) visited(ctx context.Context, t *team, e *event, id string) {
	in := &bot.Interaction{ID: "h/" + id, Kind: bot.Visited, Account: p.account(ctx, t, e.User, ""), Home: t.homes[0].ID, Direct: true, At: p.Clock.Now()}
	in.Name = p.nameOfUser(ctx, t, e.User, in.Account)
	if a := p.hand(ctx, in); a.Message != nil {
		p.publish(ctx, t, e.User, *a.Message, in.Person)
	}
}

// filled reads a form's answers out of a view: the values by field, the files, and what the view showed.
func (p *Platform) filled(t *team, x *interactive, in *bot.Interaction) (formMeta, *seenView) {
	var meta formMeta
	if err := json.Unmarshal([]byte(x.View.PrivateMetadata), &meta); err != nil {
		p.Log.Warn("a form came back without what it carries", "err", err)
	}
	seen := &seenView{ids: map[string]string{}, typed: map[string]string{}}
	in.Form, in.Case, in.Draft, in.Values = meta.Form, meta.Case, meta.Draft, map[string]string{}
	in.Home, in.Channel, in.Direct = meta.Home, meta.Channel, meta.Direct
	if meta.Thread != "" && meta.Channel != "" {
		in.Thread = p.refAt(t, meta.Channel, meta.Thread)
	}
	for k, v := range meta.Hidden {
		in.Values[k] = v
	}
	parts := map[string]map[int]string{}
	for id, inner := range x.View.State.Values {
		key, piece := keyOf(id)
		for _, a := range inner {
			if piece == 0 {
				seen.ids[key] = id
			}
			in.Files = append(in.Files, p.filesIn(t, a.Files)...)
			if parts[key] == nil {
				parts[key] = map[int]string{}
			}
			parts[key][piece] = a.text()
		}
	}
	for key, pieces := range parts {
		var b strings.Builder
		for i := range len(pieces) {
			b.WriteString(pieces[i])
		}
		in.Values[key], seen.typed[key] = b.String(), b.String()
	}
	return meta, seen
}

// text is an answer as the desk takes it.
func (a answerIn) text() string {
	switch {
	case a.Selected != nil:
		return a.Selected.Value
	case len(a.Several) > 0:
		var out []string
		for _, o := range a.Several {
			out = append(out, o.Value)
		}
		return strings.Join(out, ",")
	}
	return a.Value
}

// openAfter is how long the desk may take before a form's place is held: a trigger lives three seconds.
const openAfter = 1200 * time.Millisecond
