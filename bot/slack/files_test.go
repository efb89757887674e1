package slack

import (
	"bytes"
	"image"
	"image/png"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"context"

	"casebot/bot"
	"casebot/bot/bottest"
	"casebot/bot/slack/slackfake"
	"casebot/desk"
)

// picture is a message that shows a picture, and one real PNG.
func picture(t *testing.T) (bot.Message, []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	return bot.Message{Blocks: []bot.Block{bot.P(bot.T("The week")), {Kind: bot.Image, File: "weeks.png", Alt: "3 filed and 2 resolved"}},
		Files: []bot.File{{Name: "weeks.png", Type: "image/png", Data: b.Bytes()}}}, b.Bytes()
}

// Whatever goes wrong with a picture, its words are there at once, once, and say what it would have shown.
func TestAPictureHoldsNoWordsBack(t *testing.T) {
	from := func(first, last int, f slackfake.Fault) func(int) *slackfake.Fault {
		return func(call int) *slackfake.Fault {
			if call < first || call > last {
				return nil
			}
			return &f
		}
	}
	const ever = 1 << 30
	for _, c := range []struct {
		name, method string
		fault        func(int) *slackfake.Fault
		shown        int
	}{
		{"nothing wrong", "", nil, 1},
		{"no address for it", "files.getUploadURLExternal", from(1, ever, slackfake.Fault{Status: 500}), 0},
		{"a scope is missing", "files.getUploadURLExternal", from(1, ever, slackfake.Fault{Error: "missing_scope"}), 0},
		{"no more uploads this minute", "files.getUploadURLExternal", from(1, ever, slackfake.Fault{Status: 429, RetryAfter: 60}), 0},
		{"no more uploads this second", "files.getUploadURLExternal", from(1, 1, slackfake.Fault{Status: 429, RetryAfter: 1}), 1},
		{"the bytes are refused", "upload", from(1, ever, slackfake.Fault{Status: 500}), 0},
		{"it is never completed", "files.completeUploadExternal", from(1, ever, slackfake.Fault{Error: "internal_error"}), 0},
		{"it is ready a moment later", "chat.postMessage", from(1, 1, slackfake.Fault{Error: "invalid_blocks"}), 1},
		{"it is never ready", "chat.postMessage", from(1, 4, slackfake.Fault{Error: "invalid_blocks"}), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := stage(t, true, nil)
			if c.method != "" {
				s.fake.Fault(c.method, c.fault)
			}
			m, data := picture(t)
			h, _ := s.dir.Home("nw")
			_, err := s.Post(t.Context(), bot.To{Home: h, Channel: h.Review}, m, "d1")
			s.must(err)
			review := bottest.Spot{Home: "nw", Channel: "C0REVIEW"}
			if got := s.sees(s.dana, review); strings.Count(got, "The week") != 1 || !strings.Contains(got, "3 filed and 2 resolved") {
				t.Errorf("the channel reads %q", got)
			}
			shown := s.fake.Shown("C0REVIEW")
			if len(shown) != c.shown || c.shown == 1 && !bytes.Equal(shown[0], data) {
				t.Errorf("%d pictures are shown", len(shown))
			}
			for _, p := range s.fake.Problems() {
				t.Error(p)
			}
		})
	}
}

// A file that Slack refuses for good does not take the words with it: they come, and say which file is missing.
// One that is refused for now is sent later, with its words.
func TestARefusedFileIsNamed(t *testing.T) {
	s := stage(t, true, nil)
	m := bot.Say("Here is the log.")
	m.Files = []bot.File{{Name: "till.log", Type: "text/plain", Data: []byte("HB-4012")}}
	h, _ := s.dir.Home("nw")
	to := bot.To{Home: h, Channel: h.Cases}
	s.fake.Fault("files.getUploadURLExternal", func(int) *slackfake.Fault { return &slackfake.Fault{Status: 429, RetryAfter: 30} })
	_, err := s.Post(t.Context(), to, m, "d1")
	if kind, after := bot.SendKindOf(err); kind != bot.Temporary || after != 30*time.Second || s.sees(s.dana, s.at) != "" {
		t.Errorf("refused for now it is %v, and the channel reads %q", err, s.sees(s.dana, s.at))
	}
	s.fake.Fault("files.getUploadURLExternal", func(int) *slackfake.Fault { return &slackfake.Fault{Error: "missing_scope"} })
	_, err = s.Post(t.Context(), to, m, "d1")
	s.must(err)
	if got := s.sees(s.dana, s.at); !strings.Contains(got, "Here is the log.") || !strings.Contains(got, "could not be shared here: till.log") {
		t.Errorf("the channel reads %q", got)
	}
}

