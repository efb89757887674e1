package assist

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casebot/desk"
)

// sentence gives what the person reads of a failure; it must be a desk.Error of a state.
func sentence(t *testing.T, err error) string {
	t.Helper()
	var e *desk.Error
	if !errors.As(err, &e) || e.Kind != desk.KindState {
		t.Fatalf("the person would get %v", err)
	}
	return e.Say
}

// half breaks off in the middle of an answer.
type half struct{ io.Reader }

func (half) Close() error { return nil }

func (h half) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Every way in which a service fails ends in one plain sentence and no proposal.
func TestFaults(t *testing.T) {
	const down = "does not answer at the moment"
	const unusable = "an answer that cannot be used"
	for _, c := range []struct {
		name string
		rt   doer
		say  string
	}{
		{"no answer in time", func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }, down},
		{"nobody there", func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }, down},
		{"too many requests", func(*http.Request) (*http.Response, error) {
			return answer(429, `{"error":{"message":"slow down"}}`), nil
		}, down},
		{"server error", func(*http.Request) (*http.Response, error) { return answer(500, `oops <html>`), nil }, down},
		{"wrong key", func(*http.Request) (*http.Response, error) {
			return answer(401, `{"error":{"message":"no such key"}}`), nil
		}, down},
		{"redirect", func(*http.Request) (*http.Response, error) {
			res := answer(307, "")
			res.Header.Set("Location", "http://elsewhere.example/")
			return res, nil
		}, down},
		{"not JSON", func(*http.Request) (*http.Response, error) { return answer(200, "hello"), nil }, down},
		{"empty object", func(*http.Request) (*http.Response, error) { return answer(200, "{}"), nil }, unusable},
		{"empty words", func(*http.Request) (*http.Response, error) { return answer(200, chat("  ")), nil }, unusable},
		{"broken off", func(*http.Request) (*http.Response, error) {
			res := answer(200, "")
			res.Body = half{strings.NewReader(chat("half of an upd")[:60])}
			return res, nil
		}, down},
		{"broken off at the limit", func(*http.Request) (*http.Response, error) {
			return answer(200, strings.Replace(chat("half"), `"stop"`, `"length"`, 1)), nil
		}, unusable},
		{"declined", func(*http.Request) (*http.Response, error) {
			return answer(200, strings.Replace(chat("half"), `"stop"`, `"content_filter"`, 1)), nil
		}, unusable},
		{"endless", func(*http.Request) (*http.Response, error) {
			res := answer(200, "")
			res.Body = io.NopCloser(endless{})
			return res, nil
		}, unusable},
	} {
		t.Run(c.name, func(t *testing.T) {
			h, _, _ := newHelper(t, c.rt, func(o *Options) { o.Timeout = 30 * time.Millisecond })
			if c.name == "endless" {
				h.opt.Timeout = time.Minute
			}
			_, err := h.Propose(context.Background(), demoAsk(t, desk.AssistUpdate))
			if say := sentence(t, err); !strings.Contains(say, c.say) {
				t.Errorf("the person reads %q, want %q", say, c.say)
			}
		})
	}
}

// endless is a text that never ends.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// After four failures nothing is asked for a minute; then one request is tried; a failed trial doubles the rest, a
// good one closes the breaker.
func TestBreaker(t *testing.T) {
	var asked, healthy atomic.Int64
	h, clock, _ := newHelper(t, doer(func(*http.Request) (*http.Response, error) {
		asked.Add(1)
		if healthy.Load() > 0 {
			return answer(200, chat("fine")), nil
		}
		return answer(503, ""), nil
	}))
	try := func(want int64, works bool) {
		t.Helper()
		asked.Store(0)
		_, err := h.Propose(context.Background(), demoAsk(t, desk.AssistUpdate))
		if asked.Load() != want || works != (err == nil) {
			t.Errorf("asked %d times, want %d; err %v", asked.Load(), want, err)
		}
	}
	for range 4 {
		try(1, false)
	}
	try(0, false)
	clock.pass(59 * time.Second)
	try(0, false)
	clock.pass(2 * time.Second)
	try(1, false) // Half open: the trial fails,
	clock.pass(61 * time.Second)
	try(0, false) // and the rest is two minutes now.
	healthy.Store(1)
	clock.pass(60 * time.Second)
	try(1, true)
	try(1, true)
	healthy.Store(0)
	for range 3 {
		try(1, false)
	}
	healthy.Store(1)
	try(1, true) // Three in a row are not four.
}

// What a request asks for wrongly says nothing about the service.
func TestRefusedRequestsDoNotOpenTheBreaker(t *testing.T) {
	asked := 0
	h, _, _ := newHelper(t, doer(func(*http.Request) (*http.Response, error) {
		asked++
		return answer(400, `{"error":{"message":"context length"}}`), nil
	}))
	for range 9 {
		_, _ = h.Propose(context.Background(), demoAsk(t, desk.AssistUpdate))
	}
	if asked != 9 {
		t.Errorf("asked %d times, want 9", asked)
	}
}

// Retry-After is heeded.
func TestRetryAfter(t *testing.T) {
	asked := 0
	h, clock, _ := newHelper(t, doer(func(*http.Request) (*http.Response, error) {
		asked++
		res := answer(429, "")
		res.Header.Set("Retry-After", "90")
		return res, nil
	}))
	ask := func() { _, _ = h.Propose(context.Background(), demoAsk(t, desk.AssistUpdate)) }
	ask()
	clock.pass(89 * time.Second)
	ask()
	if asked != 1 {
		t.Fatalf("asked %d times within Retry-After", asked)
	}
	clock.pass(2 * time.Second)
	ask()
	if asked != 2 {
		t.Errorf("asked %d times after it", asked)
	}
}

