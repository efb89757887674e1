package slackfake

import (
	"fmt"
	"slices"
	"strings"
)

// inputsOnly are elements that stand in input blocks alone.
var inputsOnly = []string{"plain_text_input", "file_input", "email_text_input", "url_text_input", "number_input"}

// input checks an input block of a view.
func (k *checker) input(p string, b map[string]any) {
	if k.on == onMessage {
		k.bad(p+"/type", "unsupported type: input")
	}
	k.text(p+"/label", b["label"], 2000, true)
	if b["hint"] != nil {
		k.text(p+"/hint", b["hint"], 2000, true)
	}
	e := obj(b, "element")
	if e == nil {
		k.bad(p+"/element", "missing required field: element")
		return
	}
	if str(e, "type") == "button" {
		k.bad(p+"/element/type", "unsupported type: button")
	}
	k.element(p+"/element", e)
	if yes(b, "dispatch_action") && str(e, "type") == "file_input" {
		k.bad(p+"/dispatch_action", "not allowed with file_input")
	}
}

// element checks one interactive element.
func (k *checker) element(p string, e map[string]any) {
	kind := str(e, "type")
	k.length(p+"/action_id", str(e, "action_id"), 255)
	if e["placeholder"] != nil {
		k.text(p+"/placeholder", e["placeholder"], 150, true)
	}
	if e["confirm"] != nil {
		k.confirm(p+"/confirm", obj(e, "confirm"))
	}
	if slices.Contains(inputsOnly, kind) && !strings.HasSuffix(p, "/element") {
		k.bad(p+"/type", "unsupported type: %s", kind)
	}
	switch kind {
	case "button":
		k.text(p+"/text", e["text"], 75, true)
		k.length(p+"/value", str(e, "value"), 2000)
		k.length(p+"/url", str(e, "url"), 3000)
		k.length(p+"/accessibility_label", str(e, "accessibility_label"), 75)
		if st := str(e, "style"); st != "" && st != "primary" && st != "danger" {
			k.bad(p+"/style", "must be one of primary, danger")
		}
	case "plain_text_input":
		k.length(p+"/initial_value", str(e, "initial_value"), 3000)
		if n, ok := e["max_length"].(float64); ok && (n < 1 || n > 3000) {
			k.bad(p+"/max_length", "must be between 1 and 3000")
		}
		if n, ok := e["max_length"].(float64); ok && len([]rune(str(e, "initial_value"))) > int(n) {
			k.bad(p+"/initial_value", "must be at most max_length characters")
		}
		if n, ok := e["min_length"].(float64); ok && (n < 0 || n > 3000) {
			k.bad(p+"/min_length", "must be between 0 and 3000")
		}
	case "static_select", "multi_static_select":
		k.options(p, e, 100, true)
	case "radio_buttons", "checkboxes":
		k.options(p, e, 10, false)
	case "overflow":
		k.options(p, e, 5, false)
	case "file_input":
		if n, ok := e["max_files"].(float64); ok && (n < 1 || n > 10) {
			k.bad(p+"/max_files", "must be between 1 and 10")
		}
	case "datetimepicker":
		if n, ok := e["initial_date_time"].(float64); ok && (n < 1e9 || n >= 1e10) {
			k.bad(p+"/initial_date_time", "must be a UNIX timestamp of 10 digits")
		}
	case "datepicker", "timepicker", "email_text_input", "url_text_input", "number_input", "users_select", "multi_users_select",
		"conversations_select", "multi_conversations_select", "channels_select", "multi_channels_select":
	default:
		k.bad(p+"/type", "unsupported type: %s", kind)
	}
}

// confirm is the question that stands between a press and its act.
func (k *checker) confirm(p string, c map[string]any) {
	k.text(p+"/title", c["title"], 100, true)
	k.text(p+"/text", c["text"], 300, false)
	if c["confirm"] != nil {
		k.text(p+"/confirm", c["confirm"], 30, true)
	}
	if c["deny"] != nil {
		k.text(p+"/deny", c["deny"], 30, true)
	}
}

