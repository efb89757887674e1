package slackfake

import (
	"maps"
	"slices"
)

// input is one element of a view that holds what a person typed or chose.
type input struct {
	block, action string
	label, hint   string
	optional      bool
	live          bool // Reports every change to the app (dispatch_action).
	element       map[string]any
}

// inputs are the input blocks of a view, and the elements of other blocks that keep a state.
func inputs(spec map[string]any) []input {
	var out []input
	for _, b := range objects(spec, "blocks") {
		if str(b, "type") == "input" {
			e := obj(b, "element")
			out = append(out, input{str(b, "block_id"), str(e, "action_id"), str(b, "label", "text"), str(b, "hint", "text"), yes(b, "optional"), yes(b, "dispatch_action"), e})
			continue
		}
		for _, e := range append(objects(b, "elements"), obj(b, "accessory")) {
			if t := str(e, "type"); t != "" && t != "button" && t != "overflow" && str(e, "action_id") != "" {
				out = append(out, input{block: str(b, "block_id"), action: str(e, "action_id"), optional: true, live: true, element: e})
			}
		}
	}
	return out
}

// initial is the state of an input that nobody has touched.
func initial(e map[string]any) map[string]any {
	held := map[string]any{"type": e["type"]}
	for from, to := range map[string]string{"initial_value": "value", "initial_option": "selected_option", "initial_options": "selected_options",
		"initial_date": "selected_date", "initial_time": "selected_time", "initial_date_time": "selected_date_time", "initial_user": "selected_user",
		"initial_conversation": "selected_conversation", "initial_channel": "selected_channel"} {
		if v, ok := e[from]; ok {
			held[to] = v
		}
	}
	switch str(e, "type") { // An empty input is there with null or an empty list, and not left out.
	case "plain_text_input":
		fill(held, "value", nil)
	case "static_select", "radio_buttons":
		fill(held, "selected_option", nil)
	case "multi_static_select", "checkboxes":
		fill(held, "selected_options", []any{})
	case "datetimepicker":
		fill(held, "selected_date_time", nil)
	case "file_input":
		fill(held, "files", []any{})
	}
	return held
}

func fill(m map[string]any, key string, v any) {
	if _, ok := m[key]; !ok {
		m[key] = v
	}
}

// values is the state as it is sent with a view. A file input carries whole file objects.
func (v *view) values(s *Server) map[string]any {
	out := map[string]any{}
	for block, actions := range v.state {
		held := map[string]any{}
		for action, state := range actions {
			state = maps.Clone(state)
			if str(state, "type") == "file_input" {
				files := []any{}
				for _, id := range v.files[block+"/"+action] {
					if f := s.files[id]; f != nil {
						files = append(files, f.json(s, v.team))
					}
				}
				state["files"] = files
			}
			held[action] = state
		}
		out[block] = held
	}
	return out
}

// options are what a choice can be, over all its groups.
func options(e map[string]any) []map[string]any {
	out := objects(e, "options")
	for _, g := range objects(e, "option_groups") {
		out = append(out, objects(g, "options")...)
	}
	return out
}

func optionOf(e map[string]any, value string) (map[string]any, bool) {
	all := options(e)
	i := slices.IndexFunc(all, func(o map[string]any) bool { return str(o, "value") == value })
	if i < 0 {
		return nil, false
	}
	return all[i], true
}
