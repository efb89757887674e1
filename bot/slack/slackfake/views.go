package slackfake

import (
	"fmt"
	"strings"
	"time"
)

// view is a modal or an App Home as it stands open in front of somebody.
type view struct {
	id, hash, externalID string
	team, user           string
	spec                 map[string]any                       // As the app gave it.
	state                map[string]map[string]map[string]any // block_id → action_id → what the input holds.
	faults               map[string]string                    // block_id → sentence, from the last answer with errors.
	previous, root       string
	updates              int
	files                map[string][]string // Input → file ids, uploaded and not yet sent.
}

// trigger is what lets an app open a modal: for one person, once, within three seconds.
type trigger struct {
	team, user string
	at         time.Time
	used       bool
}

// triggerLife is how long a trigger id lives (vendor: 3 seconds).
const triggerLife = 3 * time.Second

// maxStack is how many modals may lie on each other.
const maxStack = 3

// newTrigger makes the id that one act of a person carries.
func (s *Server) newTrigger(team, user string) string {
	id := fmt.Sprintf("%d.%d.demo%06x", s.clock.Now().UnixMilli(), s.next(), s.number*7919)
	s.triggers[id] = &trigger{team: team, user: user, at: s.clock.Now()}
	return id
}

// pull uses a trigger id up.
func (s *Server) pull(c *call) (string, *refusal) {
	id := c.str("trigger_id")
	if id == "" {
		id = c.str("interactivity_pointer")
	}
	tr := s.triggers[id]
	switch {
	case tr == nil || tr.team != c.ID:
		return "", refuse("invalid_trigger_id")
	case tr.used:
		return "", refuse("exchanged_trigger_id")
	case s.clock.Now().Sub(tr.at) > triggerLife:
		return "", refuse("expired_trigger_id")
	}
	tr.used = true
	return tr.user, nil
}

// spec reads and checks the view of a call.
func (s *Server) spec(c *call, kind string) (map[string]any, *refusal) {
	v, ok := c.decoded("view")
	m, isObject := v.(map[string]any)
	if !ok || !isObject {
		return nil, refuse("invalid_arguments")
	}
	faults := checkView(m, kind)
	if len(faults) == 0 {
		s.numbered(items(m, "blocks"))
		return m, nil
	}
	s.problem("view: %s", strings.Join(faults, "; "))
	for _, f := range faults {
		if strings.Contains(f, viewTooLarge) {
			return nil, refuse("view_too_large")
		}
	}
	return nil, &refusal{"invalid_arguments", map[string]any{"response_metadata": map[string]any{"messages": faults}}}
}

// newView makes a view that nobody has typed into.
func (s *Server) newView(team, user string, spec map[string]any) *view {
	v := &view{id: fmt.Sprintf("V%05dDEMO", s.next()), team: team, user: user, files: map[string][]string{}}
	v.root = v.id
	v.set(s, spec)
	return v
}

// set gives a view its content. What a person has typed into an input is kept where its block_id and
// action_id stay the same; only a new input begins with its initial value.
func (v *view) set(s *Server, spec map[string]any) {
	v.spec, v.externalID, v.faults = spec, str(spec, "external_id"), nil
	v.updates++
	v.hash = fmt.Sprintf("%d.%05x", s.clock.Now().Unix(), s.next())
	old := v.state
	v.state = map[string]map[string]map[string]any{}
	for _, in := range inputs(spec) {
		held := initial(in.element)
		if was, ok := old[in.block][in.action]; ok && str(was, "type") == str(in.element, "type") {
			held = was
		}
		if v.state[in.block] == nil {
			v.state[in.block] = map[string]map[string]any{}
		}
		v.state[in.block][in.action] = held
	}
}

// json is the view as Slack gives it back.
func (v *view) json(s *Server) map[string]any {
	out := copied(v.spec)
	for k, d := range map[string]any{"private_metadata": "", "callback_id": "", "external_id": "", "clear_on_close": false, "notify_on_close": false,
		"submit": nil, "close": nil, "title": map[string]any{"type": "plain_text", "text": "View Title", "emoji": true}} {
		if _, ok := out[k]; !ok {
			out[k] = d
		}
	}
	t := s.teams[v.team]
	out["id"], out["team_id"], out["hash"], out["app_id"], out["bot_id"] = v.id, v.team, v.hash, t.AppID, t.BotID
	out["app_installed_team_id"], out["root_view_id"], out["previous_view_id"] = v.team, v.root, nil
	if v.previous != "" {
		out["previous_view_id"] = v.previous
	}
	out["state"] = map[string]any{"values": v.values(s)}
	return out
}

