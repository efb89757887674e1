package slackfake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxText is the limit of a message's text, of chat.update's too (docs.slack.dev/reference/methods/chat.update: 4,000 characters).
const maxText = 4000

// maxWeight is how much all blocks of a message may be together. Slack documents no number and refuses with
// msg_blocks_too_long; what people have measured (github.com/slackapi/bolt-js/issues/2509 and 2867) fits
// about 13,200 characters of the blocks with their containers. Answers through a response URL are exempt.
const (
	maxWeight   = 13_200
	viaResponse = "via response_url"
)

// weight is the length of blocks as JSON, in characters and not in bytes.
func weight(blocks []any) int {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(blocks)
	return utf8.RuneCount(b.Bytes()) - 1
}

// content reads text, blocks and metadata of a call and holds them against the limits.
func (s *Server) content(c *call) (map[string]any, map[string]any, *refusal) {
	data := map[string]any{"text": c.str("text")}
	blocks, has := c.decoded("blocks")
	if !has && strings.TrimSpace(c.str("blocks")) != "" {
		return nil, nil, refuse("invalid_blocks_format")
	}
	if has {
		list, isList := blocks.([]any)
		if !isList {
			return nil, nil, refuse("invalid_blocks_format")
		}
		if faults := append(checkBlocks(list, onMessage), s.checkPictures(c.Team, list)...); len(faults) > 0 {
			s.problem("chat: %s", strings.Join(faults, "; "))
			return nil, nil, &refusal{"invalid_blocks", map[string]any{"errors": faults, "response_metadata": map[string]any{"messages": faults}}}
		}
		if n := weight(list); n > maxWeight && !c.yes(viaResponse) {
			s.problem("chat: the blocks weigh %d characters, at most %d", n, maxWeight)
			return nil, nil, refuse("msg_blocks_too_long")
		}
		if len(list) > 0 {
			data["blocks"] = s.numbered(list)
		}
	}
	if n := utf8.RuneCountInString(str(data, "text")); n > maxText {
		s.problem("chat: the text has %d characters, at most %d", n, maxText)
		return nil, nil, refuse("msg_too_long")
	}
	if attachments, ok := c.decoded("attachments"); ok {
		if list, isList := attachments.([]any); isList && len(list) > 0 {
			if faults := checkAttachments(list); len(faults) > 0 {
				s.problem("chat: %s", strings.Join(faults, "; "))
				return nil, nil, &refusal{"invalid_attachments", map[string]any{"response_metadata": map[string]any{"messages": faults}}}
			}
			for _, a := range objects(map[string]any{"list": list}, "list") {
				s.numbered(items(a, "blocks"))
			}
			data["attachments"] = list
		}
	}
	if who := summons(map[string]any{"type": "mrkdwn", "text": data["text"], "elements": data["blocks"]}); who != "" {
		s.problem("chat: a message calls %s, which no desk does", who)
	}
	var meta map[string]any
	if v, ok := c.decoded("metadata"); ok {
		if meta, _ = v.(map[string]any); str(meta, "event_type") == "" || obj(meta, "event_payload") == nil {
			return nil, nil, refuse("invalid_metadata_format")
		}
	}
	return data, meta, nil
}

// summons finds whom a message calls who are more than one person: everybody in a channel, or a user group. A desk
// calls people by name alone; a crowd can only come from words that were not escaped.
func summons(v any) string {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			if who := summons(x); who != "" {
				return who
			}
		}
	case map[string]any:
		kind, text := str(v, "type"), str(v, "text")
		if kind == "broadcast" || kind == "usergroup" {
			return kind
		}
		for _, sign := range []string{"<!channel", "<!here", "<!everyone", "<!subteam"} {
			if kind == "mrkdwn" && strings.Contains(text, sign) {
				return sign + "…>"
			}
		}
		for _, x := range v {
			if who := summons(x); who != "" {
				return who
			}
		}
	}
	return ""
}

// numbered gives blocks without a block_id one of Slack's own.
func (s *Server) numbered(blocks []any) []any {
	for _, b := range blocks {
		if m, ok := b.(map[string]any); ok && str(m, "block_id") == "" {
			m["block_id"] = fmt.Sprintf("b%04x", s.next())
		}
	}
	return blocks
}

func empty(data map[string]any) bool {
	return strings.TrimSpace(str(data, "text")) == "" && len(items(data, "blocks")) == 0 && len(items(data, "attachments")) == 0
}
