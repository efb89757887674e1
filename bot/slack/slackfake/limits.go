package slackfake

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// surface is where blocks are shown.
type surface string

const (
	onMessage surface = "message"
	onModal   surface = "modal"
	onHome    surface = "home"
)

// checker collects what is wrong with a payload in Slack's words, each with a pointer to the place.
type checker struct {
	on       surface
	faults   []string
	ids      map[string]bool // block_ids seen.
	markdown int             // Characters in markdown blocks so far.
}

// bad notes a fault with the pointer by which a client finds the place.
func (k *checker) bad(pointer, format string, args ...any) {
	k.faults = append(k.faults, fmt.Sprintf("[ERROR] %s [json-pointer:%s]", fmt.Sprintf(format, args...), pointer))
}

// text holds a text object against a length; plain demands plain_text. It must be there and not be empty.
func (k *checker) text(p string, v any, most int, plain bool) {
	m, ok := v.(map[string]any)
	if !ok {
		k.bad(p, "missing required field: text object")
		return
	}
	switch kind := str(m, "type"); {
	case kind != "plain_text" && kind != "mrkdwn":
		k.bad(p+"/type", "unsupported type: %s", kind)
	case plain && kind != "plain_text":
		k.bad(p+"/type", "must be plain_text")
	}
	k.length(p+"/text", str(m, "text"), most)
	if str(m, "text") == "" {
		k.bad(p+"/text", "must be more than 0 characters")
	}
}

// length counts characters and not bytes.
func (k *checker) length(p, text string, most int) {
	if n := utf8.RuneCountInString(text); n > most {
		k.bad(p, "must be less than %d characters", most+1)
	}
}

// count holds the number of elements of a list against its bounds.
func (k *checker) count(p string, n, least, most int) {
	if n > most {
		k.bad(p, "no more than %d items allowed", most)
	}
	if n < least {
		k.bad(p, "must have at least %d items", least)
	}
}

// checkBlocks holds blocks against every documented limit and gives what is wrong.
func checkBlocks(blocks []any, on surface) []string {
	k := &checker{on: on, ids: map[string]bool{}}
	k.blocks("/blocks", blocks)
	return k.faults
}

// checkAttachments checks the blocks inside attachments, which are used for the coloured bar.
func checkAttachments(list []any) []string {
	k := &checker{on: onMessage, ids: map[string]bool{}}
	k.count("/attachments", len(list), 0, 100)
	for i, a := range list {
		k.blocks(fmt.Sprintf("/attachments/%d/blocks", i), items(a, "blocks"))
	}
	return k.faults
}

// blocks checks a list of blocks, of which a message takes fewer than a view.
func (k *checker) blocks(p string, blocks []any) {
	most := 100
	if k.on == onMessage {
		most = 50
	}
	k.count(p, len(blocks), 0, most)
	for i, b := range blocks {
		at := fmt.Sprintf("%s/%d", p, i)
		m, ok := b.(map[string]any)
		if !ok {
			k.bad(at, "must be an object")
			continue
		}
		k.block(at, m)
	}
}

