package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"casebot/bot"
)

// Calls go through the library's rate limiter, which keeps a bucket for each route and channel and the global
// limit from Discord's headers. What it does not do is done here: 500, 503 and 504 are tried again where that
// is safe, every call ends with its context, and nothing is sent twice unless it carries an enforced nonce.

// longest is how long a call waits for its turn before it gives up and says when to come again.
const longest = 3 * time.Second

// limited says that Discord takes no such call now.
type limited struct{ after time.Duration }

func (e *limited) Error() string {
	return fmt.Sprintf("Discord takes no more such calls for %s", e.after)
}

// refused is an answer of Discord's that is an error.
type refused struct {
	Status  int
	Code    int    // Discord's own (docs.discord.com/developers/topics/opcodes-and-status-codes).
	Message string // Discord's own words.
}

func (e *refused) Error() string {
	return fmt.Sprintf("Discord answered %d (%d): %s", e.Status, e.Code, e.Message)
}

// codeOf is Discord's code of an error; 0: it has none.
func codeOf(err error) int {
	var e *refused
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func statusOf(err error) int {
	var e *refused
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// request is one call.
type request struct {
	method, path string
	body         any
	files        []bot.File
	again        bool // May be sent twice: its method says so, or it carries an enforced nonce.
	free         bool // Of an interaction: its address holds the secret and no bucket counts.
}

// call makes a plain call and gives the body of the answer.
func (a *app) call(ctx context.Context, method, path string, body any) (json.RawMessage, error) {
	return a.do(ctx, request{method: method, path: path, body: body, again: method != http.MethodPost})
}

// ask reads something into out.
func (a *app) ask(ctx context.Context, path string, out any) error {
	raw, err := a.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(raw, out); err != nil {
		return fmt.Errorf("the answer of Discord to GET %s can't be read: %w", path, err)
	}
	return nil
}

// do makes a call, again where it is safe, waiting as long as Discord asks if that is not long.
func (a *app) do(ctx context.Context, r request) (json.RawMessage, error) {
	for try := 0; ; try++ {
		if !r.free && !a.mayAsk(a.clock.Now()) {
			return nil, &refused{Status: http.StatusUnauthorized, Message: "401: Unauthorized"}
		}
		raw, err := a.once(ctx, r)
		if !r.free { // The address of an answer to an interaction holds its own secret, which may be too old.
			a.learned(err)
		}
		var limit *limited
		switch status := statusOf(err); {
		case err == nil:
			return raw, nil
		case errors.As(err, &limit):
			if try >= 3 || limit.after > longest || !pause(ctx, limit.after) {
				return nil, err
			}
		case status >= 500 && r.again:
			if try >= 3 || !pause(ctx, 150*time.Millisecond<<try) {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// once makes a call one time.
func (a *app) once(ctx context.Context, r request) (json.RawMessage, error) {
	data, kind, err := r.encoded()
	if err != nil {
		return nil, err
	}
	bucket, err := a.bucket(r)
	if err != nil {
		return nil, err
	}
	note := &answered{}
	ctx = context.WithValue(ctx, noteKey{}, note)
	raw, err := a.rest.RequestWithLockedBucket(r.method, a.base+r.path, kind, data, bucket, 0, discordgo.WithContext(ctx), discordgo.WithRetryOnRatelimit(false), discordgo.WithRestRetries(0))
	switch {
	case note.status == http.StatusTooManyRequests:
		if !note.global {
			// Whatever the headers say is left of the bucket, nothing is. The limiter keeps the global one by itself.
			bucket.Lock()
			bucket.Remaining = 0
			bucket.Unlock()
		}
		return nil, &limited{max(note.after, 50*time.Millisecond)}
	case note.status >= 400:
		e := &refused{Status: note.status}
		var rest *discordgo.RESTError
		if errors.As(err, &rest) && rest.Message != nil {
			e.Code, e.Message = rest.Message.Code, said(rest.ResponseBody, rest.Message.Message)
		}
		return nil, e
	case err != nil:
		// The address of an answer holds its token, which must not get into a log.
		var hidden *url.Error
		if errors.As(err, &hidden) {
			err = fmt.Errorf("%s: %w", r.method, hidden.Err)
		}
		return nil, err
	}
	return raw, nil
}

// said is the message of an error with what Discord says about each field, in one line.
func said(body []byte, message string) string {
	var x struct {
		Errors json.RawMessage `json:"errors"`
	}
	if json.Unmarshal(body, &x) != nil || len(x.Errors) == 0 {
		return message
	}
	detail, _ := clip(string(x.Errors), 500)
	return message + " " + detail
}

// bucket waits for a call's turn. Where that would take long it says so instead of waiting.
func (a *app) bucket(r request) (*discordgo.Bucket, error) {
	if r.free {
		return discordgo.NewRatelimiter().LockBucket("free"), nil
	}
	l := a.rest.Ratelimiter
	b := l.GetBucket(bucketOf(r.method, r.path))
	b.Lock()
	wait := l.GetWaitTime(b, 1)
	b.Unlock()
	if wait > longest {
		return nil, &limited{wait}
	}
	return l.LockBucketObject(b), nil
}

// bucketOf is the name of a call's bucket: the route with its channel or guild, without other ids.
func bucketOf(method, path string) string {
	path, _, _ = strings.Cut(path, "?")
	steps := strings.Split(path, "/")
	for i, s := range steps {
		switch {
		case i == 1: // The major parameter.
		case i > 0 && steps[i-1] == "reactions":
			steps[i] = "{}"
		case isSnowflake(s):
			steps[i] = "{}"
		}
	}
	return method + " " + strings.Join(steps, "/")
}

// encoded is a call's body: JSON, or with files a form whose part payload_json is the JSON.
func (r request) encoded() (data []byte, kind string, err error) {
	if r.body == nil {
		return nil, "", nil
	}
	raw, err := json.Marshal(r.body)
	if err != nil || len(r.files) == 0 {
		return raw, "application/json", err
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part := func(head, kind string, data []byte) {
		if err != nil {
			return
		}
		var p io.Writer
		if p, err = w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {head}, "Content-Type": {kind}}); err == nil {
			_, err = p.Write(data)
		}
	}
	part(`form-data; name="payload_json"`, "application/json", raw)
	for i, f := range r.files {
		kind := f.Type
		if kind == "" || strings.ContainsAny(kind, "\r\n") {
			kind = "application/octet-stream"
		}
		part(fmt.Sprintf(`form-data; name="files[%d]"; filename="%s"`, i, f.Name), kind, f.Data)
	}
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), w.FormDataContentType(), err
}

// answered is what a call's answer said beside its body.
type answered struct {
	status int
	after  time.Duration
	global bool // The limit is the global one.
}

type noteKey struct{}

// noting is a way to Discord that notes each answer's status, which the library does not tell for all errors.
type noting struct{ next http.RoundTripper }

func (n noting) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := n.next.RoundTrip(r)
	if note, ok := r.Context().Value(noteKey{}).(*answered); ok && err == nil {
		note.status, note.global = res.StatusCode, res.Header.Get("X-RateLimit-Global") != ""
		if s, bad := strconv.ParseFloat(res.Header.Get("Retry-After"), 64); bad == nil && s > 0 {
			note.after = time.Duration(s * float64(time.Second))
		}
	}
	return res, err
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// sendError sorts a failure of a send by what the outbox must do next.
func sendError(err error) *bot.SendError {
	var known *bot.SendError
	if errors.As(err, &known) {
		return known
	}
	e := &bot.SendError{Kind: bot.Unclear, Err: err}
	var limit *limited
	var line *net.OpError
	switch status := statusOf(err); {
	case errors.As(err, &limit):
		e.Kind, e.After = bot.Temporary, limit.after
	case status == http.StatusUnauthorized:
		e = closedBy(errToken)
	case status >= 400 && status < 500:
		e.Kind, e.Err = bot.Permanent, explained(err)
	case errors.As(err, &line) && line.Op == "dial":
		e.Kind = bot.Temporary // Nobody was there to take it.
	}
	return e
}

// early is a failure before a message was sent: it can be tried again.
func early(err error) error {
	e := sendError(err)
	if e.Kind == bot.Unclear {
		e.Kind = bot.Temporary
	}
	return e
}

// explained says beside Discord's words what an administrator can do.
func explained(err error) error {
	say := map[int]string{
		10003:  "there is no such channel; mend its id in casebot.yaml",
		10004:  errNotIn.Error(),
		50001:  "the bot does not see the channel; give its role View Channel there, or invite it to the guild",
		50013:  "the bot lacks a permission in the channel; casebot check names it",
		50007:  "the person takes no direct messages from members of the guild",
		160005: "the thread is locked; unlock it or give the bot Manage Threads",
		40005:  "the file is larger than Discord takes",
	}[codeOf(err)]
	if statusOf(err) == http.StatusUnauthorized {
		say = errToken.Error()
	}
	if say == "" {
		return err
	}
	return fmt.Errorf("%s: %w", say, err)
}
