package slack

import (
	"encoding/json"
	"fmt"
)

// Problems lists where a payload (a message with text and blocks, or a view) is over a limit of the vendor
// (docs.slack.dev/reference/block-kit). The renderer keeps them all by itself; tests hold every outgoing
// payload against this list.
func Problems(payload any) []string {
	raw, err := json.Marshal(payload)
	if err != nil {
		return []string{err.Error()}
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return []string{err.Error()}
	}
	c := &checker{ids: map[string]bool{}}
	most := maxBlocks
	if kind, _ := m["type"].(string); kind == "modal" || kind == "home" {
		most = maxViewBlocks
		c.text("title", m["title"], maxViewTitle)
		c.text("submit", m["submit"], maxViewTitle)
		c.text("close", m["close"], maxViewTitle)
		c.long("private_metadata", m["private_metadata"], maxMeta)
		c.long("callback_id", m["callback_id"], 255)
		if len(raw) > 250_000 {
			c.bad("the view has %d bytes", len(raw))
		}
	} else {
		c.long("text", m["text"], 4000)
		if text, _ := m["text"].(string); len(text) > 4000 {
			c.bad("the text has %d bytes, at most 4000 in an edit", len(text))
		}
	}
	blocks, _ := m["blocks"].([]any)
	if len(blocks) > most {
		c.bad("%d blocks, at most %d", len(blocks), most)
	}
	for i, b := range blocks {
		c.block(fmt.Sprintf("blocks[%d]", i), obj(b))
	}
	return c.out
}

type checker struct {
	ids map[string]bool
	out []string
}

func (c *checker) bad(format string, args ...any) {
	c.out = append(c.out, fmt.Sprintf(format, args...))
}

func obj(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

// long checks a plain string.
func (c *checker) long(at string, v any, most int) {
	if s, _ := v.(string); units(s) > most {
		c.bad("%s has %d characters, at most %d", at, units(s), most)
	}
}

// text checks a text object, which may not be empty where it is there.
func (c *checker) text(at string, v any, most int) {
	if v == nil {
		return
	}
	s, _ := obj(v)["text"].(string)
	if s == "" {
		c.bad("%s is empty", at)
	}
	c.long(at, s, most)
}

func (c *checker) block(at string, b map[string]any) {
	if id, _ := b["block_id"].(string); id != "" {
		c.long(at+".block_id", id, 255)
		if c.ids[id] {
			c.bad("%s: the block_id %q is there twice", at, id)
		}
		c.ids[id] = true
	}
	switch kind, _ := b["type"].(string); kind {
	case "section":
		c.text(at+".text", b["text"], 3000)
		c.many(at+".fields", b["fields"], 1, maxFields, func(at string, f map[string]any) { c.text(at, f, maxFieldText) })
	case "header":
		c.text(at+".text", b["text"], 150)
	case "context":
		c.many(at+".elements", b["elements"], 1, 10, func(at string, e map[string]any) { c.text(at, e, 3000) })
	case "actions":
		ids := map[string]bool{}
		c.many(at+".elements", b["elements"], 1, maxButtons, func(at string, e map[string]any) {
			c.element(at, e)
			if id, _ := e["action_id"].(string); id == "" || ids[id] {
				c.bad("%s: the action_id %q is empty or there twice", at, id)
			} else {
				ids[id] = true
			}
		})
	case "input":
		c.text(at+".label", b["label"], maxLabel)
		c.text(at+".hint", b["hint"], maxHint)
		c.element(at+".element", obj(b["element"]))
	case "image":
		c.long(at+".alt_text", b["alt_text"], 2000)
	case "rich_text":
		c.many(at+".elements", b["elements"], 1, 1000, c.rich)
	case "divider":
	default:
		c.bad("%s is of kind %q, which the renderer does not make", at, kind)
	}
}

func (c *checker) many(at string, v any, least, most int, each func(at string, e map[string]any)) {
	if v == nil {
		return
	}
	list, _ := v.([]any)
	if len(list) < least || len(list) > most {
		c.bad("%s has %d elements, %d to %d", at, len(list), least, most)
	}
	for i, e := range list {
		each(fmt.Sprintf("%s[%d]", at, i), obj(e))
	}
}

// rich checks that no piece of rich text is empty and none too long.
func (c *checker) rich(at string, e map[string]any) {
	switch kind, _ := e["type"].(string); kind {
	case "text", "link":
		s, _ := e["text"].(string)
		if s == "" {
			c.bad("%s is empty", at)
		}
		c.long(at, s, 3000)
	case "user":
	default:
		c.many(at, e["elements"], 1, 1000, c.rich)
	}
}

func (c *checker) element(at string, e map[string]any) {
	c.long(at+".action_id", e["action_id"], 255)
	switch kind, _ := e["type"].(string); kind {
	case "button":
		c.text(at+".text", e["text"], maxButtonText)
		c.long(at+".value", e["value"], maxButtonDo)
		c.long(at+".url", e["url"], 3000)
	case "plain_text_input":
		c.long(at+".initial_value", e["initial_value"], maxTyped)
		c.text(at+".placeholder", e["placeholder"], maxExample)
	case "static_select", "multi_static_select":
		c.text(at+".placeholder", e["placeholder"], maxExample)
		c.many(at+".option_groups", e["option_groups"], 1, maxOptions, func(at string, g map[string]any) {
			c.text(at+".label", g["label"], maxOption)
			c.many(at+".options", g["options"], 1, maxOptions, c.option)
		})
		c.many(at+".options", e["options"], 1, maxOptions, c.option)
		if e["options"] == nil && e["option_groups"] == nil {
			c.bad("%s has no options", at)
		}
	case "file_input":
		if n, _ := e["max_files"].(float64); n < 1 || n > maxUploads {
			c.bad("%s takes %v files, 1 to %d", at, n, maxUploads)
		}
	}
}

func (c *checker) option(at string, o map[string]any) {
	c.text(at+".text", o["text"], maxOption)
	c.text(at+".description", o["description"], maxOption)
	c.long(at+".value", o["value"], maxOption)
}