// The day's budget holds across restarts, is settled by what the service says, and begins anew at midnight UTC.
func TestBudget(t *testing.T) {
	asked := 0
	rt := doer(func(*http.Request) (*http.Response, error) { asked++; return answer(200, chat("fine")), nil })
	h, clock, purse := newHelper(t, rt, func(o *Options) { o.Budget = 3000 })
	ask := demoAsk(t, desk.AssistUpdate)
	propose(t, h, ask)
	if n := purse.spent("2026-11-17"); n != 100 {
		t.Errorf("%d tokens are booked, want the 100 that the service named", n)
	}
	purse.days["2026-11-17"] = 2500
	again := New(Options{BaseURL: h.opt.BaseURL, Key: h.opt.Key, ChatModel: "demo-chat", Budget: 3000, Clock: clock, Purse: purse, Transport: rt})
	_, err := again.Propose(context.Background(), ask)
	if say := sentence(t, err); !strings.Contains(say, "used up its budget") || asked != 1 {
		t.Errorf("asked %d times, and the person reads %q", asked, say)
	}
	if n := purse.spent("2026-11-17"); n != 2500 {
		t.Errorf("the refused request was booked: %d", n)
	}
	clock.pass(8 * time.Hour)
	propose(t, again, ask)
	free, _, _ := newHelper(t, rt, func(o *Options) { o.Budget = -1; o.Purse = purse })
	purse.days["2026-11-17"] = 1 << 40
	propose(t, free, ask)
	purse.away = true
	if _, err := free.Propose(context.Background(), ask); err == nil {
		t.Error("without a purse nothing may be spent")
	}
}

// Articles are turned into vectors with half of the day's budget: the other half is for people, and questions are asked
// with all of it.
func TestBudgetOfTheBackground(t *testing.T) {
	rt := doer(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "embeddings") {
			return answer(200, `{"data":[{"index":0,"embedding":[1,0]}]}`), nil
		}
		return answer(200, chat("fine")), nil
	})
	h, clock, purse := newHelper(t, rt, func(o *Options) { o.Budget = 6000 })
	purse.days = map[string]int{"2026-11-17": 3100}
	if _, err := h.Embed(context.Background(), []string{"An article"}); err == nil {
		t.Error("articles go on beyond half of the budget")
	}
	if _, err := h.Ask(context.Background(), desk.Question{Words: "Card payments fail"}); err != nil {
		t.Errorf("a question: %v", err)
	}
	propose(t, h, demoAsk(t, desk.AssistUpdate))
	clock.pass(24 * time.Hour)
	if _, err := h.Embed(context.Background(), []string{"An article"}); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

// A request that surely was not read costs nothing; one that may have been costs what asking costs.
func TestBudgetOfFailures(t *testing.T) {
	for status, booked := range map[int]bool{429: false, 401: false, 500: true} {
		h, _, purse := newHelper(t, doer(func(*http.Request) (*http.Response, error) { return answer(status, ""), nil }))
		_, _ = h.Propose(context.Background(), demoAsk(t, desk.AssistUpdate))
		if n := purse.spent("2026-11-17"); n > 0 != booked || n > 1500 {
			t.Errorf("status %d: %d tokens are booked", status, n)
		}
	}
}

// No more than two requests run at once, and a crowd is turned away at once.
func TestCrowd(t *testing.T) {
	var running, most atomic.Int64
	release := make(chan struct{})
	h, _, _ := newHelper(t, doer(func(*http.Request) (*http.Response, error) {
		n := running.Add(1)
		defer running.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		<-release
		return answer(200, chat("fine")), nil
	}), func(o *Options) { o.Budget = -1 })
	ask := demoAsk(t, desk.AssistUpdate)
	var wg sync.WaitGroup
	var busy atomic.Int64
	turned := make(chan struct{})
	for range 40 {
		wg.Go(func() {
			_, err := h.Propose(context.Background(), ask)
			if errors.Is(err, errBusy) && busy.Add(1) == 24 {
				close(turned)
			}
		})
	}
	<-turned
	close(release)
	wg.Wait()
	if most.Load() > 2 || busy.Load() != 24 {
		t.Errorf("%d ran at once and %d were turned away; want 2 and 24", most.Load(), busy.Load())
	}
}

// Who goes away is no failure of the service.
func TestAskerGoesAway(t *testing.T) {
	h, _, _ := newHelper(t, doer(func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }))
	for range 9 {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := h.Propose(ctx, demoAsk(t, desk.AssistUpdate))
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v", err)
		}
	}
	if ok, _ := h.breaker.allow(); !ok {
		t.Error("the breaker opened")
	}
}

// Without an address and a key, or without a model, there is no helper, and the person is told so.
func TestOff(t *testing.T) {
	for _, o := range []Options{{}, {ChatModel: "m"}, {Key: "k"}, {BaseURL: "http://model.demo.example", ChatModel: "m"}} {
		if New(o) != nil {
			t.Errorf("%+v made a helper", o)
		}
	}
	var h *Helper
	_, err := h.Propose(context.Background(), demoAsk(t, desk.AssistUpdate))
	if say := sentence(t, err); !strings.Contains(say, "No writing helper is set up") {
		t.Errorf("got %q", say)
	}
	if _, err := h.Embed(context.Background(), []string{"x"}); err == nil {
		t.Error("vectors came from nowhere")
	}
}
