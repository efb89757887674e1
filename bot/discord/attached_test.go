package discord

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"casebot/bot"
)

// withFiles is a message of words with files, told by their names and contents in turn.
func withFiles(words string, files ...string) bot.Message {
	m := bot.Say(words)
	for i := 0; i < len(files); i += 2 {
		m.Files = append(m.Files, bot.File{Name: files[i], Type: "text/plain", Data: []byte(files[i+1])})
	}
	return m
}

// fileScene is a message with files, and what was sent for it so far.
type fileScene struct {
	*scene
	ref  bot.Ref
	seen int // Calls that have been looked at.
}

// post sends the message as a card, which in a forum begins a post.
func (f *fileScene) post(m bot.Message) {
	f.Helper()
	var err error
	f.ref, err = f.Post(f.Context(), bot.To{Home: f.home(), Channel: supportID}, m, "d1")
	f.must(err)
	f.sent()
}

func (f *fileScene) edit(m bot.Message) {
	f.Helper()
	f.must(f.Edit(f.Context(), f.ref, m))
}

// sent are the files that were sent since it was asked last.
func (f *fileScene) sent() (out []string) {
	all := f.fake.Calls("")
	for _, c := range all[f.seen:] {
		out = append(out, c.Files...)
	}
	f.seen = len(all)
	return out
}

// there are the files of the message with their ids, as Discord has them, in order of their names.
func (f *fileScene) there() (out []string, ids map[string]string) {
	f.Helper()
	at, _ := parseRef(f.ref)
	var m messageIn
	if err := f.apps[0].ask(f.Context(), "channels/"+at.channel+"/messages/"+at.id, &m); err != nil {
		f.Fatal(err)
	}
	ids = map[string]string{}
	for _, x := range m.Files {
		data, err := f.fetch(f.Context(), x.URL)
		if err != nil {
			f.Fatal(err)
		}
		out = append(out, x.Name+": "+string(data))
		ids[x.Name] = x.ID
	}
	slices.Sort(out)
	return out, ids
}

// has holds what was sent since, and what the message has.
func (f *fileScene) has(when string, sent []string, want ...string) {
	f.Helper()
	if got := f.sent(); !slices.Equal(got, sent) {
		f.Errorf("%s: sent were %q, want %q", when, got, sent)
	}
	if got, _ := f.there(); !slices.Equal(got, want) {
		f.Errorf("%s: the message has %q, want %q", when, got, want)
	}
}

// An edit sends the files that are new and no others, over a restart too; what the message had stays as it was, its
// addresses as well.
func TestAnEditSendsOnlyNewFiles(t *testing.T) {
	for _, kind := range []string{"text", "forum"} {
		t.Run(kind, func(t *testing.T) {
			f := &fileScene{scene: stage(t, kind, nil)}
			f.post(withFiles("words", "till one.log", "one", "two.log", "two"))
			_, ids := f.there()
			f.edit(withFiles("other words", "till one.log", "one", "two.log", "two"))
			f.has("with other words", nil, "till one.log: one", "two.log: two")
			if _, now := f.there(); fmt.Sprint(now) != fmt.Sprint(ids) {
				t.Errorf("the files that stayed are %v, they were %v", now, ids)
			}
			f.edit(withFiles("words", "till one.log", "one", "two.log", "two", "three.log", "three"))
			f.has("with one more", []string{"three.log"}, "three.log: three", "till one.log: one", "two.log: two")
			f.end()
			f.scene = play(t, f.world, nil)
			f.sent()
			f.edit(withFiles("after a restart", "till one.log", "one", "two.log", "two", "three.log", "three"))
			f.has("after a restart", nil, "three.log: three", "till one.log: one", "two.log: two")
			f.edit(withFiles("words", "till one.log", "one", "two.log", "TWO", "three.log", "three"))
			f.has("with one of another content", []string{"two.log"}, "three.log: three", "till one.log: one", "two.log: TWO")
			f.edit(bot.Say("no file could be read"))
			f.has("without files", nil, "three.log: three", "till one.log: one", "two.log: TWO")
			f.edit(withFiles("words", "till one.log", "one", "two.log", "TWO", "three.log", "three"))
			f.has("with the same again", nil, "three.log: three", "till one.log: one", "two.log: TWO")
			f.broken()
		})
	}
}

