package main

import (
	"context"
	"strings"
	"testing"
)

// Each line is answered by itself, in order; a bad one gets an error with its id and the rest go on.
func TestClockLines(t *testing.T) {
	office := `"cal":{"tz":"America/Los_Angeles","weekly":{"mon":[["09:00","17:00"]],"fri":[["09:00","17:00"]]},"holidays":["2026-11-27"],"overrides":{"2026-12-24":[["09:00","12:00"]]},"breaks":{"2026-12-18":[["10:00","11:00"]]}}`
	for in, want := range map[string]string{
		`{"id":1,"op":"add",` + office + `,"start":"2026-11-21T01:30:00Z","seconds":7200}`:                                                                              `{"id":1,"result":"2026-11-23T19:00:00Z"}`,
		`{"id":"a","op":"sub",` + office + `,"end":"2026-11-23T19:00:00Z","seconds":7200}`:                                                                              `{"id":"a","result":"2026-11-23T17:00:00Z"}`,
		`{"id":2,"op":"elapsed",` + office + `,"start":"2026-12-18T00:00:00Z","end":"2026-12-19T12:00:00Z","pauses":[["2026-12-18T23:00:00Z","2026-12-19T00:00:00Z"]]}`: `{"id":2,"result":21600}`,
		`{"id":3,"op":"is_open",` + office + `,"at":"2026-11-27T18:00:00Z"}`:                                                                                            `{"id":3,"result":false}`,
		`{"id":4,"op":"next_open",` + office + `,"at":"2026-11-27T18:00:00Z"}`:                                                                                          `{"id":4,"result":"2026-11-30T17:00:00Z"}`,
		`{"id":5,"op":"next_close",` + office + `,"at":"2026-12-24T18:00:00Z"}`:                                                                                         `{"id":5,"result":"2026-12-24T20:00:00Z"}`,
		`{"id":6,"op":"fly",` + office + `}`:                                                                                                                            `{"id":6,"error":"unknown op \"fly\"; expected add, sub, elapsed, is_open, next_open or next_close"}`,
		`{"id":7,"op":"is_open","cal":{"tz":"UTC","weakly":{}},"at":"2026-11-27T18:00:00Z"}`:                                                                            `{"id":7,"error":"cal can't be read: json: unknown field \"weakly\""}`,
		`{"id":8,"op":"add","cal":{"tz":"UTC","weekly":{}},"start":"2026-11-27T18:00:00Z","seconds":1}`:                                                                 `{"id":8,"error":"the calendar has no open second in the next 400 days"}`,
		`{"id":9,"op":"add",` + office + `,"start":"yesterday","seconds":1}`:                                                                                            `{"id":9,"error":"start is \"yesterday\"; expected an RFC 3339 instant such as 2026-11-20T17:00:00Z"}`,
		`{"id":10,"op":"add",` + office + `,"start":"2026-11-27T18:00:00Z"}`:                                                                                            `{"id":10,"error":"add needs seconds"}`,
		`{"id":11,`: `{"id":null,"error":"the line can't be read: unexpected EOF"}`,
	} {
		var out strings.Builder
		if err := clockLines(context.Background(), strings.NewReader("\n"+in+"\n"), &out); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

func FuzzClock(f *testing.F) {
	f.Add(`{"id":1,"op":"add","cal":{"tz":"UTC","weekly":{"mon":[["09:00","17:00"]]}},"start":"2026-11-21T01:30:00Z","seconds":7200}`)
	f.Add(`{"id":1,"op":"sub","cal":{"tz":"Europe/Berlin","weekly":{"mon":[["00:00","24:00"]]}},"end":"2400-11-21T01:30:00Z","seconds":1e9}`)
	f.Fuzz(func(t *testing.T, line string) {
		var out strings.Builder
		clockLines(context.Background(), strings.NewReader(line), &out)
	})
}