func stackOf(team, user string) string { return team + "/" + user }

// top is the modal that a person has in front of them.
func (s *Server) top(team, user string) *view {
	stack := s.stacks[stackOf(team, user)]
	if len(stack) == 0 {
		return nil
	}
	return stack[len(stack)-1]
}

// viewsOpen opens a modal in front of whoever the trigger belongs to. The trigger is used up only by a view
// that is accepted: a refused one may be mended and opened in the same three seconds.
func (s *Server) viewsOpen(c *call) (map[string]any, *refusal) {
	spec, no := s.spec(c, "modal")
	if no != nil {
		return nil, no
	}
	if s.taken(c.ID, str(spec, "external_id"), "") {
		return nil, refuse("duplicate_external_id")
	}
	user, no := s.pull(c)
	if no != nil {
		return nil, no
	}
	v := s.newView(c.ID, user, spec)
	s.stacks[stackOf(c.ID, user)] = []*view{v}
	return map[string]any{"view": v.json(s)}, nil
}

// viewsPush lays a modal on the one that is open.
func (s *Server) viewsPush(c *call) (map[string]any, *refusal) {
	spec, no := s.spec(c, "modal")
	if no != nil {
		return nil, no
	}
	user, no := s.pull(c)
	if no != nil {
		return nil, no
	}
	v, no := s.push(c.ID, user, spec)
	if no != nil {
		return nil, no
	}
	return map[string]any{"view": v.json(s)}, nil
}

// push lays a view on the stack. The one below stays as it was typed into, and shows again afterwards.
func (s *Server) push(team, user string, spec map[string]any) (*view, *refusal) {
	key := stackOf(team, user)
	stack := s.stacks[key]
	if len(stack) >= maxStack {
		return nil, refuse("push_limit_reached")
	}
	v := s.newView(team, user, spec)
	if len(stack) > 0 {
		v.previous, v.root = stack[len(stack)-1].id, stack[0].id
	}
	s.stacks[key] = append(stack, v)
	return v, nil
}

// taken says whether another open view of the team has that external id.
func (s *Server) taken(team, external, except string) bool {
	v := s.openView(team, "", external)
	return external != "" && v != nil && v.id != except
}

// openView finds an open view of a team by its id or its external id.
func (s *Server) openView(team, id, external string) *view {
	match := func(v *view) bool {
		return v.team == team && (id != "" && v.id == id || external != "" && v.externalID == external)
	}
	for _, stack := range s.stacks {
		for _, v := range stack {
			if match(v) {
				return v
			}
		}
	}
	for _, v := range s.homes {
		if match(v) {
			return v
		}
	}
	return nil
}

// viewsUpdate changes an open view. The hash tells whether somebody else has changed it since it was read.
func (s *Server) viewsUpdate(c *call) (map[string]any, *refusal) {
	v := s.openView(c.ID, c.str("view_id"), c.str("external_id"))
	if v == nil {
		return nil, refuse("not_found")
	}
	if h := c.str("hash"); h != "" && h != v.hash {
		return nil, refuse("hash_conflict")
	}
	spec, no := s.spec(c, str(v.spec, "type"))
	if no != nil {
		return nil, no
	}
	if s.taken(c.ID, str(spec, "external_id"), v.id) {
		return nil, refuse("duplicate_external_id")
	}
	v.set(s, spec)
	return map[string]any{"view": v.json(s)}, nil
}

// viewsPublish sets the App Home of one person.
func (s *Server) viewsPublish(c *call) (map[string]any, *refusal) {
	u := s.users[c.str("user_id")]
	if u == nil || u.team != c.ID {
		return nil, refuse("user_not_found")
	}
	spec, no := s.spec(c, "home")
	if no != nil {
		return nil, no
	}
	key := stackOf(c.ID, u.id)
	v := s.homes[key]
	if h := c.str("hash"); v != nil && h != "" && h != v.hash {
		return nil, refuse("hash_conflict")
	}
	if v == nil {
		v = s.newView(c.ID, u.id, spec)
		s.homes[key] = v
	} else {
		v.set(s, spec)
	}
	return map[string]any{"view": v.json(s)}, nil
}
