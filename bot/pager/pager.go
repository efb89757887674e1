// Package pager carries calls of the on-call ladder beyond chat: to any service that takes events in the form of
// PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/events-api-v2-overview). It is a platform like
// the chats, so that a page goes through the same outbox, is retried the same way, and is seen by people
// when it can't be delivered; it hears nothing. See docs/decisions/0005-pages-through-the-outbox.md.
package pager

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// DefaultURL is where PagerDuty takes events.
const DefaultURL = "https://events.pagerduty.com/v2/enqueue"

// maxSummary is the vendor's limit of a summary, in characters.
const maxSummary = 1024

// Line is where one party's pages go. Key is the integration's routing key, a secret.
type Line struct {
	URL string // Empty: DefaultURL.
	Key string
}

// Pager is the platform. Lines are by party ID.
type Pager struct {
	Lines  map[string]Line
	Log    *slog.Logger
	Client *http.Client // Nil: one with a time-out of ten seconds.
}

// Name of the platform; homes can't be on it.
func (*Pager) Name() string { return bot.PagerPlatform }

// Capabilities are none: nobody answers in a pager's own room.
func (*Pager) Capabilities() bot.Capabilities { return bot.Capabilities{TextLimit: maxSummary} }

// Run waits: there is no connection to keep.
func (*Pager) Run(ctx context.Context, _ bot.Inbox) error { <-ctx.Done(); return nil }

// Ready gives nil: whether the service answers shows when a page is sent, and then the outbox retries.
func (*Pager) Ready() error { return nil }

// Edit is never asked for: an event's state is changed by the next event with its dedup key.
func (*Pager) Edit(context.Context, bot.Ref, bot.Message) error {
	return &bot.SendError{Kind: bot.Permanent, Err: errors.New("a page can't be edited")}
}

// Find says that nothing is known of an earlier attempt. Sending again is harmless: events of one dedup key are
// one alert, whatever their number, so an unclear send is simply repeated.
func (*Pager) Find(context.Context, bot.To, string) (bot.Ref, bool, error) { return "", false, nil }

// event is the vendor's form.
type event struct {
	RoutingKey string   `json:"routing_key"`
	Action     string   `json:"event_action"` // trigger, acknowledge or resolve.
	DedupKey   string   `json:"dedup_key"`
	Client     string   `json:"client"`
	Payload    *payload `json:"payload,omitempty"` // With trigger.
}

type payload struct {
	Summary   string            `json:"summary"`
	Source    string            `json:"source"`
	Severity  string            `json:"severity"` // critical, error, warning or info.
	Timestamp string            `json:"timestamp"`
	Class     string            `json:"class"`
	Details   map[string]string `json:"custom_details,omitempty"`
}

// Post sends one event. The message's words are the summary; what else the event needs is the notice's data.
func (p *Pager) Post(ctx context.Context, to bot.To, m bot.Message, id string) (bot.Ref, error) {
	line, ok := p.Lines[to.Home.ID]
	if !ok || line.Key == "" {
		return "", &bot.SendError{Kind: bot.Permanent, Err: fmt.Errorf("party %q has no pager; set pager_key and its variable", to.Home.ID)}
	}
	e := event{RoutingKey: line.Key, Action: to.Data["action"], DedupKey: to.Data["dedup"], Client: "casebot"}
	if e.Action == desk.PagerTrigger {
		summary := []rune(bot.PlainText(bot.Message{Title: m.Title}, time.UTC))
		if len(summary) > maxSummary {
			summary = append(summary[:maxSummary-1], '…')
		}
		e.Payload = &payload{Summary: string(bytes.TrimSpace([]byte(string(summary)))), Source: "casebot", Severity: severity(to.Data["severity"]), Timestamp: to.Data["at"], Class: "escalation",
			Details: map[string]string{"case": to.Data["case"], "step": to.Data["step"], "called": to.Data["called"], "delivery": id}}
	}
	body, err := json.Marshal(e)
	if err != nil {
		return "", &bot.SendError{Kind: bot.Permanent, Err: err}
	}
	url := line.URL
	if url == "" {
		url = DefaultURL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return "", &bot.SendError{Kind: bot.Permanent, Err: errors.New("the address of the pager can't be used")}
	}
	req.Header.Set("Content-Type", "application/json")
	client := p.Client
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	res, err := client.Do(req)
	if err != nil {
		return "", &bot.SendError{Kind: bot.Unclear, Err: err}
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 2048))
	switch {
	case res.StatusCode == http.StatusAccepted || res.StatusCode == http.StatusOK:
		return bot.Ref("pager:" + to.Home.ID + ":" + e.DedupKey + ":" + id), nil
	case res.StatusCode == http.StatusTooManyRequests:
		return "", &bot.SendError{Kind: bot.Temporary, After: retryAfter(res), Err: errors.New("the pager asks to wait")}
	case res.StatusCode >= 500:
		return "", &bot.SendError{Kind: bot.Temporary, Err: fmt.Errorf("the pager answers %s", res.Status)}
	}
	return "", &bot.SendError{Kind: bot.Permanent, Err: fmt.Errorf("the pager refuses the event: %s %s", res.Status, said)}
}

// retryAfter reads the seconds to wait; the vendor's limit is per minute.
func retryAfter(res *http.Response) time.Duration {
	if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && n > 0 && n < 3600 {
		return time.Duration(n) * time.Second
	}
	return 30 * time.Second
}

// severity maps the desk's severities to the vendor's four words.
func severity(sev string) string {
	switch sev {
	case "1":
		return "critical"
	case "2":
		return "error"
	case "3":
		return "warning"
	}
	return "info"
}
