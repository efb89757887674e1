package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"casebot/desk"
)

const clockUsage = `casebot clock: business-time arithmetic. One JSON object a line on standard input, one answer a line on
standard output; a line that can't be answered gets an error and the rest go on.

  casebot clock < in.jsonl > out.jsonl

  {"id":1,"op":"add","cal":{"tz":"America/Los_Angeles","weekly":{"fri":[["09:00","17:00"]],"mon":[["09:00","17:00"]]}},
   "start":"2026-11-21T00:00:00Z","seconds":7200}
  {"id":1,"result":"2026-11-23T18:00:00Z"}

op         takes              gives
add        start, seconds     the earliest instant with that much open, unpaused time since start
sub        end, seconds       the latest instant with that much open, unpaused time until end
elapsed    start, end         seconds of open, unpaused time
is_open    at                 true or false
next_open  at                 at itself while open, else the next opening
next_close at                 the end of the open stretch at at, or of the next one

cal: tz, weekly, holidays, overrides, breaks. pauses: [["from","to"], …]. Instants are RFC 3339.
`

// clockLine is one question.
type clockLine struct {
	ID      json.RawMessage `json:"id"`
	Op      string          `json:"op"`
	Cal     json.RawMessage `json:"cal"`
	Pauses  [][]string      `json:"pauses"`
	Start   string          `json:"start"`
	End     string          `json:"end"`
	At      string          `json:"at"`
	Seconds *json.Number    `json:"seconds"`
}

// clockAnswer is one answer: a result or an error.
type clockAnswer struct {
	ID     json.RawMessage `json:"id"`
	Result any             `json:"result,omitempty"`
	Error  string          `json:"error,omitempty"`
}

func runClock(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	if len(args) > 0 {
		fmt.Fprint(errs, clockUsage)
		return exitUsage
	}
	return exitOf(errs, "clock", clockLines(ctx, in, out))
}

// clockLines answers line by line, in order. Compiled calendars are kept by their text, for most lines of a
// file ask about the same few.
func clockLines(ctx context.Context, in io.Reader, out io.Writer) error {
	r, w := bufio.NewReaderSize(in, 1<<16), bufio.NewWriterSize(out, 1<<16)
	calendars := map[string]*desk.Calendar{}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for ctx.Err() == nil {
		line, err := r.ReadBytes('\n')
		if text := bytes.TrimSpace(line); len(text) > 0 {
			if err := enc.Encode(answerLine(text, calendars)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return w.Flush()
		}
		if err != nil {
			return errors.Join(err, w.Flush())
		}
	}
	return errors.Join(ctx.Err(), w.Flush())
}

// answerLine answers one line. The id is given back even when the rest can't be read, where it can.
func answerLine(text []byte, calendars map[string]*desk.Calendar) clockAnswer {
	var q clockLine
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil {
		var only struct {
			ID json.RawMessage `json:"id"`
		}
		json.Unmarshal(text, &only)
		return clockAnswer{ID: orNull(only.ID), Error: "the line can't be read: " + err.Error()}
	}
	a := clockAnswer{ID: orNull(q.ID)}
	result, err := q.answer(calendars)
	if err != nil {
		a.Error = err.Error()
	} else {
		a.Result = result
	}
	return a
}

func orNull(id json.RawMessage) json.RawMessage {
	if len(id) == 0 {
		return json.RawMessage("null")
	}
	return id
}

func (q *clockLine) answer(calendars map[string]*desk.Calendar) (any, error) {
	switch q.Op {
	case "add", "sub", "elapsed", "is_open", "next_open", "next_close":
	default:
		return nil, fmt.Errorf("unknown op %q; expected add, sub, elapsed, is_open, next_open or next_close", q.Op)
	}
	cal, err := q.calendar(calendars)
	if err != nil {
		return nil, err
	}
	pauses, err := q.pauses()
	if err != nil {
		return nil, err
	}
	switch q.Op {
	case "add", "sub":
		return q.shift(cal, pauses)
	case "elapsed":
		start, err1 := instant("start", q.Start)
		end, err2 := instant("end", q.End)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		d, err := cal.Elapsed(start, end, pauses)
		return secondsOf(d), err
	}
	at, err := instant("at", first(q.At, q.Start))
	if err != nil {
		return nil, err
	}
	switch q.Op {
	case "is_open":
		return cal.IsOpen(at), nil
	case "next_open":
		return instantText(cal.NextOpen(at))
	}
	return instantText(cal.NextClose(at))
}

// shift is add and sub.
func (q *clockLine) shift(cal *desk.Calendar, pauses []desk.Interval) (any, error) {
	if q.Seconds == nil {
		return nil, fmt.Errorf("%s needs seconds", q.Op)
	}
	f, err := q.Seconds.Float64()
	if err != nil || f > 1e11 || f < -1e11 {
		return nil, fmt.Errorf("seconds is %s; expected a number of seconds", *q.Seconds)
	}
	if f > 9e9 || f < -9e9 {
		return nil, errors.New("the budget is not used up within the years that can be computed")
	}
	budget := time.Duration(f*1000) * time.Millisecond
	if q.Op == "add" {
		start, err := instant("start", q.Start)
		if err != nil {
			return nil, err
		}
		return instantText(cal.DueAt(start, budget, pauses))
	}
	end, err := instant("end", first(q.End, q.Start, q.At))
	if err != nil {
		return nil, err
	}
	return instantText(cal.Sub(end, budget, pauses))
}

func first(vs ...string) string {
	for _, v := range vs {
		if v != "" {
			return v
		}
	}
	return ""
}

// calendar compiles the line's calendar, or finds it compiled. It must open within 400 days of the line's
// own instant, which the operations see to.
func (q *clockLine) calendar(calendars map[string]*desk.Calendar) (*desk.Calendar, error) {
	if c := calendars[string(q.Cal)]; c != nil {
		return c, nil
	}
	var spec desk.CalendarSpec
	dec := json.NewDecoder(bytes.NewReader(q.Cal))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&spec); err != nil {
		return nil, fmt.Errorf("cal can't be read: %w", err)
	}
	c, err := desk.CompileCalendar("cal", spec, time.Time{})
	if err != nil {
		return nil, err
	}
	if len(calendars) < 10_000 {
		calendars[string(q.Cal)] = c
	}
	return c, nil
}

func (q *clockLine) pauses() ([]desk.Interval, error) {
	var out []desk.Interval
	for i, p := range q.Pauses {
		if len(p) != 2 {
			return nil, fmt.Errorf("pause %d is no pair of instants", i+1)
		}
		from, err1 := instant("pauses", p[0])
		to, err2 := instant("pauses", p[1])
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		if to.Before(from) {
			return nil, fmt.Errorf("pause %d ends before it starts", i+1)
		}
		out = append(out, desk.Interval{From: from, To: to})
	}
	return out, nil
}

func instant(name, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, fmt.Errorf("%s is missing", name)
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is %q; expected an RFC 3339 instant such as 2026-11-20T17:00:00Z", name, text)
	}
	return t, nil
}

func instantText(t time.Time, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return t.UTC().Format(time.RFC3339Nano), nil
}

// secondsOf is a number of seconds, whole where it is.
func secondsOf(d time.Duration) any {
	if d%time.Second == 0 {
		return int64(d / time.Second)
	}
	return d.Seconds()
}