// What was noted of a message's files is lost, or the files themselves are: they are sent once more, and the message is
// whole.
func TestAnEditMakesAMessageWhole(t *testing.T) {
	for name, lose := range map[string]func(f *fileScene, at place) error{
		"the note": func(f *fileScene, at place) error { return f.state.Delete(f.Context(), filesKey(at.channel, at.id)) },
		"the files": func(f *fileScene, at place) error {
			_, err := f.apps[0].call(f.Context(), "PATCH", "channels/"+at.channel+"/messages/"+at.id, map[string]any{"attachments": []attached{}})
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := &fileScene{scene: stage(t, "text", nil)}
			f.post(withFiles("words", "one.log", "one", "two.log", "two"))
			at, _ := parseRef(f.ref)
			f.must(lose(f, at))
			f.edit(withFiles("other words", "one.log", "one", "two.log", "two"))
			f.has("once more", []string{"one.log", "two.log"}, "one.log: one", "two.log: two")
			f.edit(withFiles("words", "one.log", "one", "two.log", "two"))
			f.has("and then", nil, "one.log: one", "two.log: two")
		})
	}
}

// The text in full goes with the words that it belongs to, and evidence beside it stays.
func TestTheWholeTextFollowsTheWords(t *testing.T) {
	f := &fileScene{scene: stage(t, "text", nil)}
	long := func(word string) bot.Message {
		return withFiles(strings.Repeat(word, 8000/len(word)), "one.log", "one")
	}
	f.post(long("word "))
	f.edit(long("ward "))
	if got := f.sent(); !slices.Equal(got, []string{wholeName}) {
		t.Errorf("with other words were sent %q", got)
	}
	if got, _ := f.there(); len(got) != 2 || !strings.Contains(got[1], "ward ") || strings.Contains(got[1], "word ") {
		t.Errorf("the message has %.80q", got)
	}
	f.edit(withFiles("short", "one.log", "one"))
	f.has("cut short", nil, "one.log: one")
	f.broken()
}

// A picture in a card is sent with every edit, for Discord does not tell its id; what stands beside it is not.
func TestAPictureInACardIsSentAgain(t *testing.T) {
	f := &fileScene{scene: stage(t, "text", nil)}
	chart := func(words string) bot.Message {
		m := withFiles(words, "chart.png", "a chart", "one.log", "one")
		m.Blocks = append(m.Blocks, bot.Block{Kind: bot.Image, File: "chart.png", Alt: "cases by week"})
		return m
	}
	f.post(chart("this week"))
	f.edit(chart("last week"))
	f.has("with other words", []string{"chart.png"}, "one.log: one")
	at := f.at
	if seen := f.work.Read(f.dana, at); len(seen) != 1 || !slices.Equal(seen[0].Files, []string{"chart.png", "one.log"}) && !slices.Equal(seen[0].Files, []string{"one.log", "chart.png"}) {
		t.Errorf("Dana sees %+v", seen)
	}
	f.broken()
}

// A message holds ten files: what an edit leaves there gives way to what it brings.
func TestAnEditHoldsToTenFiles(t *testing.T) {
	f := &fileScene{scene: stage(t, "text", nil)}
	many := func(letter string, n int) bot.Message {
		var files []string
		for i := range n {
			files = append(files, fmt.Sprintf("%s%d.log", letter, i), letter)
		}
		return withFiles("words", files...)
	}
	f.post(many("a", 9))
	f.edit(many("b", 9))
	if got, _ := f.there(); len(got) != 10 || len(f.sent()) != 9 {
		t.Errorf("the message has %q", got)
	}
	f.broken()
}
