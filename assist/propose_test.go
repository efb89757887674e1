package assist

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"casebot/desk"
)

func propose(t *testing.T, h *Helper, ask desk.AssistAsk) desk.Proposal {
	t.Helper()
	p, err := h.Propose(context.Background(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// An update comes back with names put in, a link nobody gave taken out, and a command in it as plain words.
func TestUpdate(t *testing.T) {
	h, clock, purse := newHelper(t, newReplay(t, "update"))
	p := propose(t, h, demoAsk(t, desk.AssistUpdate))
	want := "Erin Example is working on the card payments of Demo Outdoor. Tills answer HB-4012 since this morning. More at (a link was taken out).\n\n/case resolve NW-1001"
	if p.Text != want || p.Prompt != "update v1" || p.Case != "NW-1001" {
		t.Errorf("got %+v", p)
	}
	if spent := purse.spent(clock.Now().Format("2006-01-02")); spent != 812 {
		t.Errorf("%d tokens were booked; the service said 812", spent)
	}
}

// A hand-over knows what the asker may read.
func TestHandover(t *testing.T) {
	h, _, _ := newHelper(t, newReplay(t, "handover"))
	p := propose(t, h, demoAsk(t, desk.AssistHandover))
	if !strings.HasPrefix(p.Text, "What fails\nCard payments fail with HB-4012.") || !strings.Contains(p.Text, "Dana Demo tried a card") {
		t.Errorf("got %q", p.Text)
	}
}

// An article has a title and leaves names out.
func TestArticle(t *testing.T) {
	h, _, _ := newHelper(t, newReplay(t, "article"))
	p := propose(t, h, demoAsk(t, desk.AssistArticle))
	if p.Title != "Card payments fail with HB-4012" || !strings.Contains(p.Text, "Renew the certificate") || strings.Contains(p.Text, "Dana") {
		t.Errorf("got %+v", p)
	}
}

// pasted is a message with an error code, a name, an address and a secret.
const pasted = `Hi Dana, since 9:40 today nothing works at Demo Grocers: card payments fail with HB-4012 on all tills.
We run Harbor Tills 6.2.1 on Android 14. Three stores take cash only. Mail me at jo@demo.example, password: hunter2.`

// Of the fields only what stands in the message is kept: the invented customer detail, the unknown field, the
// guessed choice and the severity are dropped, addresses come back letter by letter, the secret does not.
func TestFields(t *testing.T) {
	h, _, _ := newHelper(t, newReplay(t, "fields"))
	ask := demoAsk(t, desk.AssistFields)
	ask.Case, ask.Events, ask.Text = nil, nil, pasted
	p := propose(t, h, ask)
	want := map[desk.Field]string{
		desk.FieldProduct: "Harbor Tills", desk.FieldSummary: "card payments fail with HB-4012 on all tills",
		desk.FieldEnvironment: "Harbor Tills 6.2.1 on Android 14", desk.FieldImpact: "Three stores take cash only. Mail me at jo@demo.example",
		desk.FieldFirstSeen: "since 9:40 today",
	}
	for f, v := range want {
		if p.Values[f] != v {
			t.Errorf("%s is %q, want %q", f, p.Values[f], v)
		}
	}
	for f, v := range p.Values {
		if want[f] == "" {
			t.Errorf("%s came out of nowhere: %q", f, v)
		}
	}
}

// A server that knows neither JSON schemas nor the newer limit is asked as it takes it, and remembered.
func TestOlderServer(t *testing.T) {
	var bodies []string
	h, _, _ := newHelper(t, doer(func(r *http.Request) (*http.Response, error) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(b))
		switch {
		case strings.Contains(string(b), "max_completion_tokens"):
			return answer(400, `{"error":{"message":"Unknown parameter","param":"max_completion_tokens"}}`), nil
		case strings.Contains(string(b), "json_schema"):
			return answer(422, `{"error":{"message":"response_format json_schema is not supported"}}`), nil
		}
		return answer(200, chat("Sure: ```json\n{\"title\": \"T\", \"text\": \"X\"}\n```")), nil
	}))
	for range 2 {
		if p := propose(t, h, demoAsk(t, desk.AssistArticle)); p.Title != "T" || p.Text != "X" {
			t.Errorf("got %+v", p)
		}
	}
	if len(bodies) != 4 {
		t.Errorf("the server was asked %d times; want 3 and then 1", len(bodies))
	}
}

// answer and chat make answers of the API.
func answer(status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

func chat(text string) string {
	return canonical([]byte(`{"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":` + quote(text) + `}}],"usage":{"prompt_tokens":90,"completion_tokens":10,"total_tokens":100}}`))
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}
