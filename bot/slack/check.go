package slack

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	api "github.com/slack-go/slack"
)

// Finding is one line of a check: what was looked at, and what to do when it is not in order.
type Finding struct {
	What string
	Do   string // Empty: it is in order.
	Warn bool   // It is worth a look, and nothing is broken by it.
}

// Check looks at every workspace by asking Slack: the token, its scopes, and whether the app is in its
// channels and its user groups are there. It changes nothing; CheckEvents looks whether events arrive.
func (p *Platform) Check(ctx context.Context) []Finding {
	var out []Finding
	for _, t := range p.teams {
		out = append(out, p.checkTeam(ctx, t)...)
	}
	return append(out, p.checkGuests()...)
}

func (p *Platform) checkTeam(ctx context.Context, t *team) []Finding {
	if err := p.identify(ctx, t); err != nil {
		return []Finding{{What: "Slack workspace " + t.id, Do: err.Error()}}
	}
	out := []Finding{{What: fmt.Sprintf("Slack workspace %s: the bot token is good", t.id)}}
	granted, err := p.granted(ctx, t)
	asked := Scopes(t.extras()...)
	lacking, idle := without(asked, granted), without(granted, Scopes(UserGroups))
	scopes := Finding{What: fmt.Sprintf("Slack workspace %s: %d of %d scopes are granted", t.id, len(asked)-len(lacking), len(asked))}
	switch {
	case err != nil:
		scopes.Do = err.Error()
	case len(lacking) > 0:
		scopes.Do = "add " + strings.Join(lacking, ", ") + ": paste the manifest again (casebot slack manifest) and reinstall the app"
	case len(idle) > 0:
		scopes.What += ", and more than it uses"
		scopes.Do, scopes.Warn = "take "+strings.Join(idle, ", ")+" away: paste the manifest again (casebot slack manifest) and reinstall the app", true
	}
	out = append(out, scopes)
	if t.tokens.App != "" {
		f := Finding{What: fmt.Sprintf("Slack workspace %s: Socket Mode opens", t.id)}
		if _, _, err := t.web().StartSocketModeContext(ctx); err != nil {
			f.Do = "the app-level token does not open a connection (" + err.Error() + "); make one with connections:write and turn Socket Mode on"
		}
		out = append(out, f)
	}
	for _, h := range t.homes {
		seen := map[string]bool{}
		for _, channel := range []string{h.Cases, h.Review} {
			if channel == "" || seen[channel] {
				continue
			}
			seen[channel] = true
			f := Finding{What: fmt.Sprintf("home %s: the app is in channel %s", h.ID, channel)}
			c, err := t.web().GetConversationInfoContext(ctx, &api.GetConversationInfoInput{ChannelID: channel})
			switch {
			case err != nil:
				f.Do = explained(err, codeOf(err)).Error()
			case c.IsArchived:
				f.Do = "the channel is archived; bring it back, or name another in casebot.yaml"
			case !c.IsMember:
				f.Do = "invite it there: /invite @" + t.botName
			}
			f.Do = oneLine(f.Do)
			out = append(out, f)
		}
	}
	return append(out, p.checkGroups(ctx, t)...)
}

// without are the members of a list that another does not have.
func without(list, other []string) []string {
	var out []string
	for _, x := range list {
		if x != "" && !slices.Contains(other, x) {
			out = append(out, x)
		}
	}
	return out
}

// granted are the scopes that the token has, which Slack tells in a header of every answer.
func (p *Platform) granted(ctx context.Context, t *team) ([]string, error) {
	var mu sync.Mutex
	var scopes string
	client := api.New(t.token(), api.OptionAPIURL(p.APIURL), api.OptionHTTPClient(p.http), api.OptionOnResponseHeaders(func(_ string, h http.Header) {
		mu.Lock()
		defer mu.Unlock()
		if v := h.Get("X-OAuth-Scopes"); v != "" {
			scopes = v
		}
	}))
	if _, err := client.AuthTestContext(ctx); err != nil {
		return nil, err
	}
	mu.Lock()
	defer mu.Unlock()
	var out []string
	for _, s := range strings.Split(scopes, ",") {
		out = append(out, strings.TrimSpace(s))
	}
	return out, nil
}
