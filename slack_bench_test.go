package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"casebot/bot/slack/slackfake"
)

// slackConnections is how many requests are under way at once.
const slackConnections = 16

// BenchmarkSlackNew is the whole way of a one-line /case new by signed requests: over loopback, verified, carried out,
// durably written, answered. The program is a process of its own, as it is run. At the address of Slack's API somebody
// listens and says nothing, for what is measured is the answer, not the posts that follow it: Slack takes one of those a
// second for a channel, so that at this rate hardly any is under way.
//
// Beside it stands the least that a Go program could do for the same answer (bareDesk): how near one is to the other
// says more than a rate, which is the machine's as much as the program's.
func BenchmarkSlackNew(b *testing.B) {
	silent := silentSlack(b)
	for _, kind := range []string{"casebot", "bare"} {
		b.Run(kind, func(b *testing.B) {
			c := exec.Command(os.Args[0])
			if kind == "casebot" {
				c = exec.Command(builtProgram(b), "serve")
			}
			loadSlack(b, serving(b, c, kind, silent), c.Process.Pid)
		})
	}
}

// silentSlack is an address where somebody listens and says nothing.
func silentSlack(b *testing.B) string {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { silent.Close() })
	return silent.Addr().String()
}

// serving starts a program in an empty folder and gives the address at which it answers; it ends with the benchmark.
func serving(b *testing.B, c *exec.Cmd, kind, slack string) (address string) {
	dir, address := b.TempDir(), freePort(b)
	if err := os.WriteFile(filepath.Join(dir, "casebot.yaml"), []byte(oneWorkspace), 0o600); err != nil {
		b.Fatal(err)
	}
	c.Dir, c.Env = dir, append(os.Environ(), "CASEBOT_TEST_AS_PROGRAM="+kind, "CASEBOT_LISTEN="+address, "SLACK_API_URL=http://"+slack+"/api/",
		"SLACK_BOT_TOKEN=xoxb-demo", "SLACK_SIGNING_SECRET=demo-secret")
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		c.Process.Signal(os.Interrupt)
		c.Wait()
	})
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if res, err := http.Get("http://" + address + "/healthz"); err == nil {
			res.Body.Close()
			return address
		} else if time.Now().After(end) {
			b.Fatal("the program does not come up: ", err)
		}
	}
}

// builtProgram is the program as it is shipped, not the binary of its tests, which is larger.
func builtProgram(b *testing.B) string {
	to := filepath.Join(b.TempDir(), "casebot")
	if out, err := exec.Command("go", "build", "-o", to, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return to
}

// loadSlack sends b.N commands from sixteen connections, each of which waits for its answer.
func loadSlack(b *testing.B, address string, pid int) {
	s := slackSender(b, address, 0, b.N)
	before := processorTime(pid)
	b.ResetTimer()
	if err := s.run(slackConnections); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	times := s.took
	slices.Sort(times)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
	b.ReportMetric(float64(times[b.N/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(times[b.N*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(float64((processorTime(pid)-before).Microseconds())/float64(b.N), "cpu-µs/op")
	b.ReportMetric(residentMB(pid), "MB-resident")
}

// slackSender has n commands to send, numbered from first. The requests are written down and signed before the clock
// starts, so that little of the processors goes to the sender.
func slackSender(b *testing.B, address string, first, n int) *sender {
	requests := make([][]byte, n)
	team := &slackfake.Team{SigningSecret: "demo-secret"}
	for i := range requests {
		body := slashLine(strconv.Itoa(first+i), fmt.Sprintf(`new severity=3 customer="Demo Outdoor" product="Harbor Tills" category="Defect" summary="Till %d prints no receipts" impact="One store waits" first_seen="2026-11-20 08:30"`, first+i))
		r, err := http.NewRequest(http.MethodPost, "http://"+address+"/slack/commands", strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		r.Header = team.Sign(time.Now(), []byte(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		var raw bytes.Buffer
		if err := r.Write(&raw); err != nil {
			b.Fatal(err)
		}
		requests[i] = raw.Bytes()
	}
	return &sender{address: address, requests: requests, wanted: []byte("is filed as Sev 3"), took: make([]time.Duration, n)}
}

// residentMB is the memory a process has, the pages of its file included, where the system tells it.
func residentMB(pid int) float64 {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	var kb float64
	fmt.Sscan(rest, &kb)
	return kb / 1024
}

// processorTime is what a process has used of the processors, in steps of 10 ms, where the system tells it: fields 14
// and 15 of proc_pid_stat(5), in hundredths of a second.
func processorTime(pid int) time.Duration {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	f := strings.Fields(rest)
	user, _ := strconv.Atoi(f[11])
	system, _ := strconv.Atoi(f[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}
