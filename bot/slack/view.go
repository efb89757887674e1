package slack

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
)

// The vendor's limits of a modal (docs.slack.dev/surfaces/modals, .../reference/block-kit/block-elements).
const (
	maxViewBlocks = 100
	maxViewTitle  = 24
	maxLabel      = 2000
	maxHint       = 2000
	maxExample    = 150
	maxTyped      = 3000
	maxOptions    = 100
	maxOption     = 75
	maxMeta       = 3000
	maxFormFields = 30 // Each takes a block, and one more for its error; a long answer takes several.
	maxUploads    = 10
)

// formID marks the views that are forms of the desk.
const formID = "form"

// formMeta travels with a form unseen: what it is, and where it was asked for, so that the answer goes there.
type formMeta struct {
	Form    string            `json:"f"`
	Case    string            `json:"c,omitempty"`
	Draft   string            `json:"d,omitempty"`
	Hidden  map[string]string `json:"h,omitempty"`
	Home    string            `json:"o,omitempty"`
	Channel string            `json:"ch,omitempty"`
	Thread  string            `json:"th,omitempty"` // The root's time stamp.
	Direct  bool              `json:"dm,omitempty"`
}

// seenView is what a person has in front of them: the ids of the inputs, and what is typed into them.
type seenView struct {
	ids   map[string]string // Field key → block id of its first input.
	typed map[string]string
}

// view makes a modal of a form: a pure function. seen is the view it replaces; nil when it is opened. An
// input whose answer stays as it is keeps its id, because then Slack leaves what the person is typing
// alone; one whose answer was changed gets a new one, because else Slack would ignore the new answer.
func view(f bot.Form, meta formMeta, r reader, seen *seenView) api.ModalViewRequest {
	meta.Form, meta.Case, meta.Draft, meta.Hidden = f.Name, f.Case, f.Draft, f.Hidden
	secret, _ := json.Marshal(meta)
	title, cut := clip(oneLine(f.Title), maxViewTitle)
	if title == "" {
		title = "Case desk"
	}
	v := api.ModalViewRequest{Type: api.VTModal, CallbackID: formID, Title: plainObject(title), Close: plainObject("Cancel"), PrivateMetadata: string(secret)}
	d := &drawing{reader: r, left: 6000}
	if cut {
		d.line([]bot.Span{bot.B(f.Title)})
	}
	for _, b := range f.Intro {
		d.block(b)
	}
	if len(d.blocks) > 30 {
		d.blocks = append(d.blocks[:29], words(plainRun("…")))
	}
	blocks := d.blocks
	for _, q := range f.Fields {
		id := q.Key
		if seen != nil {
			id = inputID(q, seen)
		}
		blocks = append(blocks, inputs(q, id, d.zoneOr())...)
		if q.Error != "" {
			fault, _ := clip("⚠ "+q.Error, maxFieldText)
			blocks = append(blocks, api.NewContextBlock("", plainObject(fault)))
		}
	}
	if len(blocks) > maxViewBlocks {
		blocks = blocks[:maxViewBlocks]
	}
	if len(blocks) == 0 {
		blocks = append(blocks, words(plainRun("…"))) // Slack takes no empty view.
	}
	v.Blocks = api.Blocks{BlockSet: blocks}
	if len(f.Fields) > 0 {
		submit, _ := clip(oneLine(f.Submit), maxViewTitle)
		if submit == "" {
			submit = "Send"
		}
		v.Submit = plainObject(submit)
	} else {
		v.Close = plainObject("Close")
	}
	return v
}

// inputID is the id of a field's input in a view that replaces another.
func inputID(q bot.FormField, seen *seenView) string {
	id, had := seen.ids[q.Key]
	if had && (seen.typed[q.Key] == q.Value || q.Kind == bot.AskFiles) {
		return id
	}
	if !had && q.Value == "" {
		return q.Key
	}
	sum := sha256.Sum256([]byte(id + "\x00" + q.Value))
	return q.Key + "~" + hex.EncodeToString(sum[:4])
}

// keyOf gives the field of an input's id, and which piece of a long answer it is.
func keyOf(id string) (key string, piece int) {
	key, _, _ = strings.Cut(id, "~")
	if i := strings.LastIndexByte(key, '+'); i > 0 {
		if _, err := fmt.Sscanf(key[i+1:], "%d", &piece); err == nil {
			return key[:i], piece
		}
	}
	return key, 0
}

// pieceID is the id of a further piece of a long answer.
func pieceID(id string, piece int) string {
	if piece == 0 {
		return id
	}
	key, rest, again := strings.Cut(id, "~")
	if again {
		rest = "~" + rest
	}
	return fmt.Sprintf("%s+%d%s", key, piece, rest)
}