// A 429 holds back its method in its channel and nothing else: not the edits there, not the posts elsewhere, not
// another person's messages, and not the words beside a file whose upload has to wait.
func TestARateLimitHoldsItsMethodAndChannel(t *testing.T) {
	s := stage(t, true, nil)
	store, clock := bottest.NewMemStore(), s.clock
	d := &bot.Delivery{Store: store, Dir: s.dir, Clock: clock, Log: slog.New(slog.DiscardHandler), Platforms: map[string]bot.Platform{Name: s.Platform},
		Render: func(_ context.Context, n desk.Notice, _ desk.Home) (bot.Message, bool, error) {
			m := bot.Say(n.Key)
			if n.Data["file"] != "" {
				m.Files = []bot.File{{Name: "till.log", Type: "text/plain", Data: []byte("x")}}
			}
			return m, false, nil
		}}
	put := func(lane, key string, place desk.Place, person string, data map[string]string) {
		t.Helper()
		n := desk.Notice{ID: desk.DeliveryID(key), Key: key, Tenant: "northwind", Lane: lane, Kind: desk.NoticeText, Place: place, Party: "northwind", Person: person,
			At: clock.Now(), NotBefore: clock.Now(), Data: data}
		s.must(store.Update(t.Context(), func(tx desk.Tx) error { return tx.PutNotice(n) }))
	}
	limited := true
	s.fake.Fault("chat.postMessage", func(int) *slackfake.Fault {
		if limited {
			limited = false
			return &slackfake.Fault{Status: 429, RetryAfter: 30}
		}
		return nil
	})
	put("a", "to Dana", desk.ToPerson, "dana", nil)
	d.Flush(t.Context())
	put("b", "to Dana again", desk.ToPerson, "dana", nil)
	put("c", "to Marco", desk.ToPerson, "marco", nil)
	put("d", "to the review", desk.InReview, "", nil)
	d.Flush(t.Context())
	reads := func(p desk.Person) string { return s.sees(p, bottest.Spot{}) }
	if reads(s.dana) != "" || reads(s.marco) != "to Marco" {
		t.Errorf("while Dana's conversation is limited she reads %q and Marco %q", reads(s.dana), reads(s.marco))
	}
	review := bottest.Spot{Home: "nw", Channel: "C0REVIEW"}
	if got := s.sees(s.dana, review); got != "to the review" {
		t.Errorf("another channel reads %q", got)
	}
	clock.Advance(29 * time.Second)
	d.Flush(t.Context())
	if reads(s.dana) != "" {
		t.Errorf("before Retry-After is over she reads %q", reads(s.dana))
	}
	clock.Advance(2 * time.Second)
	d.Flush(t.Context())
	if got := strings.Split(reads(s.dana), "\n"); len(got) != 2 || !slices.Contains(got, "to Dana") || !slices.Contains(got, "to Dana again") {
		t.Errorf("after it she reads %q", got)
	}
	// The upload of a file is another method: the next words in the same channel do not wait for it.
	s.fake.Fault("files.getUploadURLExternal", func(int) *slackfake.Fault { return &slackfake.Fault{Status: 429, RetryAfter: 30} })
	put("e", "with a file", desk.InReview, "", map[string]string{"file": "yes"})
	d.Flush(t.Context())
	put("f", "without one", desk.InReview, "", nil)
	d.Flush(t.Context())
	if got := s.sees(s.dana, review); got != "to the review\nwithout one" {
		t.Errorf("beside a file that waits the channel reads %q", got)
	}
}

// A message to a person leads to the thread that it is about, at the address that Slack's own "Copy link" gives; not
// into a channel of another workspace that they can't read.
func TestACallLeadsToTheThread(t *testing.T) {
	s := stage(t, true, nil)
	card := s.card("the card", "d1")
	at, _ := parseRef(card)
	nw, _ := s.dir.Home("nw")
	hb, _ := s.dir.Home("hb")
	priya, _ := s.dir.Person("priya")
	m := bot.Say("You are called.")
	m.About = card
	links := func(home desk.Home, who desk.Person, id string) (out []string) {
		t.Helper()
		_, err := s.Post(t.Context(), bot.To{Home: home, Person: who}, m, id)
		s.must(err)
		for _, seen := range s.work.Read(who, bottest.Spot{}) {
			for _, b := range seen.Message.Buttons {
				out = append(out, b.Label+" "+b.Link)
			}
		}
		return out
	}
	want := "Go to the thread https://t0northwind.slack.test/archives/C0SUPPORT/p" + strings.ReplaceAll(at.ts, ".", "")
	if got := links(nw, s.dana, "d2"); len(got) != 1 || got[0] != want {
		t.Errorf("it has the buttons %q, want %q", got, want)
	}
	if got := links(hb, priya, "d3"); len(got) != 0 {
		t.Errorf("in another workspace it has the buttons %q", got)
	}
}
