package discord

// The shapes in which Discord takes messages and modals (docs.discord.com/developers/resources/message,
// .../components/reference). They are our own, because the library of this version knows neither labels nor
// uploads, and leaves out fields that must be there to be empty.

// payload is a message as it is sent or edited. Lists are always there: on an edit an empty one takes away
// what was there, and attachments names every file that the message has afterwards.
type payload struct {
	Content     string      `json:"content"`
	Embeds      []embed     `json:"embeds"`
	Components  []component `json:"components"`
	Mentions    mentions    `json:"allowed_mentions"`
	Attachments []attached  `json:"attachments"`
	Flags       int         `json:"flags,omitempty"`
}

// mentions says who is notified; without it everybody would be whose mark stands in the text. Parse is
// always empty: only the people that the desk means are.
type mentions struct {
	Parse []string `json:"parse"`
	Users []string `json:"users,omitempty"`
}

// embed is a coloured card below the text.
type embed struct {
	Description string       `json:"description,omitempty"`
	Color       int          `json:"color,omitempty"`
	Fields      []embedField `json:"fields,omitempty"`
	Image       *embedImage  `json:"image,omitempty"`
	Footer      *embedFooter `json:"footer,omitempty"`
}

type embedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline,omitempty"`
}

type embedImage struct {
	URL string `json:"url"`
}

type embedFooter struct {
	Text string `json:"text"`
}

// attached names a file that comes in the same request under files[ID], or one that the message has under that id.
type attached struct {
	ID          any    `json:"id"` // A number or, for one that is there, the text of its id.
	Filename    string `json:"filename,omitempty"`
	Description string `json:"description,omitempty"`
}

// The types of component that the desk uses.
const (
	rowType    = 1
	buttonType = 2
	selectType = 3
	inputType  = 4
	textType   = 10
	labelType  = 18
	uploadType = 19
)

// The styles of buttons and of text inputs.
const (
	stylePrimary   = 1
	styleSecondary = 2
	styleDanger    = 4
	styleLink      = 5
	styleShort     = 1
	styleLong      = 2
)

// component is any of them; what a type does not have stays empty.
type component struct {
	Type        int            `json:"type"`
	CustomID    string         `json:"custom_id,omitempty"`
	Style       int            `json:"style,omitempty"`
	Label       string         `json:"label,omitempty"`
	Description string         `json:"description,omitempty"` // Of a label.
	URL         string         `json:"url,omitempty"`
	Placeholder string         `json:"placeholder,omitempty"`
	Value       string         `json:"value,omitempty"`
	Content     string         `json:"content,omitempty"` // Of a text display.
	MaxLength   int            `json:"max_length,omitempty"`
	MinValues   *int           `json:"min_values,omitempty"`
	MaxValues   int            `json:"max_values,omitempty"`
	Required    *bool          `json:"required,omitempty"`
	Disabled    bool           `json:"disabled,omitempty"`
	Options     []selectOption `json:"options,omitempty"`
	Component   *component     `json:"component,omitempty"` // Of a label.
	Components  []component    `json:"components,omitempty"`
}

type selectOption struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// modal is a dialog.
type modal struct {
	CustomID   string      `json:"custom_id"`
	Title      string      `json:"title"`
	Components []component `json:"components"`
}
