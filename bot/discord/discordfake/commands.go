package discordfake

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"unicode/utf8"
)

// The types of a command's options that the fake tells apart.
const (
	subcommandType = 1
	groupType      = 2
	stringType     = 3
	integerType    = 4
	booleanType    = 5
	userOptionType = 6
	numberType     = 10
)

// The types of command.
const (
	typedCommand   = 2 // As the type of an interaction.
	chatCommand    = 1
	userCommand    = 2
	messageCommand = 3
)

var commandName = regexp.MustCompile(`^[-_'\p{Ll}\p{Lo}\p{N}]{1,32}$`)

// Commands are the commands a bot has registered, those of guilds with their guild_id.
func (s *Server) Commands(bot *Bot) []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := copied(bot.global)
	for _, g := range slices.Sorted(maps.Keys(bot.commands)) {
		out = append(out, copied(bot.commands[g])...)
	}
	return out
}

// CommandWrites is how many times commands were registered by bulk overwrite.
func (s *Server) CommandWrites() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.writes
}

// scope is the list of commands a call is about.
func (c *call) scope() (guild string, no *refusal) {
	if c.path["a"] != c.bot.Application {
		return "", refuse(http.StatusForbidden, 20012)
	}
	if _, one := c.path["g"]; !one {
		return "", nil
	}
	g, no := c.guild()
	if no != nil {
		return "", no
	}
	return g.id, nil
}

func (b *Bot) list(guild string) []map[string]any {
	if guild == "" {
		return b.global
	}
	return b.commands[guild]
}

func (c *call) getCommands() (any, *refusal) {
	guild, no := c.scope()
	if no != nil {
		return nil, no
	}
	return list(c.bot.list(guild)), nil
}

// putCommands overwrites the commands of a guild or the global ones. A command of the same name keeps its id.
func (c *call) putCommands() (any, *refusal) {
	guild, no := c.scope()
	if no != nil {
		return nil, no
	}
	k := &checker{}
	var out []map[string]any
	seen := map[string]bool{}
	for i, x := range c.list {
		cmd, ok := copied(x).(map[string]any)
		if !ok {
			return nil, invalid(fault{[]string{"_"}, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"})
		}
		if cmd["type"] == nil {
			cmd["type"] = float64(chatCommand)
		}
		k.command(cmd, i)
		key := string(rune('0'+num(cmd, "type"))) + str(cmd, "name")
		if seen[key] {
			k.bad("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique", i, "name")
		}
		seen[key] = true
		cmd["id"] = c.s.newID()
		for _, old := range c.bot.list(guild) {
			if str(old, "name") == str(cmd, "name") && num(old, "type") == num(cmd, "type") {
				cmd["id"] = old["id"]
			}
		}
		cmd["application_id"], cmd["version"] = c.bot.Application, c.s.newID()
		if guild != "" {
			cmd["guild_id"] = guild
		}
		out = append(out, cmd)
	}
	if len(out) > 100 {
		k.count(len(out), 0, 100, "_")
	}
	if len(k.faults) > 0 {
		return nil, invalid(k.faults...)
	}
	c.s.writes++
	if guild == "" {
		c.bot.global = out
	} else {
		c.bot.commands[guild] = out
	}
	return list(out), nil
}

func (k *checker) command(cmd map[string]any, i int) {
	name := str(cmd, "name")
	if num(cmd, "type") != chatCommand {
		k.length(name, 1, 32, i, "name")
		if str(cmd, "description") != "" || len(items(cmd, "options")) > 0 {
			k.bad("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_SET", "Context menu commands cannot have description", i, "description")
		}
		return
	}
	if !commandName.MatchString(name) {
		k.bad("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", i, "name")
	}
	k.length(str(cmd, "description"), 1, 100, i, "description")
	k.options(objects(cmd, "options"), []any{i, "options"}, 0)
	if size(cmd) > 8000 {
		k.bad("APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (8000)", i)
	}
}

func (k *checker) options(options []map[string]any, place []any, depth int) {
	k.count(len(options), 0, 25, place...)
	optional := false
	seen := map[string]bool{}
	for j, o := range options {
		in := append(append([]any{}, place...), j)
		if !commandName.MatchString(str(o, "name")) || seen[str(o, "name")] {
			k.bad("APPLICATION_COMMAND_INVALID_NAME", "Option name is invalid", append(in, "name")...)
		}
		seen[str(o, "name")] = true
		k.length(str(o, "description"), 1, 100, append(in, "description")...)
		if optional = optional || !yes(o, "required"); optional && yes(o, "required") {
			k.bad("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options", append(in, "required")...)
		}
		choices := objects(o, "choices")
		k.count(len(choices), 0, 25, append(in, "choices")...)
		for n, ch := range choices {
			k.length(str(ch, "name"), 1, 100, append(in, "choices", n, "name")...)
			k.length(str(ch, "value"), 0, 100, append(in, "choices", n, "value")...)
		}
		if yes(o, "autocomplete") && len(choices) > 0 {
			k.bad("APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "Autocomplete and choices exclude one another", append(in, "autocomplete")...)
		}
		if t := num(o, "type"); t < 1 || t > 11 || t == groupType && depth > 0 || t == subcommandType && depth > 1 {
			k.bad("BASE_TYPE_CHOICES", "Sub-command option type is invalid here", append(in, "type")...)
		}
		k.options(objects(o, "options"), append(in, "options"), depth+1)
	}
}

// size is what counts towards a command's 8,000 characters: names, descriptions and values.
func size(x map[string]any) int {
	n := utf8.RuneCountInString(str(x, "name") + str(x, "description") + str(x, "value"))
	for _, part := range append(objects(x, "options"), objects(x, "choices")...) {
		n += size(part)
	}
	return n
}

// command finds what a person can use in a channel: the guild's own first.
func (b *Bot) command(guild, name string, kind int) map[string]any {
	for _, cmd := range append(slices.Clone(b.commands[guild]), b.global...) {
		direct, limited := cmd["dm_permission"].(bool)
		if guild == "" && (str(cmd, "guild_id") != "" || limited && !direct) {
			continue
		}
		if str(cmd, "name") == name && num(cmd, "type") == kind {
			return cmd
		}
	}
	return nil
}
