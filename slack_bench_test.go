package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"casebot/bot/slack"
	"casebot/desk"
)

// slackConnections is how many requests are under way at once.
const slackConnections = 16

// BenchmarkSlackNew is the whole way of a one-line /case new by signed requests: over loopback, verified,
// carried out, durably written, answered. 16 connections, each waits for its answer.
func BenchmarkSlackNew(b *testing.B) {
	dir := slackDirectory(b)
	calendars, err := demoCalendars()
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	defer stop()
	app, err := NewApp(ctx, AppOptions{DSN: filepath.Join(b.TempDir(), "casebot.db"), Dir: dir, Log: slog.New(slog.DiscardHandler), Calendars: calendars, Rotas: demoRotas()})
	if err != nil {
		b.Fatal(err)
	}
	defer app.Close()
	// Nobody is at the API's address: what is measured is the answer, not the posts that follow it.
	p, err := slack.New(slack.Options{Dir: dir, APIURL: "http://127.0.0.1:1/api/", Log: app.Log, Clock: app.Clock, State: stateSpace{app.Store, "slack"},
		Zone:   func(party string) *time.Location { return partyZone(dir, party) },
		Tokens: func(desk.Home) slack.Tokens { return slack.Tokens{Bot: "xoxb-demo", Signing: "demo-secret"} }})
	if err != nil {
		b.Fatal(err)
	}
	app.Connect(p)
	go p.Run(ctx, app.Inbox)
	server := httptest.NewServer(p.Handler())
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: slackConnections}}
	var number atomic.Int64
	times := make([]time.Duration, b.N)
	b.ResetTimer()
	var wg sync.WaitGroup
	for range slackConnections {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				n := number.Add(1)
				if n > int64(b.N) {
					return
				}
				begun := time.Now()
				if err := fileBySlack(client, server.URL, n); err != nil {
					b.Error(err)
					return
				}
				times[n-1] = time.Since(begun)
			}
		}()
	}
	wg.Wait()
	b.StopTimer()
	slices.Sort(times)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
	b.ReportMetric(float64(times[b.N/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[b.N*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(residentMB(), "MB-resident")
}

// fileBySlack sends one signed /case new and looks at its answer.
func fileBySlack(client *http.Client, base string, n int64) error {
	body := url.Values{"team_id": {"T0NORTHWIND"}, "channel_id": {"C0NORTHWINDCASES"}, "user_id": {"U0DANA"}, "command": {"/case"}, "trigger_id": {strconv.FormatInt(n, 10)},
		"text": {fmt.Sprintf(`new severity=3 customer="Demo Outdoor" product="Harbor Tills" category="Defect" summary="Till %d prints no receipts" impact="One store waits" first_seen="2026-11-20 08:30"`, n)}}.Encode()
	stamp := strconv.FormatInt(time.Now().Unix(), 10)
	m := hmac.New(sha256.New, []byte("demo-secret"))
	fmt.Fprintf(m, "v0:%s:%s", stamp, body)
	req, err := http.NewRequest(http.MethodPost, base+"/slack/commands", strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(m.Sum(nil)))
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err != nil || !bytes.Contains(said, []byte("is filed as Sev 3")) {
		return fmt.Errorf("%s: %s (%v)", res.Status, said, err)
	}
	return nil
}

// residentMB is the process's resident memory, where the system tells it.
func residentMB() float64 {
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	var kb float64
	fmt.Sscan(rest, &kb)
	return kb / 1024
}
