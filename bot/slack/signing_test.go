package slack

import (
	"hash/fnv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot/slack/slackfake"
)

// byLibrary checks a signature with the library's verifier.
func byLibrary(h http.Header, body []byte, secret string) bool {
	v, err := api.NewSecretsVerifier(h, secret)
	if err != nil {
		return false
	}
	v.Write(body)
	return v.Ensure() == nil
}

func TestSignaturesAreCheckedAsByTheLibrary(t *testing.T) {
	const secret = "demo-secret"
	body := []byte("team_id=T1&text=new")
	sign := (&slackfake.Team{SigningSecret: secret}).Sign
	now := time.Now()
	with := func(key string, change func(string) string) http.Header {
		h := sign(now, body)
		h.Set(key, change(h.Get(key)))
		return h
	}
	var s signings
	for name, x := range map[string]struct {
		h      http.Header
		body   string
		secret string
		want   bool
	}{
		"right":                {sign(now, body), string(body), secret, true},
		"in capitals":          {with("X-Slack-Signature", func(v string) string { return "v0=" + strings.ToUpper(v[3:]) }), string(body), secret, true},
		"four minutes old":     {sign(now.Add(-4*time.Minute), body), string(body), secret, true},
		"four minutes ahead":   {sign(now.Add(4*time.Minute), body), string(body), secret, true},
		"six minutes old":      {sign(now.Add(-6*time.Minute), body), string(body), secret, false},
		"six minutes ahead":    {sign(now.Add(6*time.Minute), body), string(body), secret, false},
		"another body":         {sign(now, body), string(body) + " ", secret, false},
		"another secret":       {sign(now, body), string(body), "other-secret", false},
		"no secret":            {sign(now, body), string(body), "", false},
		"no headers":           {http.Header{}, string(body), secret, false},
		"no time stamp":        {with("X-Slack-Request-Timestamp", func(string) string { return "" }), string(body), secret, false},
		"time stamp in words":  {with("X-Slack-Request-Timestamp", func(string) string { return "now" }), string(body), secret, false},
		"time stamp with sign": {with("X-Slack-Request-Timestamp", func(v string) string { return "+" + v }), string(body), secret, false},
		"time stamp far off":   {with("X-Slack-Request-Timestamp", func(string) string { return "-9223372036854775808" }), string(body), secret, false},
		"time stamp too long":  {with("X-Slack-Request-Timestamp", func(string) string { return strings.Repeat("9", 100) }), string(body), secret, false},
		"no version":           {with("X-Slack-Signature", func(v string) string { return v[3:] }), string(body), secret, false},
		"another version":      {with("X-Slack-Signature", func(v string) string { return "v1=" + v[3:] }), string(body), secret, false},
		"half of it":           {with("X-Slack-Signature", func(v string) string { return v[:35] }), string(body), secret, false},
		"more than it":         {with("X-Slack-Signature", func(v string) string { return v + "00" }), string(body), secret, false},
		"no hexadecimals":      {with("X-Slack-Signature", func(v string) string { return v[:66] + "g" }), string(body), secret, false},
		"one bit off":          {with("X-Slack-Signature", func(v string) string { return v[:66] + string("10"[strings.IndexByte("0123456789abcdef", v[66])&1]) }), string(body), secret, false},
	} {
		for range 2 { // The second time with the hash that was kept.
			if got := s.good(x.h, []byte(x.body), x.secret); got != x.want || got != byLibrary(x.h, []byte(x.body), x.secret) {
				t.Errorf("%s: good is %v, want %v, and by the library %v", name, got, x.want, byLibrary(x.h, []byte(x.body), x.secret))
			}
		}
	}
}

// FuzzReadCommand holds what is read of a command's form against the library's reading of the whole form.
func FuzzReadCommand(f *testing.F) {
	f.Add("team_id=T1&user_id=U1&text=new+severity%3D3&channel_id=C1&user_name=dana&trigger_id=1.2&response_url=https%3A%2F%2Fhooks.test&command=%2Fcase")
	f.Add("ssl_check=1&&text&text=2&=x&a=%zz;b")
	f.Fuzz(func(t *testing.T, body string) {
		got, check, err1 := readCommand(body)
		form, err2 := url.ParseQuery(body)
		if (err1 == nil) != (err2 == nil) {
			t.Fatalf("%q: %v, and by the library %v", body, err1, err2)
		}
		want := slash{TeamID: form.Get("team_id"), ChannelID: form.Get("channel_id"), UserID: form.Get("user_id"), UserName: form.Get("user_name"),
			Text: form.Get("text"), TriggerID: form.Get("trigger_id"), ResponseURL: form.Get("response_url")}
		if err1 == nil && (got != want || check != (form.Get("ssl_check") == "1")) {
			t.Errorf("%q is %+v (%v), want %+v", body, got, check, want)
		}
	})
}

// What a command is done once by stays the same over versions: a command sent again after an update is not done again.
func TestACommandsIDIsTheSumOfItsWords(t *testing.T) {
	for _, c := range []slash{{}, {UserID: "U1", ChannelID: "C1", Text: "new é", TriggerID: "1.2"}, {UserID: "U1", Text: "new", seal: "v0=ab"}} {
		h := fnv.New64a()
		h.Write([]byte(c.UserID + "/" + c.ChannelID + "/" + c.Text))
		if c.TriggerID == "" {
			h.Write([]byte("/" + c.seal))
		}
		if got, want := c.id(), "c/"+c.TriggerID+"/"+strconv.FormatUint(h.Sum64(), 36); got != want {
			t.Errorf("%+v has the id %s, want %s", c, got, want)
		}
	}
}

func BenchmarkSigned(b *testing.B) {
	body := []byte(strings.Repeat("x", 700))
	h := (&slackfake.Team{SigningSecret: "demo-secret"}).Sign(time.Now(), body)
	var s signings
	b.ReportAllocs()
	for b.Loop() {
		if !s.good(h, body, "demo-secret") {
			b.Fatal("it is not good at " + strconv.FormatInt(time.Now().Unix(), 10))
		}
	}
}
