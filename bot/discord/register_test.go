package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/discord/discordfake"
)

// sampleCommands are more than Discord shows side by side, with a family and long words.
func sampleCommands() []CommandInfo {
	list := []CommandInfo{
		{Name: "new", Summary: "File a case.", Files: true, Options: []OptionInfo{{"customer", "Customer", true}, {"severity", "Severity", true}, {"summary", "Summary", false}}},
		{Name: "ack", Summary: "Say that you have the case. " + strings.Repeat("And more. ", 30), Case: true, Options: []OptionInfo{{"next", "Next update by", false}}},
		{Name: "assign", Summary: "Give the case to somebody.", Case: true, Options: []OptionInfo{{"to", "Who", true}}},
		{Name: "kb", Summary: "Find articles.", Options: []OptionInfo{{"words", "Words", false}}},
		{Name: "kb-open", Summary: "Read an article.", Options: []OptionInfo{{"article", "Code", true}}},
	}
	for i := range 40 {
		list = append(list, CommandInfo{Name: fmt.Sprintf("act%02d", i), Summary: "Does something.", Case: i%2 == 0, Options: []OptionInfo{{"text", "Words", false}, {"Bad Name", "Left out", false}}})
	}
	return list
}

func TestCommandsKeepDiscordsLimits(t *testing.T) {
	all := Commands(sampleCommands())
	if len(all) != 4 || all[0].Name != lineCommand || all[1].Name != menuCommand {
		t.Fatalf("the commands are %+v", all)
	}
	menu := all[1]
	if n := size(menu); n > maxCommandSize {
		t.Errorf("/desk has %d characters", n)
	}
	if len(menu.Options) != maxSubs || menu.Options[len(menu.Options)-1].Name != moreGroup {
		t.Errorf("/desk has %d entries, the last %q", len(menu.Options), menu.Options[len(menu.Options)-1].Name)
	}
	// What would be too much in any case leaves /case, which does everything.
	var many []CommandInfo
	for i := range 40 {
		c := CommandInfo{Name: fmt.Sprintf("act%02d", i), Summary: strings.Repeat("x", 200)}
		for j := range 24 {
			c.Options = append(c.Options, OptionInfo{Key: fmt.Sprintf("an-option-with-a-long-name-%02d", j), About: strings.Repeat("y", 200)})
		}
		many = append(many, c)
	}
	if all := Commands(many); len(all) != 3 || all[0].Name != lineCommand {
		t.Errorf("a menu that is too large is registered: %d commands", len(all))
	}
}

// guild is a fake guild with a bot, and the way to call it.
func guild(t *testing.T) (*discordfake.Server, *discordfake.Bot, caller) {
	t.Helper()
	s := discordfake.New(bottest.NewClock(bottest.Monday))
	t.Cleanup(s.Close)
	b := s.AddBot("token-of-the-demo")
	s.AddGuild(guildID, "Northwind", b)
	s.AddChannel(guildID, casesID, "cases", "text")
	return s, b, func(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
		var in io.Reader
		if body != nil {
			raw, err := json.Marshal(body)
			if err != nil {
				return nil, err
			}
			in = bytes.NewReader(raw)
		}
		r, err := http.NewRequestWithContext(ctx, method, s.REST()+path, in)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", "Bot "+b.Token)
		r.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err == nil && resp.StatusCode >= 300 {
			err = fmt.Errorf("%s: %s", resp.Status, raw)
		}
		return raw, err
	}
}

// Discord takes the list, and a second start with the same list writes nothing.
func TestCommandsAreRegisteredOnlyWhenTheyChanged(t *testing.T) {
	s, b, call := guild(t)
	list := sampleCommands()
	for i, want := range []bool{true, false, false} {
		wrote, err := register(t.Context(), call, b.Application, guildID, Commands(list))
		if err != nil || wrote != want {
			t.Fatalf("start %d: wrote %v, %v", i+1, wrote, err)
		}
	}
	list[1].Summary = "Another sentence."
	if wrote, err := register(t.Context(), call, b.Application, guildID, Commands(list)); err != nil || !wrote {
		t.Errorf("a change was written: %v, %v", wrote, err)
	}
	if n := s.CommandWrites(); n != 2 {
		t.Errorf("the commands were written %d times", n)
	}
	if p := s.Problems(); len(p) > 0 {
		t.Error(p)
	}
}

