package bot

// Form is a set of questions as data. It is presented in four ways: as one dialog, as pages of N
// (Capabilities.DialogFields), with its choices in a message before them (Capabilities.MessageChoices), or as command
// arguments; the values that come back are the same.
type Form struct {
	Name   string // The command it belongs to: its submission is handled as that command.
	Title  string
	Intro  []Block // Above the fields, e.g. what will happen and when.
	Fields []FormField
	Submit string            // Label of the button.
	Case   string            // Case ID, if it is about one.
	Draft  string            // Draft ID: what is typed is kept under it.
	Hidden map[string]string // Carried through unseen.
	Ways   []Button          // Other ways on than sending it; shown where it stands in a message, before or between two dialogs.
	// InMessage presents it as a private message with a way to pick for each question, which are choices all, and a
	// button Submit. A pick is a Refresh whose answer replaces the message; after Submit a dialog may open at once.
	// It is set only where Capabilities.MessageChoices allows it.
	InMessage bool
}

// FormField is one question.
type FormField struct {
	Key      string
	Label    string
	Hint     string
	Example  string // Shown as placeholder.
	Kind     FieldKind
	Options  []Option
	Required bool
	Value    string
	Error    string // The sentence of a refused answer.
	Live     bool   // Changing it asks for the form again (Interaction of kind Refresh), where forms can be live.
	Rows     int    // Height of a Long field.
	Ahead    bool   // A Time field asks for a time to come.
}

// FieldKind of a form field.
type FieldKind string

// The kinds of question.
const (
	AskText   FieldKind = "text"
	AskLong   FieldKind = "long"
	AskChoice FieldKind = "choice"
	AskMulti  FieldKind = "multi" // Values separated by commas.
	AskTime   FieldKind = "time"  // Date, time and zone.
	AskFiles  FieldKind = "files"
)

// Option of a choice.
type Option struct {
	Value string
	Label string
	Note  string // A second line.
}
