package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"casebot/bot"
	"casebot/desk"
)

// Submit fills in the open modal and sends it. Fields that report their changes come first, each followed
// by the app's update of the view, for a field may only be there after that. What Slack's client does not
// send, because a required field is empty, stays open with its own sentence beside the field.
func (w *workspace) Submit(ctx context.Context, by desk.Person, values map[string]string, files []bot.File) error {
	keys := slices.Sorted(maps.Keys(values))
	done := map[string]bool{}
	for {
		w.s.mu.Lock()
		v := w.dialogOf(by)
		if v == nil {
			w.s.mu.Unlock()
			return errors.New("no dialog is open")
		}
		env, key, err := w.nextLive(v, keys, values, done)
		if err != nil {
			w.s.mu.Unlock()
			return err
		}
		if env == nil {
			env, err = w.send(v, keys, values, done, files)
			w.s.mu.Unlock()
			if err != nil || env == nil {
				return err
			}
			if err := w.s.through(ctx, env); err != nil {
				return fmt.Errorf("we had some trouble connecting, try again: %w", err)
			}
			return nil
		}
		done[key] = true
		w.s.mu.Unlock()
		if err := w.s.through(ctx, env); err != nil {
			return err
		}
		w.s.Settle() // A person waits for the form to change before going on.
	}
}

// nextLive fills in the next field that reports its changes and makes the block_actions of it.
func (w *workspace) nextLive(v *view, keys []string, values map[string]string, done map[string]bool) (*envelope, string, error) {
	for _, key := range keys {
		in, ok := findInput(v, key)
		if !ok || done[key] || !in.live {
			continue
		}
		changed, err := w.s.fillAll(v, in, values[key])
		if err != nil {
			return nil, "", err
		}
		done[key] = true
		if changed {
			return w.s.changedInView(v, in), key, nil
		}
	}
	return nil, "", nil
}

// changedInView sends the block_actions of an input of a view; the lock is held.
func (s *Server) changedInView(v *view, in input) *envelope {
	t, u := s.teams[v.team], s.users[v.user]
	env := s.interaction(t, u, map[string]any{"type": "block_actions", "team": map[string]any{"id": u.team, "domain": strings.ToLower(u.team)},
		"container": map[string]any{"type": "view", "view_id": v.id}, "view": v.json(s),
		"actions": []any{s.action(map[string]any{"block_id": in.block}, in.element, v.state[in.block][in.action])}})
	s.dispatch(t, env)
	return env
}

// send fills in what is left and sends the view; nil when the client keeps it back.
func (w *workspace) send(v *view, keys []string, values map[string]string, done map[string]bool, files []bot.File) (*envelope, error) {
	for _, key := range keys {
		if done[key] {
			continue
		}
		in, ok := findInput(v, key)
		if !ok {
			return nil, fmt.Errorf("the dialog %q has no field %q", str(v.spec, "title", "text"), key)
		}
		if _, err := w.s.fillAll(v, in, values[key]); err != nil {
			return nil, err
		}
	}
	if err := w.s.attach(v, files); err != nil {
		return nil, err
	}
	if len(inputs(v.spec)) > 0 && str(v.spec, "submit", "text") == "" {
		return nil, errors.New("the dialog has no button that sends it")
	}
	if v.faults = w.s.incomplete(v); len(v.faults) > 0 {
		return nil, nil
	}
	t, u := w.s.teams[v.team], w.s.users[v.user]
	env := w.s.interaction(t, u, map[string]any{"type": "view_submission", "team": map[string]any{"id": u.team, "domain": strings.ToLower(u.team)},
		"view": v.json(w.s), "response_urls": []any{}})
	env.onAnswer = func(raw json.RawMessage) { w.s.submitted(v, raw) }
	w.s.dispatch(t, env)
	return env, nil
}

