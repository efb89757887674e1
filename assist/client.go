package assist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sashabaranov/go-openai"

	"casebot/desk"
)

// Options say how the helper is reached and bounded. A zero is the default.
type Options struct {
	BaseURL    string // Such as "https://api.openai.com/v1" or a server of your own; empty with a key: OpenAI's.
	Key        string // Sent as a bearer token. Needed: without it there is no helper, also where a server looks at no key.
	ChatModel  string // Without it nothing is written.
	EmbedModel string // Without it articles are found by words alone.

	Budget   int           // Tokens a UTC day; 0: DefaultBudget, below 0: without end.
	Timeout  time.Duration // Of one request; 0: 45 s.
	Parallel int           // Requests at once; 0: 2.
	Failures int           // In a row until the service is left alone; 0: 4.

	Dir      *desk.Directory // Whose names are left out of articles and questions; nil: nobody's.
	Products []string        // Names after which four numbers are a version and no address.

	Purse     Purse // Needed.
	Clock     Clock // Needed.
	Log       *slog.Logger
	Transport http.RoundTripper // Nil: the standard one.
}

// Helper is the desk's optional helper: a desk.Assistant and a desk.Embedder. It may be used from many goroutines.
type Helper struct {
	opt     Options
	api     *openai.Client
	budget  *budget
	breaker *breaker
	slots   chan struct{}
	waiting atomic.Int64
	counts  counts

	mu      sync.Mutex
	dialect dialect
}

// dialect is what the server turned out not to take; the API has many makers.
type dialect struct {
	format   int  // 0: a JSON schema, 1: any JSON, 2: no format.
	oldLimit bool // max_tokens instead of max_completion_tokens.
}

// Counts are the helper's figures since the program's start.
type Counts struct {
	Asked   int64 // Requests that were sent.
	Refused int64 // Those that were not: private, over the budget, too many, or the service rests.
	Failed  int64 // Those sent that brought nothing to use.
	Tokens  int64 // What they cost, as the service says or as guessed.
}

type counts struct{ asked, refused, failed, tokens atomic.Int64 }

// Counts gives the figures; zeros where there is no helper.
func (h *Helper) Counts() Counts {
	if h == nil {
		return Counts{}
	}
	c := &h.counts
	return Counts{c.asked.Load(), c.refused.Load(), c.failed.Load(), c.tokens.Load()}
}

// New makes the helper; nil when no key is set or no model is named.
func New(o Options) *Helper {
	if o.Key == "" || o.ChatModel == "" && o.EmbedModel == "" {
		return nil
	}
	if o.Budget == 0 {
		o.Budget = DefaultBudget
	}
	if o.Timeout == 0 {
		o.Timeout = 45 * time.Second
	}
	if o.Parallel == 0 {
		o.Parallel = 2
	}
	if o.Failures == 0 {
		o.Failures = 4
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Transport == nil {
		o.Transport = http.DefaultTransport
	}
	h := &Helper{opt: o, slots: make(chan struct{}, o.Parallel), budget: &budget{purse: o.Purse, limit: o.Budget, clock: o.Clock},
		breaker: &breaker{clock: o.Clock, limit: o.Failures, rest: time.Minute, most: 15 * time.Minute}}
	c := openai.DefaultConfig(o.Key)
	if o.BaseURL != "" {
		c.BaseURL = strings.TrimRight(o.BaseURL, "/")
	}
	// A redirect is not followed: what is sent goes to the address that was set, and to no other.
	c.HTTPClient = &http.Client{Transport: &bounded{h}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.api = openai.NewClientWithConfig(c)
	return h
}

// maxAnswer bounds the bytes of one answer; a list of vectors is the largest.
const maxAnswer = 16 << 20

// bounded is the transport: it cuts answers that are too long and heeds Retry-After (RFC 9110 §10.2.3).
type bounded struct{ h *Helper }

func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := b.h.opt.Transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && (res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable) {
		b.h.breaker.pause(time.Duration(s) * time.Second)
	}
	res.Body = &cut{res.Body, maxAnswer}
	return res, nil
}

// cut gives errTooLong instead of more than n bytes.
type cut struct {
	io.ReadCloser
	n int
}

func (c *cut) Read(p []byte) (int, error) {
	if c.n <= 0 {
		return 0, errTooLong
	}
	n, err := c.ReadCloser.Read(p[:min(len(p), c.n)])
	c.n -= n
	return n, err
}

// guarded runs one request under all bounds: a free slot, the breaker, the budget, the time. cost is what it may
// cost at most in tokens and sent what asking alone costs, share up to which part of the day's budget it may go; do gives what it did cost, 0 when unknown.
func (h *Helper) guarded(ctx context.Context, share float64, cost, sent int, do func(ctx context.Context) (int, error)) error {
	if h.waiting.Add(1) > int64(8*h.opt.Parallel) {
		h.waiting.Add(-1)
		h.counts.refused.Add(1)
		return errBusy
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	ok, trial := h.breaker.allow()
	if !ok {
		h.counts.refused.Add(1)
		return errOpen
	}
	settle, err := h.budget.reserve(ctx, cost, share)
	if err != nil {
		h.breaker.done(unknown, trial)
		h.counts.refused.Add(1)
		return err
	}
	h.counts.asked.Add(1)
	limited, cancel := context.WithTimeout(ctx, h.opt.Timeout)
	defer cancel()
	used, err := do(limited)
	o := judge(ctx, err)
	h.breaker.done(o, trial)
	switch {
	case used > 0:
	case err == nil:
		used = cost // The server does not say what it cost.
	case !refusedUnread(err):
		used = sent // It may have been read before it went wrong.
	}
	settle(used)
	h.counts.tokens.Add(int64(used))
	if err != nil {
		h.counts.failed.Add(1)
		h.opt.Log.Warn("the writing helper failed", "err", plain(err), "counts", o == failed)
	}
	return err
}

// status is the HTTP status of an error, 0 when there was no answer.
func status(err error) int {
	var api *openai.APIError
	var req *openai.RequestError
	switch {
	case errors.As(err, &api):
		return api.HTTPStatusCode
	case errors.As(err, &req):
		return req.HTTPStatusCode
	}
	return 0
}

// judge says whose fault an error is. A request that the server does not take is nobody's: the next one may be fine.
func judge(asker context.Context, err error) outcome {
	s := status(err)
	switch {
	case err == nil:
		return worked
	case asker.Err() != nil:
		return unknown
	case s == http.StatusBadRequest || s == http.StatusRequestEntityTooLarge || s == http.StatusUnprocessableEntity:
		return unknown
	}
	return failed
}

// refusedUnread says that the server turned the request away before it read it, or was never reached.
func refusedUnread(err error) bool {
	s := status(err)
	return s >= 400 && s < 500 || strings.Contains(err.Error(), "connection refused")
}

// plain is an error for the log without the server's words, which may quote what was sent.
func plain(err error) string {
	if s := status(err); s != 0 {
		return fmt.Sprintf("status %d", s)
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, errTooLong), errors.Is(err, errAnswer), errors.Is(err, context.Canceled):
		return err.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the answer broke off"
	}
	var syntax *json.SyntaxError
	var shape *json.UnmarshalTypeError
	if errors.As(err, &syntax) || errors.As(err, &shape) {
		return "the answer is not JSON of the API"
	}
	return fmt.Sprintf("%T", err)
}
