package slack

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	api "github.com/slack-go/slack"
)

// answerBody is what answers a command or goes to its response address. It is written as encoding/json writes the object
// {"blocks", "response_type", "text"}, byte for byte, without a map and without each block being encoded, checked and
// compacted inside its container: that was more work than drawing the answer.
type answerBody struct {
	kind string // "ephemeral" or "in_channel".
	drawn
}

// MarshalJSON gives the body without a line break at its end.
func (a answerBody) MarshalJSON() ([]byte, error) { return a.appendTo(nil) }

func (a answerBody) appendTo(b []byte) ([]byte, error) {
	b, err := appendBlocks(append(b, `{"blocks":`...), a.blocks)
	b = appendText(append(b, `,"response_type":`...), a.kind)
	b = appendText(append(b, `,"text":`...), a.text)
	return append(b, '}'), err
}

func appendBlocks(b []byte, blocks []api.Block) ([]byte, error) {
	if blocks == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i, block := range blocks {
		if i > 0 {
			b = append(b, ',')
		}
		var err error
		if b, err = appendBlock(b, block); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// appendBlock writes the blocks of which nearly every answer is made: paragraphs, quotes, small print and buttons. The
// others are left to encoding/json.
func appendBlock(b []byte, block api.Block) ([]byte, error) {
	whole, ok := b, false
	switch x := block.(type) {
	case *api.RichTextBlock:
		whole, ok = appendRich(b, x)
	case *api.ContextBlock:
		whole, ok = appendContext(b, x)
	case *api.ActionBlock:
		whole, ok = appendActions(b, x)
	}
	if ok {
		return whole, nil
	}
	raw, err := json.Marshal(block)
	return append(b, raw...), err
}

// appendHead begins a block; its elements follow.
func appendHead(b []byte, kind api.MessageBlockType, id string) []byte {
	b = appendText(append(b, `{"type":`...), string(kind))
	return append(appendMore(b, "block_id", id), `,"elements":[`...)
}

// appendMore writes a further key of an object, unless it says nothing.
func appendMore(b []byte, key, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), key...), `":`...)
	return appendText(b, value)
}

func appendRich(b []byte, x *api.RichTextBlock) ([]byte, bool) {
	b = appendHead(b, x.Type, x.BlockID)
	for i, e := range x.Elements {
		if i > 0 {
			b = append(b, ',')
		}
		var kind api.RichTextElementType
		var run []api.RichTextSectionElement
		switch e := e.(type) {
		case *api.RichTextSection:
			kind, run = e.Type, e.Elements
		case *api.RichTextQuote:
			kind, run = e.Type, e.Elements
		}
		if len(run) == 0 {
			return nil, false
		}
		b = append(appendText(append(b, `{"type":`...), string(kind)), `,"elements":[`...)
		for i, piece := range run {
			if i > 0 {
				b = append(b, ',')
			}
			words, ok := piece.(*api.RichTextSectionTextElement)
			if !ok {
				return nil, false
			}
			b = appendWords(b, words)
		}
		b = append(b, "]}"...)
	}
	return append(b, "]}"...), len(x.Elements) > 0
}

func appendWords(b []byte, words *api.RichTextSectionTextElement) []byte {
	b = appendText(append(b, `{"type":`...), string(words.Type))
	b = appendText(append(b, `,"text":`...), words.Text)
	if words.Style != nil {
		style := []byte(`{"bold":true}`)
		if *words.Style != (api.RichTextSectionTextStyle{Bold: true}) {
			style, _ = json.Marshal(words.Style)
		}
		b = append(append(b, `,"style":`...), style...)
	}
	return append(b, '}')
}

func appendContext(b []byte, x *api.ContextBlock) ([]byte, bool) {
	b = appendHead(b, x.Type, x.BlockID)
	for i, e := range x.ContextElements.Elements {
		text, ok := e.(*api.TextBlockObject)
		if !ok {
			return nil, false
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = appendObject(b, text)
	}
	return append(b, "]}"...), len(x.ContextElements.Elements) > 0
}

func appendObject(b []byte, text *api.TextBlockObject) []byte {
	b = appendText(append(b, `{"type":`...), text.Type)
	b = appendText(append(b, `,"text":`...), text.Text)
	if text.Emoji != nil {
		b = strconv.AppendBool(append(b, `,"emoji":`...), *text.Emoji)
	}
	if text.Verbatim {
		b = append(b, `,"verbatim":true`...)
	}
	return append(b, '}')
}

func appendActions(b []byte, x *api.ActionBlock) ([]byte, bool) {
	b = appendHead(b, x.Type, x.BlockID)
	for i, e := range x.Elements.ElementSet {
		button, ok := e.(*api.ButtonBlockElement)
		if !ok || button.Confirm != nil {
			return nil, false
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(append(b, `{"type":`...), string(button.Type))
		b = appendObject(append(b, `,"text":`...), button.Text)
		b = appendMore(b, "action_id", button.ActionID)
		b = appendMore(b, "url", button.URL)
		b = appendMore(b, "value", button.Value)
		b = append(appendMore(b, "style", string(button.Style)), '}')
	}
	return append(b, "]}"...), len(x.Elements.ElementSet) > 0
}

// appendText writes a string. What encoding/json would write otherwise than it stands is left to it.
func appendText(b []byte, s string) []byte {
	plain, ascii := true, true
	for i := 0; i < len(s) && plain; i++ {
		c := s[i]
		plain = c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
		ascii = ascii && c < utf8.RuneSelf
	}
	plain = plain && (ascii || utf8.ValidString(s) && !strings.Contains(s, "\u2028") && !strings.Contains(s, "\u2029"))
	if plain {
		return append(append(append(b, '"'), s...), '"')
	}
	raw, _ := json.Marshal(s)
	return append(b, raw...)
}