// asInteraction is what a client sends for a command of /desk.
func asInteraction(path []string, options []any) json.RawMessage {
	for i := len(path) - 1; i >= 0; i-- {
		kind := subOption
		if i == 0 && len(path) == 2 {
			kind = groupOption
		}
		options = []any{map[string]any{"name": path[i], "type": kind, "options": options}}
	}
	raw, _ := json.Marshal(map[string]any{"name": menuCommand, "type": chatCommand, "options": options})
	return raw
}

// Whatever people put into the fields of a menu, the desk reads exactly that out of the line.
func TestMenusBecomeLinesAndBack(t *testing.T) {
	list := sampleCommands()
	_, behind := menus(list, maxCommandAbout)
	if len(behind) != len(list) {
		t.Errorf("%d of %d commands can be reached", len(behind), len(list))
	}
	var paths []string
	for p := range behind {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune(`"'\= “”‘’«„`+"\n"))))
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SampledFrom(paths).Draw(t, "path")
		c := behind[path]
		given := map[string]string{}
		var options []any
		if c.Case && rapid.Bool().Draw(t, "with a case") {
			given[caseKey] = rapid.OneOf(rapid.Just("NW-1042"), text).Draw(t, "case")
			options = append(options, map[string]any{"name": caseKey, "type": stringOption, "value": given[caseKey]})
		}
		for _, o := range c.Options {
			if v := text.Draw(t, o.Key); isOptionName(o.Key) && strings.TrimSpace(v) != "" {
				given[o.Key] = v
				options = append(options, map[string]any{"name": o.Key, "type": stringOption, "value": v})
			}
		}
		got, err := readCommand(asInteraction(strings.Fields(path), options), false, list)
		if err != nil || got.kind != bot.Command {
			t.Fatalf("%s is read as %+v, %v", path, got, err)
		}
		args, err := bot.ParseArgs(got.line)
		if err != nil {
			t.Fatalf("%q: %v", got.line, err)
		}
		want := []string{c.Name}
		if id := strings.TrimSpace(given[caseKey]); id != "" {
			want = append(want, id)
		}
		delete(given, caseKey)
		if !slices.Equal(args.Words, want) || len(args.Values) != len(given) {
			t.Fatalf("%q has the words %q, want %q, and %d values, want %d", got.line, args.Words, want, len(args.Values), len(given))
		}
		for k, v := range given {
			if args.Values[k] != v {
				t.Fatalf("%q has %s=%q, want %q", got.line, k, args.Values[k], v)
			}
		}
	})
}

func TestLinesFilesAndMenusAreRead(t *testing.T) {
	list := sampleCommands()
	read := func(data string, completing bool) typed {
		t.Helper()
		got, err := readCommand(json.RawMessage(data), completing, list)
		if err != nil {
			t.Errorf("%s: %v", data, err)
		}
		return got
	}
	got := read(`{"name":"case","type":1,"options":[{"name":"line","type":3,"value":" attach NW-1 "},{"name":"file","type":11,"value":"7"},{"name":"file-2","type":11,"value":"8"}],
		"resolved":{"attachments":{"7":{"id":"7","filename":"a.log","size":3,"url":"https://cdn.test/a","content_type":"text/plain","ephemeral":true},"8":{"id":"8","filename":"b.png","url":"https://cdn.test/b"}}}}`, false)
	if got.kind != bot.Command || got.line != "attach NW-1" || len(got.files) != 2 || got.files[0].Name != "a.log" || got.files[1].URL != "https://cdn.test/b" {
		t.Errorf("the line is read as %+v", got)
	}
	if got = read(`{"name":"File as a case","type":3,"target_id":"9","resolved":{"messages":{"9":{"id":"9","content":"it hangs"}}}}`, false); got.kind != bot.Picked || !strings.Contains(string(got.message), "it hangs") {
		t.Errorf("the picked message is read as %+v", got)
	}
	if got = read(`{"name":"Open cases of this person","type":2,"target_id":"`+danaID+`"}`, false); got.kind != bot.Command || got.line != "list status=open owner=<@"+danaID+">" {
		t.Errorf("the person's menu is read as %+v", got)
	}
	if got = read(`{"name":"desk","type":1,"options":[{"name":"kb","type":2,"options":[{"name":"find","type":1,"options":[{"name":"words","type":3,"value":"till offline"}]}]}]}`, false); got.line != `kb words="till offline"` {
		t.Errorf("a family's own command is read as %q", got.line)
	}
	for _, bad := range []string{`null`, `[]`, `{`, `{"name":"other","type":1}`, `{"name":"desk","type":1}`, `{"name":"desk","type":1,"options":[{"name":"nothing","type":1}]}`, `{"name":"File as a case","type":3,"target_id":"9"}`,
		`{"name":"Open cases of this person","type":2,"target_id":"x"}`, `{"name":"case","type":2}`, `{"name":"case","type":1,"options":7}`} {
		if got, err := readCommand(json.RawMessage(bad), false, list); err == nil || !errors.Is(err, errShape) && !errors.Is(err, errForeign) {
			t.Errorf("%s is read as %+v, %v", bad, got, err)
		}
	}
}

