package main

import (
	"cmp"
	"flag"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

var against = flag.String("against", "", "programs to run BenchmarkSlackInTurn against, separated by commas: paths of built ones, or bare")

// turn is how many commands a program gets before the next one's turn: half a second of work, as a rule.
const turn = 2000

// BenchmarkSlackInTurn tells two versions apart on a machine whose own speed moves by a third within minutes: programs that
// all run get the commands of BenchmarkSlackNew in turn, 2,000 at a time. Each turn is held against the first program's turn
// beside it, which is the present one's; the first round warms up and is not counted. With thirty rounds the relation is
// sure within some 2 in 100:
//
//	go test -run '^$' -bench SlackInTurn -benchtime 30x . -args -against /tmp/casebot-before,bare
//
// It reports the median rate of each, what it has to the present one's, with the standard error of that, and the same
// relation for the processor time of a command.
func BenchmarkSlackInTurn(b *testing.B) {
	if *against == "" {
		b.Skip("there is nothing to run against: -args -against PROGRAM")
	}
	if b.N == 1 {
		return // The framework's own first try.
	}
	silent := silentSlack(b)
	programs := []*contender{{name: "now", command: exec.Command(builtProgram(b), "serve"), kind: "casebot"}}
	for _, path := range strings.Split(*against, ",") {
		c := &contender{name: path[strings.LastIndex(path, "/")+1:], command: exec.Command(path, "serve"), kind: "casebot"}
		if path == "bare" {
			c.command, c.kind = exec.Command(os.Args[0]), "bare"
		}
		programs = append(programs, c)
	}
	for _, p := range programs {
		p.address = serving(b, p.command, p.kind, silent)
	}
	for round := range b.N + 1 {
		for i := range programs {
			if round%2 == 1 {
				i = len(programs) - 1 - i
			}
			programs[i].turn(b, round)
		}
	}
	for _, p := range programs {
		p.report(b, programs[0])
	}
	b.ReportMetric(0, "ns/op") // A round is no unit of anything.
}

// contender is one of the programs, with what it did in each of its turns but the first.
type contender struct {
	name, kind, address string
	command             *exec.Cmd
	rates, processor    []float64
	took                []time.Duration
}

func (c *contender) turn(b *testing.B, round int) {
	s := slackSender(b, c.address, round*turn, turn)
	before, begun := processorTime(c.command.Process.Pid), time.Now()
	if err := s.run(slackConnections); err != nil {
		b.Fatal(c.name, ": ", err)
	}
	elapsed := time.Since(begun)
	if round == 0 {
		return
	}
	c.rates = append(c.rates, turn/elapsed.Seconds())
	c.processor = append(c.processor, float64((processorTime(c.command.Process.Pid)-before).Microseconds())/turn)
	c.took = append(c.took, s.took...)
}

func (c *contender) report(b *testing.B, first *contender) {
	rate, sure := relation(c.rates, first.rates)
	processor, _ := relation(c.processor, first.processor)
	b.Logf("%-16s %6.0f cases/s, p99 %5.1f ms, %4.0f µs of a processor, %3.0f MB; to the present one: rate %.3f ± %.3f, processor %.3f", c.name,
		median(c.rates), percentile99(c.took).Seconds()*1000, median(c.processor), residentMB(c.command.Process.Pid), rate, sure, processor)
}

// relation is the geometric mean of what each turn has to the other's beside it, and its standard error.
func relation(of, to []float64) (mean, standardError float64) {
	n, sum, squares := float64(len(of)), 0.0, 0.0
	for i := range of {
		d := math.Log(of[i] / to[i])
		sum, squares = sum+d, squares+d*d
	}
	m := sum / n
	return math.Exp(m), math.Sqrt(max(0, squares/n-m*m) / n)
}

func median[T cmp.Ordered](all []T) T { return slices.Sorted(slices.Values(all))[len(all)/2] }

// percentile99 is the time within which 99 of 100 were answered.
func percentile99(all []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(all))[len(all)*99/100]
}
