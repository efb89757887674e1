package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"casebot/bot"
	"casebot/bot/discord"
	"casebot/commands"
	"casebot/desk"
	"casebot/templates"
)

func TestDiscordCommands(t *testing.T) {
	t.Chdir(t.TempDir())
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"discord", "commands"}, nil, &out, &errs); code != exitDone {
		t.Fatalf("exit code %d: %s", code, errs.String())
	}
	var list []struct {
		Name    string
		Options []struct{ Name string }
	}
	if err := json.Unmarshal(out.Bytes(), &list); err != nil || len(list) != 4 || list[0].Name != "case" || list[1].Name != "desk" || len(list[1].Options) > 25 {
		t.Errorf("the commands are %+v, %v", list, err)
	}
	// Every command that help lists can be found among the menus.
	for _, c := range commands.Commands() {
		_, name, deep := strings.Cut(c.Name, "-")
		if !deep {
			name = c.Name
		}
		if !c.Quiet && !strings.Contains(out.String(), `"name": "`+name+`"`) {
			t.Errorf("%s is not among the menus", c.Name)
		}
	}
	for _, name := range discordFirst {
		if !strings.Contains(out.String(), `"name": "`+name+`"`) {
			t.Errorf("%s comes first and is no command", name)
		}
	}
	out.Reset()
	if code := run(t.Context(), []string{"discord", "invite", "123456789012345678"}, nil, &out, &errs); code != exitDone || !strings.Contains(out.String(), "client_id=123456789012345678&scope=bot+applications.commands&permissions=") {
		t.Errorf("the invitation is %q (%d)", out.String(), code)
	}
	for _, wrong := range [][]string{{"discord"}, {"discord", "invite"}, {"discord", "invite", "me"}, {"discord", "commands", "x"}} {
		if code := run(t.Context(), wrong, nil, &out, &errs); code != exitUsage {
			t.Errorf("%q ends with %d", wrong, code)
		}
	}
	book, err := desk.ParseHandbook("handbook.yaml", templates.DefaultHandbook())
	if err != nil || len(discord.Commands(discordCommands(book))) != 4 {
		t.Errorf("the menus do not fit: %v", err)
	}
}

// While somebody types they are offered what the desk knows of the kind, and of it only what they may see.
func TestCompletionOfWhatTheDeskKnows(t *testing.T) {
	w := newWorld(t)
	id := w.up(false)
	typing := func(who, text string) string {
		return w.does(who, bot.Interaction{Kind: bot.Complete, Text: text})
	}
	customer := w.cas(id).Fields[desk.FieldCustomer]
	word, rest, _ := strings.Cut(strings.ToLower(customer), " ")
	w.wants(typing("dana", "new customer="+word), customer)
	w.wants(typing("dana", `new customer="`+word+" "+rest[:1]), customer)
	w.lacks(typing("sam", "new customer="), customer)
	w.wants(typing("ivy", "assign "+id+` to="ev`), "assign "+id+" to=eve ")
	w.wants(typing("ivy", "assign "+id+` to=demo`), "to=eve ") // By a word of the name.
	// In the thread of a case its number need not be named.
	thread := w.thread("ivy", id)
	w.wants(w.does("ivy", bot.Interaction{Kind: bot.Complete, Text: "assign to=e", Thread: thread.Thread, Channel: thread.Channel, Home: thread.Home}), "assign to=eve ")
	second := w.filed(wholeCase)
	w.wants(typing("dana", "merge "+id+" into="), "into="+second+" ")
	w.lacks(typing("dana", "merge "+id+" into="), "into="+id+" ")
}