// attach uploads files into the first file input, which keeps to its number and kinds of file.
func (s *Server) attach(v *view, files []bot.File) error {
	if len(files) == 0 {
		return nil
	}
	all := inputs(v.spec)
	i := slices.IndexFunc(all, func(in input) bool { return str(in.element, "type") == "file_input" })
	if i < 0 {
		return errors.New("the dialog takes no files")
	}
	key, most := all[i].block+"/"+all[i].action, 10
	if n, ok := all[i].element["max_files"].(float64); ok {
		most = int(n)
	}
	if len(v.files[key])+len(files) > most {
		return fmt.Errorf("the dialog takes %d files at most", most)
	}
	for _, x := range files {
		kinds := items(all[i].element, "filetypes")
		kind := strings.ToLower(x.Name[strings.LastIndex(x.Name, ".")+1:])
		if len(kinds) > 0 && !slices.Contains(kinds, any(kind)) {
			return fmt.Errorf("the dialog takes no .%s files", kind)
		}
		f := s.newFile(s.teamOf(v.user), v.user, x.Name, x.Type, len(x.Data))
		f.data, f.uploaded, f.shared = x.Data, true, true
		v.files[key] = append(v.files[key], f.id)
	}
	return nil
}

// submitted does what the answer to a view_submission says; the lock is held. No answer closes the view,
// and the one below it shows again.
func (s *Server) submitted(v *view, raw json.RawMessage) {
	var body map[string]any
	if len(raw) > 0 && string(raw) != "null" {
		if err := json.Unmarshal(raw, &body); err != nil {
			s.problem("view_submission: the answer is no object: %.100s", raw)
			return
		}
	}
	key := stackOf(v.team, v.user)
	switch action := str(body, "response_action"); action {
	case "":
		s.stacks[key] = slices.DeleteFunc(s.stacks[key], func(x *view) bool { return x == v })
	case "clear":
		delete(s.stacks, key)
	case "errors":
		s.refused(v, obj(body, "errors"))
	case "update", "push":
		spec := obj(body, "view")
		if faults := checkView(spec, "modal"); len(faults) > 0 {
			s.problem("view_submission: %s", strings.Join(faults, "; "))
			return
		}
		s.numbered(items(spec, "blocks"))
		if action == "update" {
			v.set(s, spec)
		} else if _, no := s.push(v.team, v.user, spec); no != nil {
			s.problem("view_submission: %s", no.code)
		}
	default:
		s.problem("view_submission: there is no response_action %q", action)
	}
}

// refused shows errors beside their fields. A key that is no input's block_id shows nothing in Slack and is
// a mistake of the app's.
func (s *Server) refused(v *view, errs map[string]any) {
	v.faults = map[string]string{}
	if len(errs) == 0 {
		s.problem("view_submission: errors without any")
	}
	for block := range errs {
		known := slices.ContainsFunc(inputs(v.spec), func(in input) bool { return in.block == block && in.label != "" })
		if !known {
			s.problem("view_submission: an error for %q, which is no input", block)
		}
		v.faults[block] = str(errs, block)
	}
}

// CloseView closes the modal that lies on top in front of somebody, as by its cross. The app is told when
// the view asked for it.
func (s *Server) CloseView(ctx context.Context, user string) error {
	s.mu.Lock()
	var env *envelope
	for team, t := range s.teams {
		v := s.top(team, user)
		if v == nil {
			continue
		}
		key := stackOf(team, user)
		cleared := yes(v.spec, "clear_on_close")
		if s.stacks[key] = s.stacks[key][:len(s.stacks[key])-1]; cleared {
			delete(s.stacks, key)
		}
		if yes(v.spec, "notify_on_close") {
			u := s.users[user]
			env = s.interaction(t, u, map[string]any{"type": "view_closed", "team": describeTeam(s.teams[u.team]), "view": v.json(s), "is_cleared": cleared})
			delete(env.Payload, "trigger_id")
			s.dispatch(t, env)
		}
	}
	s.mu.Unlock()
	if env == nil {
		return nil
	}
	return s.through(ctx, env)
}

// Type is a person typing into a question of the modal in front of them: what it holds then goes to the app when
// the question asks to be told of every character, and nobody waits for what the app makes of it.
func (s *Server) Type(team, user, key, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.top(team, user)
	if v == nil {
		return errors.New("no dialog is open")
	}
	in, ok := findInput(v, key)
	if !ok {
		return fmt.Errorf("the dialog has no field %q", key)
	}
	changed, err := s.fillAll(v, in, value)
	if err != nil || !changed || !in.live || !slices.Contains(items(in.element, "dispatch_action_config", "trigger_actions_on"), any("on_character_entered")) {
		return err
	}
	s.changedInView(v, in)
	return nil
}
