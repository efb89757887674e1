package slack

import (
	"fmt"
	"strings"
	"testing"

	"casebot/bot"
)

// Slack weighs a message's blocks with their containers: many small pieces weigh more than their words.
func TestAMessageOfManyPiecesKeepsToSlacksWeight(t *testing.T) {
	pieces, doing := bot.Message{Footer: []bot.Span{bot.T("small print")}}, bot.Message{Footer: []bot.Span{bot.T("small print")}}
	var items [][]bot.Span
	for i := range 400 {
		items = append(items, []bot.Span{bot.B(fmt.Sprint(i)), bot.T(" is "), bot.C("one thing"), bot.T(" of many")})
	}
	pieces.Blocks = []bot.Block{{Kind: bot.List, Items: items}, bot.Q(strings.Repeat("words ", 800))}
	for i := range 25 {
		doing.Buttons = append(doing.Buttons, bot.Button{Label: fmt.Sprint("button ", i), Do: "show " + strings.Repeat("x", 1900)})
	}
	for name, m := range map[string]bot.Message{"pieces": pieces, "buttons": doing} {
		d := draw(m, sampleReader(t))
		if n := weight(d.blocks); n > maxWeight || !d.cut {
			t.Errorf("%s weighs %d, at most %d; cut: %v", name, n, maxWeight, d.cut)
		}
		if got := asJSON(t, d.blocks); !strings.Contains(got, "small print") || name == "buttons" && !strings.Contains(got, "button 0") {
			t.Errorf("%s lost what must stay", name)
		}
	}
}

// The text of an edit is counted in bytes.
func TestTheTextForNotificationsFitsAnEdit(t *testing.T) {
	for _, word := range []string{"日本語 ", "😀", "& <b> "} {
		d := draw(bot.Say(strings.Repeat(word, 3000)), sampleReader(t))
		if len(d.text) > 4000 || len(d.text) < 1000 {
			t.Errorf("%q: the text has %d bytes", word, len(d.text))
		}
	}
}