// inputs makes the blocks of one field. An answer that is longer than Slack lets people type is shown in
// several inputs, and put together again when it comes back. A time is typed in words, and zone is the one in
// which the desk reads it.
func inputs(q bot.FormField, id string, zone *time.Location) []api.Block {
	label, _ := clip(oneLine(q.Label), maxLabel-20)
	if label == "" {
		label = q.Key
	}
	in := &api.InputBlock{Type: api.MBTInput, BlockID: id, Label: plainObject(label), Optional: !q.Required, DispatchAction: q.Live}
	if q.Kind == bot.AskTime {
		q.Hint += " Your zone is " + zone.String() + "."
	}
	if hint, _ := clip(oneLine(q.Hint), maxHint); hint != "" {
		in.Hint = plainObject(hint)
	}
	switch q.Kind {
	case bot.AskChoice:
		if len(q.Options) > 0 {
			in.Element = choice(q)
			return []api.Block{in}
		}
	case bot.AskMulti:
		if len(q.Options) > 0 {
			in.Element = choices(q)
			return []api.Block{in}
		}
	case bot.AskFiles:
		in.Optional = true // What was given earlier counts too; the desk knows, Slack does not.
		in.Element = &api.FileInputBlockElement{Type: api.METFileInput, ActionID: "in", MaxFiles: maxUploads}
		return []api.Block{in}
	}
	var out []api.Block
	for i, part := range pieces(q.Value) {
		block := *in
		block.BlockID = pieceID(id, i)
		if i > 0 {
			block.Label, block.Hint, block.Optional = plainObject(label+" (continued)"), nil, true
		}
		e := &api.PlainTextInputBlockElement{Type: api.METPlainTextInput, ActionID: "in", InitialValue: part, MaxLength: maxTyped, Multiline: q.Kind == bot.AskLong || strings.Contains(part, "\n")}
		if example, _ := clip(oneLine(q.Example), maxExample); example != "" {
			e.Placeholder = plainObject(example)
		}
		if q.Live {
			e.DispatchActionConfig = &api.DispatchActionConfig{TriggerActionsOn: []string{"on_character_entered"}}
		}
		block.Element = e
		out = append(out, &block)
	}
	return out
}

// pieces cuts an answer into what one input holds each, nothing lost.
func pieces(s string) []string {
	var out []string
	for units(s) > maxTyped {
		n, end := 0, 0
		for i, c := range s {
			if n += units(string(c)); n > maxTyped {
				break
			}
			end = i + len(string(c))
		}
		out, s = append(out, s[:end]), s[end:]
	}
	return append(out, s)
}

// option makes one option of a choice. Its value is short by nature: a number, a name, an id.
func option(o bot.Option) *api.OptionBlockObject {
	label, _ := clip(oneLine(o.Label), maxOption)
	if label == "" {
		label, _ = clip(oneLine(o.Value), maxOption)
	}
	out := &api.OptionBlockObject{Text: plainObject(label), Value: o.Value}
	if note, _ := clip(oneLine(o.Note), maxOption); note != "" {
		out.Description = plainObject(note)
	}
	return out
}

// groups sorts more options than one menu holds into groups.
func groups(options []*api.OptionBlockObject) []*api.OptionGroupBlockObject {
	var out []*api.OptionGroupBlockObject
	for i := 0; i < len(options) && len(out) < maxOptions; i += maxOptions {
		last := min(i+maxOptions, len(options))
		out = append(out, api.NewOptionGroupBlockElement(plainObject(fmt.Sprintf("%d to %d", i+1, last)), options[i:last]...))
	}
	return out
}

func choice(q bot.FormField) *api.SelectBlockElement {
	e := &api.SelectBlockElement{Type: api.OptTypeStatic, ActionID: "in", Placeholder: plainObject("Choose")}
	e.Options, e.InitialOption = optionsOf(q, func(v string) bool { return v == q.Value })
	if len(e.Options) > maxOptions {
		e.OptionGroups, e.Options = groups(e.Options), nil
	}
	return e
}

func choices(q bot.FormField) *api.MultiSelectBlockElement {
	chosen := map[string]bool{}
	for _, v := range strings.Split(q.Value, ",") {
		chosen[strings.TrimSpace(v)] = true
	}
	e := &api.MultiSelectBlockElement{Type: api.MultiOptTypeStatic, ActionID: "in", Placeholder: plainObject("Choose")}
	e.Options, _ = optionsOf(q, func(string) bool { return false })
	for _, o := range e.Options {
		if chosen[o.Value] {
			e.InitialOptions = append(e.InitialOptions, o)
		}
	}
	if len(e.Options) > maxOptions {
		e.OptionGroups, e.Options = groups(e.Options), nil
	}
	return e
}

// optionsOf makes a field's options and finds the one that is chosen.
func optionsOf(q bot.FormField, is func(value string) bool) (all []*api.OptionBlockObject, chosen *api.OptionBlockObject) {
	for _, o := range q.Options {
		if o.Value == "" || units(o.Value) > maxOption {
			continue // Slack could not give it back.
		}
		x := option(o)
		if is(o.Value) {
			chosen = x
		}
		all = append(all, x)
	}
	return all, chosen
}
