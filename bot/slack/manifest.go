package slack

import (
	"slices"
	"strings"
)

// need ties what the desk calls and hears to the scope it takes. The manifest asks for these and no others,
// and a test holds the table against the calls in this package.
type need struct {
	scope  string
	calls  []string // Methods of slack-go's client.
	events []string // Event subscriptions.
	why    string
	extra  Extra // Only with this part; empty: always.
}

// Extra is a part of the manifest that only some deployments need.
type Extra string

// UserGroups is for homes that give roles by user groups of the workspace.
const UserGroups Extra = "user groups"

// needs is the whole of what the app may do (docs.slack.dev/reference/scopes).
var needs = []need{
	{"commands", []string{"OpenViewContext", "UpdateViewContext", "PublishViewContext"}, nil, "/case, the message shortcut, and forms", ""},
	{"chat:write", []string{"PostMessageContext", "UpdateMessageContext", "PostEphemeralContext", "DeleteMessageContext"}, nil, "cards, replies and private answers", ""},
	{"im:write", []string{"OpenConversationContext"}, nil, "direct messages: pages, hand-overs, drafts", ""},
	{"im:history", nil, []string{"message.im"}, "commands in the direct conversation", ""},
	{"channels:history", []string{"GetConversationHistoryContext", "GetConversationRepliesContext"}, []string{"message.channels", "channel_id_changed"}, "words in the threads of cases", ""},
	{"groups:history", nil, []string{"message.groups"}, "the same in private channels", ""},
	{"channels:read", []string{"GetConversationInfoContext"}, []string{"member_joined_channel", "channel_left", "channel_archive", "channel_unarchive"}, "whether the app is in its channels", ""},
	{"groups:read", []string{"GetConversationsContext", "GetUsersInConversationContext"}, []string{"group_left", "group_archive", "group_unarchive"}, "the private rooms of restricted cases", ""},
	{"groups:write", []string{"CreateConversationContext", "InviteUsersToConversationContext"}, nil, "making those rooms and inviting people", ""},
	{"reactions:read", nil, []string{"reaction_added", "reaction_removed"}, "acting by reaction", ""},
	{"reactions:write", []string{"AddReactionContext", "RemoveReactionContext"}, nil, "quiet receipts", ""},
	{"files:read", []string{"GetFileInfoContext"}, nil, "evidence", ""},
	{"files:write", []string{"GetUploadURLExternalContext", "UploadToURL", "CompleteUploadExternalContext"}, nil, "copying evidence to the other side, and the review's chart", ""},
	{"users:read", []string{"GetUserInfoContext"}, nil, "names of people who are not listed", ""},
	{"app_mentions:read", nil, []string{"app_mention"}, "commands by mention, in threads and by guests", ""},
	{"", []string{"AuthTestContext"}, []string{"app_home_opened", "tokens_revoked", "app_uninstalled"}, "", ""},
	{"usergroups:read", []string{"GetUserGroupsContext"}, []string{"subteam_members_changed", "subteam_updated"}, "roles at the desk by user group", UserGroups},
}

// Scopes are the bot scopes of the manifest, with those of the extra parts that are named.
func Scopes(extra ...Extra) []string {
	var out []string
	for _, n := range needs {
		if n.scope != "" && n.with(extra) {
			out = append(out, n.scope)
		}
	}
	slices.Sort(out)
	return out
}

// with says whether a need counts with the extra parts that are named.
func (n need) with(extra []Extra) bool { return n.extra == "" || slices.Contains(extra, n.extra) }

// Events are the event subscriptions of the manifest, with those of the extra parts that are named.
func Events(extra ...Extra) []string {
	var out []string
	for _, n := range needs {
		if n.with(extra) {
			out = append(out, n.events...)
		}
	}
	slices.Sort(out)
	return out
}

// Manifest is the app's description for api.slack.com/apps (docs.slack.dev/reference/app-manifest).
type Manifest struct {
	Display  ManifestDisplay  `json:"display_information"`
	Features ManifestFeatures `json:"features"`
	OAuth    ManifestOAuth    `json:"oauth_config"`
	Settings ManifestSettings `json:"settings"`
}

