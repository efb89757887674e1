package assist

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"casebot/desk"
)

// Nothing of a security or privacy case leaves, whatever is asked for: the transport is never called.
func TestRestrictedNeverLeaves(t *testing.T) {
	for name, change := range map[string]func(*desk.AssistAsk){
		"restricted": func(a *desk.AssistAsk) { a.Case.Restricted = true },
		"restricted, of a category renamed since":    func(a *desk.AssistAsk) { a.Case.Restricted = true; a.Case.Fields[desk.FieldCategory] = "Gone" },
		"category security":                          func(a *desk.AssistAsk) { a.Case.Fields[desk.FieldCategory] = "Security" },
		"category privacy in other letters":          func(a *desk.AssistAsk) { a.Case.Fields[desk.FieldCategory] = " PRIVACY " },
		"the trigger waits for somebody to escalate": func(a *desk.AssistAsk) { a.Case.Due = []desk.Trigger{desk.TriggerSecurity} },
	} {
		for task := range prompts {
			t.Run(name+"/"+string(task), func(t *testing.T) {
				h, _, purse := newHelper(t, doer(func(*http.Request) (*http.Response, error) {
					t.Error("something left the house")
					return answer(200, chat("oh")), nil
				}))
				ask := demoAsk(t, task)
				change(&ask)
				ask.Text = "harmless"
				_, err := h.Propose(context.Background(), ask)
				if say := sentence(t, err); !strings.Contains(say, "security or privacy") {
					t.Errorf("the person reads %q", say)
				}
				if len(purse.days) > 0 {
					t.Error("tokens were set aside for it")
				}
			})
		}
	}
}

// A message that reads like a security or privacy event stays too, and one that is filed as one.
func TestSensitiveMessagesStay(t *testing.T) {
	h, _, _ := newHelper(t, doer(func(*http.Request) (*http.Response, error) {
		t.Error("something left the house")
		return answer(200, chat("{}")), nil
	}))
	ask := demoAsk(t, desk.AssistFields)
	ask.Case, ask.Events = nil, nil
	for _, text := range []string{"We think a hacker was in the till", "Shoppers see the cards of others", "there was a data breach", "A GDPR complaint", "phi\u200bshing mail", "CVE-2026-1234 on the gateway"} {
		ask.Text, ask.Category = text, ""
		if _, err := h.Propose(context.Background(), ask); err == nil {
			t.Errorf("%q was sent", text)
		}
	}
	ask.Text, ask.Category = "The printer is out of paper", "Privacy"
	if _, err := h.Propose(context.Background(), ask); err == nil {
		t.Error("a message for a private case was sent")
	}
}

// What leaves holds no secret, no address, no name, and of an update nothing internal; it is what the recordings
// show and here held by word, for every task.
func TestWhatLeaves(t *testing.T) {
	for task := range prompts {
		var sent string
		h, _, _ := newHelper(t, doer(func(r *http.Request) (*http.Response, error) {
			b, _ := io.ReadAll(r.Body)
			sent = string(b)
			return answer(200, chat(`{"title":"t","text":"x"}`)), nil
		}))
		ask := demoAsk(t, task)
		ask.Text = pasted
		if _, err := h.Propose(context.Background(), ask); err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"Dana", "Erin", "Demo Outdoor", "jo@", "4111", "555 0134", "10.20.30.40", "hunter2", "Internal"} {
			if secret == "Internal" && task != desk.AssistUpdate {
				continue
			}
			if strings.Contains(sent, secret) {
				t.Errorf("%s: %q left the house", task, secret)
			}
		}
		if !strings.Contains(sent, "HB-4012") {
			t.Errorf("%s: the error code was lost", task)
		}
	}
}

// Texts for vectors are cleared as well, and an answer that does not fit is refused.
func TestEmbed(t *testing.T) {
	h, _, _ := newHelper(t, newReplay(t, "embed"))
	got, err := h.Embed(context.Background(), []string{"Mail jo@demo.example", "", "Card payments fail"})
	if err != nil || len(got) != 3 || got[0][0] != .6 || got[2][1] != 1 {
		t.Errorf("got %v, %v", got, err)
	}
	for name, body := range map[string]string{
		"one is missing":   `{"data":[{"index":0,"embedding":[1]}]}`,
		"one twice":        `{"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]}`,
		"out of range":     `{"data":[{"index":0,"embedding":[1]},{"index":7,"embedding":[1]}]}`,
		"of other lengths": `{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1,0]}]}`,
	} {
		h, _, _ := newHelper(t, doer(func(*http.Request) (*http.Response, error) { return answer(200, body), nil }))
		if _, err := h.Embed(context.Background(), []string{"a", "b"}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Names of people of the desk, and of the customer, are left out of what vectors are made of; what stays is not sent.
func TestEmbedLeavesNamesOut(t *testing.T) {
	var sent string
	ask := demoAsk(t, desk.AssistUpdate)
	h, _, _ := newHelper(t, doer(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		sent += string(b)
		return answer(200, `{"data":[{"index":0,"embedding":[1,0]}]}`), nil
	}), func(o *Options) { o.Dir, o.Products = ask.Dir, ask.Book.Products })
	if _, err := h.Embed(context.Background(), []string{"Erin Example wrote: Harbor Tills 6.2.1.14 needs a new certificate"}); err != nil {
		t.Fatal(err)
	}
	q := desk.Question{Words: "Dana says the tills of Demo Outdoor, store 4, show HB-4012", Customer: "Demo Outdoor"}
	if _, err := h.Ask(context.Background(), q); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Erin", "Example", "Dana", "Demo Outdoor"} {
		if strings.Contains(sent, name) {
			t.Errorf("%q left the house: %s", name, sent)
		}
	}
	for _, word := range []string{"6.2.1.14", "HB-4012", "[customer]", "store 4"} {
		if !strings.Contains(sent, word) {
			t.Errorf("%q was lost: %s", word, sent)
		}
	}
	before := sent
	q.Stays = true
	if _, err := h.Ask(context.Background(), q); desk.KindOf(err) != desk.KindForbidden || sent != before {
		t.Errorf("a question that stays: %v", err)
	}
}

// A long text is cut. A number or a password at the place of the cut does not leave by halves.
func TestCutsLeaveNoHalves(t *testing.T) {
	for _, secret := range []string{"4111 1111 1111 1111", "password: hunter2hunter2hunter2", "jo.invented@demo.example", "+1 415 555 0134", "xoxb-" + "123456789012-abcdefGHIJ"} {
		for back := range len(secret) + 2 {
			text := strings.Repeat("a ", 150)[:300-back] + secret + strings.Repeat(" b", 300)
			sent := takeFirst(newRedactor(false).take, text, 300)
			for _, half := range []string{"4111", "hunt", "jo.", "demo.ex", "415", "xox", "1234"} {
				if strings.Contains(sent, half) {
					t.Fatalf("%q cut %d characters in: %q leaves", secret, back, half)
				}
			}
			if n := len([]rune(sent)); n > 300+20 {
				t.Fatalf("%d characters are left", n)
			}
		}
	}
}

// Values must stand in the message as whole words.
func TestStands(t *testing.T) {
	sent := flat("The till in store 3 shows HB-4012.\nWe pressed pay, then it froze. Nothing helped!")
	for v, want := range map[string]bool{
		"HB-4012": true, "hb 4012": true, "store 3": true, "store 33": false, "art": false, "": false,
		"1. We pressed pay\n2. then it froze": true, "We pressed pay. It exploded.": false, "1.": false, "- ": false,
	} {
		if stands(v, sent) != want {
			t.Errorf("%q: want %v", v, want)
		}
	}
}
