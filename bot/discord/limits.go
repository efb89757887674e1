package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Problems lists where a payload (a message, or a modal with a title) is over a limit of the vendor
// (docs.discord.com/developers/resources/message, .../components/reference). The renderer keeps them all by
// itself; tests hold every outgoing payload against this list.
func Problems(v any) []string {
	raw, err := json.Marshal(v)
	if err != nil {
		return []string{err.Error()}
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		return []string{err.Error()}
	}
	c := &checker{ids: map[string]bool{}}
	if _, dialog := m["title"]; dialog {
		c.modal(m)
	} else {
		c.message(m)
	}
	return c.out
}

type checker struct {
	ids   map[string]bool
	total int // Characters of all embeds.
	out   []string
}

func (c *checker) bad(format string, args ...any) {
	c.out = append(c.out, fmt.Sprintf(format, args...))
}

func obj(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

func num(v any) int {
	f, _ := v.(float64)
	return int(f)
}

// long checks a text; least says whether it must be there.
func (c *checker) long(at string, v any, least, most int) int {
	s := str(v)
	n := units(s)
	if n > most || n < least {
		c.bad("%s has %d characters, %d to %d", at, n, least, most)
	}
	if least > 0 && blank(s) {
		c.bad("%s has nothing to see", at)
	}
	return n
}

func (c *checker) count(at string, n, least, most int) {
	if n < least || n > most {
		c.bad("%s has %d elements, %d to %d", at, n, least, most)
	}
}

func (c *checker) message(m map[string]any) {
	c.long("content", m["content"], 0, maxContent)
	embeds, rows, files := list(m["embeds"]), list(m["components"]), list(m["attachments"])
	if blank(str(m["content"])) && len(embeds)+len(files) == 0 {
		c.bad("the message is empty")
	}
	c.count("embeds", len(embeds), 0, maxEmbeds)
	for i, e := range embeds {
		c.embed(fmt.Sprintf("embeds[%d]", i), obj(e), files)
	}
	if c.total > maxEmbedTotal {
		c.bad("the embeds have %d characters together, at most %d", c.total, maxEmbedTotal)
	}
	c.count("attachments", len(files), 0, maxFiles)
	c.count("components", len(rows), 0, maxRows)
	for i, r := range rows {
		c.row(fmt.Sprintf("components[%d]", i), obj(r))
	}
	allowed := obj(m["allowed_mentions"])
	if parse, there := allowed["parse"]; !there || len(list(parse)) > 0 {
		c.bad("allowed_mentions must be there with an empty parse")
	}
	users := list(allowed["users"])
	c.count("allowed_mentions.users", len(users), 0, 100)
	for _, u := range users {
		if !isSnowflake(str(u)) {
			c.bad("allowed_mentions has %q, which is no user", u)
		}
	}
}

func (c *checker) embed(at string, e map[string]any, files []any) {
	c.total += c.long(at+".description", e["description"], 0, maxDescription)
	fields := list(e["fields"])
	c.count(at+".fields", len(fields), 0, maxFields)
	for i, f := range fields {
		in := fmt.Sprintf("%s.fields[%d]", at, i)
		c.total += c.long(in+".name", obj(f)["name"], 1, maxFieldName)
		c.total += c.long(in+".value", obj(f)["value"], 1, maxFieldValue)
	}
	if f := obj(e["footer"]); f != nil {
		c.total += c.long(at+".footer", f["text"], 1, maxFooter)
	}
	if img := obj(e["image"]); img != nil {
		name, ok := strings.CutPrefix(str(img["url"]), "attachment://")
		if !ok || !slices.ContainsFunc(files, func(f any) bool { return str(obj(f)["filename"]) == name }) {
			c.bad("%s shows %q, which does not go with the message", at, name)
		}
	}
	if blank(str(e["description"])) && len(fields) == 0 && e["footer"] == nil && e["image"] == nil {
		c.bad("%s is empty", at)
	}
}

func (c *checker) row(at string, r map[string]any) {
	parts := list(r["components"])
	if num(r["type"]) != rowType {
		c.bad("%s is of type %d, which the renderer does not make", at, num(r["type"]))
	}
	c.count(at, len(parts), 1, maxRowButtons)
	for i, p := range parts {
		p, in := obj(p), fmt.Sprintf("%s[%d]", at, i)
		switch num(p["type"]) {
		case buttonType:
			c.long(in+".label", p["label"], 1, maxButtonText)
			if num(p["style"]) == styleLink {
				c.long(in+".url", p["url"], 8, maxButtonLink)
			} else {
				c.id(in, p)
			}
		case selectType:
			c.choice(in, p)
			c.count(at, len(parts), 1, 1)
		default:
			c.bad("%s is of type %d, which the renderer does not make", in, num(p["type"]))
		}
	}
}

// id checks a custom_id, which no two parts of a message may share.
func (c *checker) id(at string, p map[string]any) {
	id := str(p["custom_id"])
	c.long(at+".custom_id", id, 1, maxID)
	if c.ids[id] {
		c.bad("%s: the custom_id %q is there twice", at, id)
	}
	c.ids[id] = true
}

func (c *checker) choice(at string, p map[string]any) {
	c.id(at, p)
	c.long(at+".placeholder", p["placeholder"], 0, maxSelectHint)
	options := list(p["options"])
	c.count(at+".options", len(options), 1, maxOptions)
	values, chosen := map[string]bool{}, 0
	for i, o := range options {
		o, in := obj(o), fmt.Sprintf("%s.options[%d]", at, i)
		c.long(in+".label", o["label"], 1, maxOption)
		c.long(in+".value", o["value"], 1, maxOption)
		c.long(in+".description", o["description"], 0, maxOption)
		if values[str(o["value"])] {
			c.bad("%s: the value %q is there twice", in, o["value"])
		}
		values[str(o["value"])] = true
		if o["default"] == true {
			chosen++
		}
	}
	least, most := 1, 1
	if v, there := p["min_values"]; there {
		least = num(v)
	}
	if v, there := p["max_values"]; there {
		most = num(v)
	}
	if least < 0 || most < max(1, least) || most > len(options) || chosen > most {
		c.bad("%s takes %d to %d of %d options, of which %d are chosen", at, least, most, len(options), chosen)
	}
}

func (c *checker) modal(m map[string]any) {
	c.long("title", m["title"], 1, maxModalTitle)
	c.long("custom_id", m["custom_id"], 1, maxID)
	parts := list(m["components"])
	c.count("components", len(parts), 1, maxModalParts)
	for i, p := range parts {
		p, at := obj(p), fmt.Sprintf("components[%d]", i)
		if num(p["type"]) == textType {
			c.long(at+".content", p["content"], 1, maxIntro)
			continue
		}
		if num(p["type"]) != labelType {
			c.bad("%s is of type %d, which the renderer does not make", at, num(p["type"]))
		}
		c.long(at+".label", p["label"], 1, maxLabel)
		c.long(at+".description", p["description"], 0, maxHint)
		c.input(at, obj(p["component"]))
	}
}

func (c *checker) input(at string, p map[string]any) {
	switch num(p["type"]) {
	case inputType:
		c.id(at, p)
		c.long(at+".value", p["value"], 0, maxTyped)
		c.long(at+".placeholder", p["placeholder"], 0, maxExample)
		if s := num(p["style"]); s != styleShort && s != styleLong {
			c.bad("%s has the style %d", at, s)
		}
	case selectType:
		c.choice(at, p)
		if v, there := p["min_values"]; there && num(v) == 0 && p["required"] != false {
			c.bad("%s is required and takes nothing", at)
		}
	case uploadType:
		c.id(at, p)
		c.count(at+".max_values", num(p["max_values"]), 1, maxFiles)
	default:
		c.bad("%s holds a part of type %d", at, num(p["type"]))
	}
}