// ManifestDisplay is what people see of the app.
type ManifestDisplay struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Color       string `json:"background_color"`
}

// ManifestFeatures are the ways to the desk.
type ManifestFeatures struct {
	Home      map[string]bool    `json:"app_home"`
	Bot       map[string]any     `json:"bot_user"`
	Shortcuts []ManifestShortcut `json:"shortcuts"`
	Slash     []ManifestSlash    `json:"slash_commands"`
}

// ManifestShortcut is an entry of a message's menu.
type ManifestShortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	Callback    string `json:"callback_id"`
	Description string `json:"description"`
}

// ManifestSlash is a slash command.
type ManifestSlash struct {
	Command     string `json:"command"`
	URL         string `json:"url,omitempty"`
	Description string `json:"description"`
	Usage       string `json:"usage_hint"`
	Escape      bool   `json:"should_escape"`
}

// ManifestOAuth asks for the scopes.
type ManifestOAuth struct {
	Redirect []string            `json:"redirect_urls,omitempty"`
	Scopes   map[string][]string `json:"scopes"`
}

// ManifestSettings turn on what the desk hears.
type ManifestSettings struct {
	Events        ManifestEvents `json:"event_subscriptions"`
	Interactivity map[string]any `json:"interactivity"`
	OrgDeploy     bool           `json:"org_deploy_enabled"`
	SocketMode    bool           `json:"socket_mode_enabled"`
	TokenRotation bool           `json:"token_rotation_enabled"`
}

// ManifestEvents are the subscriptions.
type ManifestEvents struct {
	URL    string   `json:"request_url,omitempty"`
	Events []string `json:"bot_events"`
}

// ManifestOptions are what differs from desk to desk.
type ManifestOptions struct {
	Name    string
	Usage   string // What may follow /case.
	BaseURL string // "https://desk.example.com": HTTP mode; empty: Socket Mode.
	Install bool   // With the page that installs by the web.
	Extra   []Extra
}

// botName is a name as people mention it: small letters, digits, "-", "_" and ".", as the vendor allows
// (docs.slack.dev/reference/app-manifest#features).
func botName(name string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(name) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.':
			b.WriteRune(c)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if out := strings.Trim(b.String(), "-"); out != "" {
		return out
	}
	return "casebot"
}

// MakeManifest describes the app.
func MakeManifest(o ManifestOptions) Manifest {
	at := func(path string) string {
		if o.BaseURL == "" {
			return ""
		}
		return o.BaseURL + path
	}
	m := Manifest{
		Display: ManifestDisplay{Name: o.Name, Description: "The support desk you share with your partner: cases, deadlines, escalation.", Color: "#1f3a5f"},
		Features: ManifestFeatures{
			Home:      map[string]bool{"home_tab_enabled": true, "messages_tab_enabled": true, "messages_tab_read_only_enabled": false},
			Bot:       map[string]any{"display_name": botName(o.Name), "always_online": true},
			Shortcuts: []ManifestShortcut{{Name: "File as a case", Type: "message", Callback: "file", Description: "Begins a case with this message's words and files"}},
			Slash:     []ManifestSlash{{Command: "/case", URL: at("/slack/commands"), Description: "File a case, or work on one", Usage: o.Usage, Escape: true}},
		},
		OAuth: ManifestOAuth{Scopes: map[string][]string{"bot": Scopes(o.Extra...)}},
		Settings: ManifestSettings{
			Events:        ManifestEvents{URL: at("/slack/events"), Events: Events(o.Extra...)},
			Interactivity: map[string]any{"is_enabled": true},
			SocketMode:    o.BaseURL == "",
		},
	}
	if o.BaseURL != "" {
		m.Settings.Interactivity["request_url"] = at("/slack/interactions")
	}
	if o.Install {
		m.OAuth.Redirect = []string{at("/slack/oauth")}
	}
	return m
}