// block checks one block. A kind the fake does not know is refused, so that it is never passed by mistake.
func (k *checker) block(p string, b map[string]any) {
	id := str(b, "block_id")
	k.length(p+"/block_id", id, 255)
	if id != "" && k.ids[id] {
		k.bad(p+"/block_id", "block_id %q already exists", id)
	}
	k.ids[id] = true
	switch kind := str(b, "type"); kind {
	case "section":
		k.section(p, b)
	case "header":
		k.text(p+"/text", b["text"], 150, true)
	case "divider":
	case "context":
		k.count(p+"/elements", len(items(b, "elements")), 1, 10)
		for i, e := range objects(b, "elements") {
			at := fmt.Sprintf("%s/elements/%d", p, i)
			if str(e, "type") == "image" {
				k.image(at, e)
			} else {
				k.text(at, e, 3000, false)
			}
		}
	case "actions":
		k.count(p+"/elements", len(items(b, "elements")), 1, 25)
		seen := map[string]bool{}
		for i, e := range objects(b, "elements") {
			k.element(fmt.Sprintf("%s/elements/%d", p, i), e)
			if id := str(e, "action_id"); id != "" && seen[id] {
				k.bad(fmt.Sprintf("%s/elements/%d/action_id", p, i), "action_id %q already exists in this block", id)
			} else {
				seen[id] = true
			}
		}
	case "image":
		k.image(p, b)
		if b["title"] != nil {
			k.text(p+"/title", b["title"], 2000, true)
		}
	case "markdown":
		k.markdown += utf8.RuneCountInString(str(b, "text"))
		if k.markdown > 12000 {
			k.bad(p+"/text", "must be less than 12001 characters in all markdown blocks")
		}
		if k.on != onMessage {
			k.bad(p+"/type", "unsupported type: markdown")
		}
	case "rich_text":
		k.richText(p, b)
	case "input":
		k.input(p, b)
	default:
		k.bad(p+"/type", "unsupported type: %s", kind)
	}
}

// section has text, or fields, or both; an element may stand beside them.
func (k *checker) section(p string, b map[string]any) {
	fields := objects(b, "fields")
	if b["text"] == nil && len(fields) == 0 {
		k.bad(p, "missing required field: text or fields")
	}
	if b["text"] != nil {
		k.text(p+"/text", b["text"], 3000, false)
	}
	if b["fields"] != nil {
		k.count(p+"/fields", len(items(b, "fields")), 1, 10)
	}
	for i, f := range fields {
		k.text(fmt.Sprintf("%s/fields/%d", p, i), f, 2000, false)
	}
	if e := obj(b, "accessory"); e != nil {
		if str(e, "type") == "image" {
			k.image(p+"/accessory", e)
		} else {
			k.element(p+"/accessory", e)
		}
	}
}

// image needs words for those who do not see it, and an address or a file of Slack's.
func (k *checker) image(p string, b map[string]any) {
	if str(b, "alt_text") == "" {
		k.bad(p+"/alt_text", "missing required field: alt_text")
	}
	k.length(p+"/alt_text", str(b, "alt_text"), 2000)
	k.length(p+"/image_url", str(b, "image_url"), 3000)
	if file := obj(b, "slack_file"); str(b, "image_url") == "" && str(file, "id") == "" && str(file, "url") == "" {
		k.bad(p, "missing required field: image_url or slack_file")
	}
}

// viewTooLarge marks the one fault that has an error code of its own.
const viewTooLarge = "view is larger than 250 kB"

// checkView holds a view against every documented limit and gives what is wrong.
func checkView(v map[string]any, kind string) []string {
	k := &checker{on: surface(kind), ids: map[string]bool{}}
	if got := str(v, "type"); got != kind {
		k.bad("/view/type", "must be %s, is %q", kind, got)
	}
	if kind == "modal" {
		k.text("/view/title", v["title"], 24, true)
		hasInput := false
		for _, b := range objects(v, "blocks") {
			hasInput = hasInput || str(b, "type") == "input"
		}
		if v["submit"] != nil {
			k.text("/view/submit", v["submit"], 24, true)
		} else if hasInput {
			k.bad("/view/submit", "missing required field: submit, for there are inputs")
		}
		if v["close"] != nil {
			k.text("/view/close", v["close"], 24, true)
		}
	}
	if _, ok := v["blocks"].([]any); !ok {
		k.bad("/view/blocks", "missing required field: blocks")
	}
	k.length("/view/private_metadata", str(v, "private_metadata"), 3000)
	k.length("/view/callback_id", str(v, "callback_id"), 255)
	k.length("/view/external_id", str(v, "external_id"), 255)
	k.blocks("/view/blocks", items(v, "blocks"))
	if b, err := json.Marshal(v); err == nil && len(b) > 250_000 {
		k.bad("/view", viewTooLarge)
	}
	return k.faults
}