func TestCompletionsFitTheFieldThatIsTyped(t *testing.T) {
	list := sampleCommands()
	ask := func(data string) typed {
		t.Helper()
		got, err := readCommand(json.RawMessage(data), true, list)
		if err != nil || got.kind != bot.Complete {
			t.Fatalf("%s is read as %+v, %v", data, got, err)
		}
		return got
	}
	line := ask(`{"name":"case","type":1,"options":[{"name":"line","type":3,"value":"ack ","focused":true}]}`)
	got := line.choices([]bot.Option{{Value: "ack NW-1 ", Label: "NW-1 Sev 2", Note: "Acme: it hangs"}, {Value: "ack NW-1 ", Label: "again"}, {Value: "ack " + strings.Repeat("x", 100), Label: "too long"}})
	if line.line != "ack " || len(got) != 1 || got[0] != (choiceOut{"ack NW-1 · NW-1 Sev 2 · Acme: it hangs", "ack NW-1"}) {
		t.Errorf("%q is offered %+v", line.line, got)
	}
	of := func(options string) typed {
		return ask(`{"name":"desk","type":1,"options":[{"name":"assign","type":1,"options":[` + options + `]}]}`)
	}
	id := of(`{"name":"case","type":3,"value":"NW-1","focused":true}`)
	if got := id.choices([]bot.Option{{Value: "assign NW-10 ", Label: "NW-10 Sev 1", Note: "Acme"}}); id.line != "assign NW-1" || len(got) != 1 || got[0] != (choiceOut{"NW-10 Sev 1 · Acme", "NW-10"}) {
		t.Errorf("%q is offered %+v", id.line, got)
	}
	to := of(`{"name":"case","type":3,"value":"NW-10"},{"name":"to","type":3,"value":"Eve \"D","focused":true}`)
	if got := to.choices([]bot.Option{{Value: `assign NW-10 to="eve demo" `, Label: "Eve Demo"}, {Value: "something else", Label: "no"}}); to.line != `assign NW-10 to="Eve \"D` || len(got) != 1 || got[0] != (choiceOut{"Eve Demo", "eve demo"}) {
		t.Errorf("%q is offered %+v", to.line, got)
	}
	var many []bot.Option
	for i := range 60 {
		many = append(many, bot.Option{Value: fmt.Sprint("act", i), Label: strings.Repeat("日本", 200)})
	}
	if got := line.choices(many); len(got) != maxAnswers || units(got[0].Name) > maxOption {
		t.Errorf("%d are offered, the first %+v", len(got), got[0])
	}
}

func FuzzReadCommand(f *testing.F) {
	f.Add([]byte(`{"name":"case","type":1,"options":[{"name":"line","type":3,"value":"ack"}]}`))
	f.Add([]byte(asInteraction([]string{"kb", "open"}, []any{map[string]any{"name": "article", "type": 3, "value": "x", "focused": true}})))
	f.Add([]byte(`{"name":"desk","type":1,"options":[{"type":2,"options":[{"type":1,"name":7}]}],"resolved":{"attachments":{"7":null}}}`))
	list := sampleCommands()
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, completing := range []bool{true, false} {
			if got, err := readCommand(data, completing, list); err == nil && got.kind == "" {
				t.Errorf("%s is read as nothing", data)
			}
		}
	})
}

func TestOptionNames(t *testing.T) {
	for name, want := range map[string]bool{
		"new": true, "kb-open": true, "it's_2": true, "größe": true, "件名": true, strings.Repeat("é", 32): true,
		"": false, "New": false, "two words": false, "a.b": false, "a\xff": false, strings.Repeat("é", 33): false,
	} {
		if got := isOptionName(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