// options checks the options of a choice, and that what is chosen at first is one of them, exactly.
func (k *checker) options(p string, e map[string]any, most int, groups bool) {
	g := objects(e, "option_groups")
	switch {
	case e["options"] != nil && len(g) > 0:
		k.bad(p, "options and option_groups exclude each other")
	case len(g) > 0 && !groups:
		k.bad(p+"/option_groups", "not supported here")
	case len(g) > 0:
		k.count(p+"/option_groups", len(g), 1, 100)
	default:
		k.count(p+"/options", len(items(e, "options")), 1, most)
	}
	for i, x := range g {
		k.text(fmt.Sprintf("%s/option_groups/%d/label", p, i), x["label"], 75, true)
		k.count(fmt.Sprintf("%s/option_groups/%d/options", p, i), len(items(x, "options")), 1, most)
	}
	seen := map[string]bool{}
	for i, o := range options(e) {
		at := fmt.Sprintf("%s/options/%d", p, i)
		k.text(at+"/text", o["text"], 75, str(e, "type") != "radio_buttons" && str(e, "type") != "checkboxes")
		k.length(at+"/value", str(o, "value"), 75)
		if str(o, "value") == "" {
			k.bad(at+"/value", "must be more than 0 characters")
		}
		if seen[str(o, "value")] {
			k.bad(at+"/value", "the value %q is there twice", str(o, "value"))
		}
		seen[str(o, "value")] = true
		if o["description"] != nil {
			k.text(at+"/description", o["description"], 75, true)
		}
	}
	first := objects(e, "initial_options")
	if o := obj(e, "initial_option"); o != nil {
		first = append(first, o)
	}
	for _, o := range first {
		same, ok := optionOf(e, str(o, "value"))
		if !ok || str(same, "text", "text") != str(o, "text", "text") {
			k.bad(p+"/initial_option", "must be one of the options")
		}
	}
	if e["initial_options"] != nil && len(items(e, "initial_options")) == 0 {
		k.bad(p+"/initial_options", "must have at least 1 items")
	}
}

// richText checks a rich_text block and what may stand in it.
func (k *checker) richText(p string, b map[string]any) {
	if len(items(b, "elements")) == 0 {
		k.bad(p+"/elements", "missing required field: elements")
	}
	for i, part := range objects(b, "elements") {
		at := fmt.Sprintf("%s/elements/%d", p, i)
		switch kind := str(part, "type"); kind {
		case "rich_text_section", "rich_text_quote", "rich_text_preformatted":
			k.inline(at, part)
		case "rich_text_list":
			if st := str(part, "style"); st != "bullet" && st != "ordered" {
				k.bad(at+"/style", "must be bullet or ordered")
			}
			if len(objects(part, "elements")) == 0 {
				k.bad(at+"/elements", "must have at least 1 items")
			}
			for j, x := range objects(part, "elements") {
				if str(x, "type") != "rich_text_section" {
					k.bad(fmt.Sprintf("%s/elements/%d/type", at, j), "must be rich_text_section")
				}
				k.inline(fmt.Sprintf("%s/elements/%d", at, j), x)
			}
		default:
			k.bad(at+"/type", "unsupported type: %s", kind)
		}
	}
}

// inline checks the pieces of a rich text line. Slack refuses an empty text.
func (k *checker) inline(p string, part map[string]any) {
	for i, e := range objects(part, "elements") {
		at := fmt.Sprintf("%s/elements/%d", p, i)
		switch kind := str(e, "type"); kind {
		case "text":
			if str(e, "text") == "" {
				k.bad(at+"/text", "must be more than 0 characters")
			}
		case "link":
			if str(e, "url") == "" {
				k.bad(at+"/url", "missing required field: url")
			}
		case "user":
			k.required(at, e, "user_id")
		case "usergroup":
			k.required(at, e, "usergroup_id")
		case "channel":
			k.required(at, e, "channel_id")
		case "emoji":
			k.required(at, e, "name")
		case "broadcast":
			if r := str(e, "range"); r != "here" && r != "channel" && r != "everyone" {
				k.bad(at+"/range", "must be one of here, channel, everyone")
			}
		case "date":
			k.required(at, e, "format")
			if _, ok := e["timestamp"].(float64); !ok {
				k.bad(at+"/timestamp", "missing required field: timestamp")
			}
		default:
			k.bad(at+"/type", "unsupported type: %s", kind)
		}
		if st, ok := e["style"]; ok {
			if _, isObject := st.(map[string]any); !isObject {
				k.bad(at+"/style", "must be an object")
			}
		}
	}
}

// required holds that a text is there.
func (k *checker) required(p string, e map[string]any, key string) {
	if str(e, key) == "" {
		k.bad(p+"/"+key, "missing required field: %s", key)
	}
}
