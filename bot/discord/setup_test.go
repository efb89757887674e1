package discord

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// What the set-up page promises is what the bot asks for, and the number in the invitation is the sum of it.
func TestTheSetUpPageNamesWhatTheBotAsksFor(t *testing.T) {
	page, err := os.ReadFile("../../docs/discord.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range needs {
		if !strings.Contains(string(page), n.Name) {
			t.Errorf("docs/discord.md does not say that the bot asks for %s (%s)", n.Name, n.Why)
		}
	}
	for _, words := range []string{"/" + lineCommand, "/" + menuCommand, fileAsCase, casesOf, wholeName, "Message Content", "casebot discord invite", "casebot discord commands"} {
		if !strings.Contains(string(page), words) {
			t.Errorf("docs/discord.md does not tell of %q", words)
		}
	}
	url, err := InviteURL(guildID)
	if want := fmt.Sprint("permissions=", 64+1024+2048+16384+32768+65536+(1<<34)+(1<<35)+(1<<36)+(1<<38)); err != nil || !strings.HasSuffix(url, want) {
		t.Errorf("the invitation is %q (%v), want it to end in %s", url, err, want)
	}
}
