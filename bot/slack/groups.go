package slack

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"casebot/desk"
)

// groupsEvery is how often the user groups are read again without a reason. Slack tells of a change in them
// (subteam_members_changed, subteam_updated), and then they are read at once.
const groupsEvery = 5 * time.Minute

// groupsAgain is how long to wait after they could not be read; who acts meanwhile has what was read last.
const groupsAgain = 10 * time.Second

// byGroup says whether a home of the workspace gives roles by user groups.
func (t *team) byGroup() bool {
	return slices.ContainsFunc(t.homes, func(h desk.Home) bool { return len(h.Roles) > 0 })
}

// extras are the parts of the manifest that a workspace needs beyond what every workspace does.
func (t *team) extras() []Extra {
	if t.byGroup() {
		return []Extra{UserGroups}
	}
	return nil
}

// groupsOf are the ids and handles of somebody's user groups, where a home of their workspace gives roles at
// the desk by them. People who are listed have the roles of the list.
func (p *Platform) groupsOf(ctx context.Context, a desk.Account) []string {
	workspace, user := splitAccount(a)
	t := p.team(workspace)
	if t == nil || !t.byGroup() || p.listed(a) {
		return nil
	}
	t.mu.Lock()
	groups, next := t.groups, t.groupsNext
	t.mu.Unlock()
	if groups == nil && p.Clock.Now().After(next) {
		ask, cancel := context.WithTimeout(ctx, time.Second)
		defer cancel()
		groups = p.readGroups(ask, t)
	}
	return groups[user]
}

// readGroups reads the user groups of a workspace, and gives who is in which by id and by handle. Where they
// can't be read, those that were read last stay.
func (p *Platform) readGroups(ctx context.Context, t *team) map[string][]string {
	all, err := t.web().GetUserGroupsContext(ctx, api.GetUserGroupsOptionIncludeUsers(true))
	now := p.Clock.Now()
	if err != nil {
		p.Log.Warn("the user groups of a workspace could not be read", "workspace", t.id, "err", explained(err, codeOf(err)))
		t.mu.Lock()
		defer t.mu.Unlock()
		t.groupsNext = now.Add(groupsAgain)
		return t.groups
	}
	groups := map[string][]string{}
	for _, g := range all {
		for _, user := range g.Users {
			groups[user] = append(groups[user], g.ID, g.Handle)
		}
	}
	t.set(func(t *team) { t.groups, t.groupsNext = groups, now.Add(groupsEvery) })
	return groups
}

// keepGroups reads the user groups again when it is time.
func (p *Platform) keepGroups(ctx context.Context, t *team) {
	t.mu.Lock()
	due := t.byGroup() && !p.Clock.Now().Before(t.groupsNext)
	t.mu.Unlock()
	if due {
		p.readGroups(ctx, t)
	}
}

// checkGroups looks at the user groups by which the homes of a workspace give roles.
func (p *Platform) checkGroups(ctx context.Context, t *team) []Finding {
	if !t.byGroup() {
		return nil
	}
	all, err := t.web().GetUserGroupsContext(ctx, api.GetUserGroupsOptionIncludeUsers(true), api.GetUserGroupsOptionIncludeDisabled(true))
	if err != nil {
		return []Finding{{What: fmt.Sprintf("Slack workspace %s: the user groups can be read", t.id), Do: oneLine(explained(err, codeOf(err)).Error())}}
	}
	var out []Finding
	for _, h := range t.homes {
		for _, name := range slices.Sorted(maps.Keys(h.Roles)) {
			f := Finding{What: fmt.Sprintf("home %s: the user group %s makes its people %s", h.ID, name, strings.ReplaceAll(string(h.Roles[name]), "_", " "))}
			i := slices.IndexFunc(all, func(g api.UserGroup) bool { return g.ID == name || g.Handle == name })
			switch {
			case i < 0:
				f.Do = "the workspace has no user group with that handle or id; make it in Slack (People, User groups), or mend roles in casebot.yaml. Write the handle without @"
			case all[i].DateDelete != 0:
				f.Do = "the user group is disabled; enable it in Slack (People, User groups), or name another under roles in casebot.yaml"
			case len(all[i].Users) == 0:
				f.Do, f.Warn = "nobody is in it yet; add people in Slack", true
			}
			out = append(out, f)
		}
	}
	return out
}

// checkGuests finds the homes that give roles by user groups of a workspace in which the app is not.
func (p *Platform) checkGuests() []Finding {
	var out []Finding
	for _, h := range p.Dir.Homes {
		if h.Platform == Name && len(h.Roles) > 0 && p.team(h.Workspace) == nil {
			out = append(out, Finding{What: fmt.Sprintf("home %s: its user groups give roles", h.ID),
				Do: "the app is not installed in workspace " + h.Workspace + ", so its user groups can't be read; install it there, or list the people under people in casebot.yaml"})
		}
	}
	return out
}
