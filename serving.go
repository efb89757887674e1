package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"casebot/bot"
	"casebot/bot/slack"
)

// `casebot check` looks whether a `casebot serve` runs on the same settings: it is ready or it says why not,
// and it alone hears what Slack sends in HTTP mode.

// heardName is the figure by which a running casebot tells what it was sent.
const heardName = "casebot_events_total"

// heardFigures counts at /metrics what every platform was sent, by workspace and kind.
type heardFigures struct{ platforms []bot.Platform }

var heardDesc = prometheus.NewDesc(heardName, "Events that a chat platform sent, by workspace and kind.", []string{"platform", "workspace", "kind"}, nil)

// Describe is of prometheus.Collector.
func (heardFigures) Describe(to chan<- *prometheus.Desc) { to <- heardDesc }

// Collect is of prometheus.Collector.
func (f heardFigures) Collect(to chan<- prometheus.Metric) {
	for _, p := range f.platforms {
		hearer, ok := p.(bot.Hearer)
		if !ok {
			continue
		}
		for workspace, kinds := range hearer.Heard() {
			for kind, n := range kinds {
				to <- prometheus.MustNewConstMetric(heardDesc, prometheus.CounterValue, float64(n), p.Name(), workspace, kind)
			}
		}
	}
}

var heardLine = regexp.MustCompile(`(?m)^` + heardName + `\{kind="([^"]*)",platform="` + slack.Name + `",workspace="([^"]*)"\} (\S+)$`)

// localBase is where a casebot that listens at an address is reached from the same machine; empty: nowhere.
func localBase(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil || port == "0" {
		return ""
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// askLocal reads a page of the casebot that runs on these settings; false when nothing answers there.
func askLocal(ctx context.Context, base, path string) (status int, body string, ok bool) {
	if base == "" {
		return 0, "", false
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
	if err != nil {
		return 0, "", false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", false
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	return res.StatusCode, string(raw), err == nil
}

// servingFindings tell whether the casebot that runs on these settings is ready. Where none runs there is
// nothing to tell.
func servingFindings(ctx context.Context, s Settings) []finding {
	base := localBase(s.Listen)
	if _, alive, ok := askLocal(ctx, base, "/healthz"); !ok || alive != "alive\n" {
		return nil
	}
	_, body, ok := askLocal(ctx, base, "/readyz")
	var said struct {
		Ready  bool     `json:"ready"`
		Faults []string `json:"faults"`
	}
	switch err := json.Unmarshal([]byte(body), &said); {
	case !ok || err != nil:
		return []finding{{true, "error: casebot serve at " + base + " does not say whether it is ready; look at its log"}}
	case said.Ready:
		return []finding{{false, "ok: casebot serve runs at " + base + " and is ready"}}
	}
	return []finding{{true, "error: casebot serve at " + base + " is not ready: " + strings.Join(said.Faults, "; ")}}
}

// servingSlack asks the casebot that runs on these settings what Slack sent it; nil: none runs.
func servingSlack(s Settings) func(ctx context.Context) *slack.Serving {
	base := localBase(s.Listen)
	return func(ctx context.Context) *slack.Serving {
		status, body, ok := askLocal(ctx, base, "/metrics")
		if !ok || status != http.StatusOK {
			return nil
		}
		out := &slack.Serving{Address: base, Heard: map[string]map[string]int{}}
		for _, m := range heardLine.FindAllStringSubmatch(body, -1) {
			n, err := strconv.ParseFloat(m[3], 64)
			if err != nil {
				continue
			}
			if out.Heard[m[2]] == nil {
				out.Heard[m[2]] = map[string]int{}
			}
			out.Heard[m[2]][m[1]] = int(n)
		}
		return out
	}
}
