package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// ics wraps entries in a calendar.
func ics(events ...string) []byte {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//demo//EN\r\n")
	for _, e := range events {
		b.WriteString("BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n" + strings.ReplaceAll(e, "\n", "\r\n") + "\r\nEND:VEVENT\r\n")
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

func TestHolidaysOfAnICSFile(t *testing.T) {
	for _, c := range []struct{ name, event, want string }{
		{"an all-day date is a civil date", "DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas", "2026-12-25 Christmas"},
		{"the end is not included", "DTSTART;VALUE=DATE:20261224\nDTEND;VALUE=DATE:20261227\nSUMMARY:Break", "2026-12-24 Break, 2026-12-25 Break, 2026-12-26 Break"},
		{"a start that is its own end is one day", "DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225\nSUMMARY:Day", "2026-12-25 Day"},
		{"a length instead of an end", "DTSTART;VALUE=DATE:20261224\nDURATION:P2D\nSUMMARY:Two", "2026-12-24 Two, 2026-12-25 Two"},
		{"every year, within the years asked for", "DTSTART;VALUE=DATE:20100101\nRRULE:FREQ=YEARLY\nSUMMARY:New Year", "2026-01-01 New Year, 2027-01-01 New Year"},
		{"the fourth Thursday of November", "DTSTART;VALUE=DATE:20251127\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH\nSUMMARY:Thanksgiving", "2026-11-26 Thanksgiving, 2027-11-25 Thanksgiving"},
		{"but not that one", "DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=YEARLY\nEXDATE;VALUE=DATE:20270101\nSUMMARY:N", "2026-01-01 N"},
		{"and that one too", "DTSTART;VALUE=DATE:20260101\nRDATE;VALUE=DATE:20260202,20260303\nSUMMARY:N", "2026-01-01 N, 2026-02-02 N, 2026-03-03 N"},
		{"a cancelled one closes nothing", "DTSTART;VALUE=DATE:20261225\nSTATUS:CANCELLED\nSUMMARY:N", ""},
		{"29 February comes in leap years only", "DTSTART;VALUE=DATE:20240229\nRRULE:FREQ=YEARLY\nSUMMARY:Leap", ""},
		{"a name over two lines is one", "DTSTART;VALUE=DATE:20261225\nSUMMARY:Christ\n mas\\nDay", "2026-12-25 Christmas Day"},
	} {
		got, err := parseICS(ics(c.event), 2026, 2027)
		if err != nil || strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, strings.Join(got, ", "), err, c.want)
		}
	}
}

func TestAnICSFileIsRefusedWithPlaceAndReason(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"a date of four digits", string(ics("DTSTART;VALUE=DATE:2026\nSUMMARY:N")), "line 7: DTSTART;VALUE=DATE:2026 is no date"},
		{"a day that does not exist", string(ics("DTSTART;VALUE=DATE:20260230\nSUMMARY:N")), "line 7:"},
		{"a time of day", string(ics("DTSTART:20261225T090000Z\nSUMMARY:Party")), "is a time of day"},
		{"every week", string(ics("DTSTART;VALUE=DATE:20261225\nRRULE:FREQ=WEEKLY\nSUMMARY:N")), "only yearly entries"},
		{"a season", string(ics("DTSTART;VALUE=DATE:20260101\nDTEND;VALUE=DATE:20260601\nSUMMARY:N")), "151 days in a row"},
		{"no start", string(ics("SUMMARY:N")), "it has no date"},
		{"no calendar", "hello", "it is no calendar"},
		{"empty", "", "it is no calendar"},
		{"binary", "BEGIN:VCALENDAR\x00", "not text"},
	} {
		if _, err := parseICS([]byte(c.src), 2026, 2027); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// A calendar of casebot.yaml may name a file; its closed dates count like its own.
func TestACalendarNamesAnICSFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "closed.ics"), ics("DTSTART;VALUE=DATE:20261228\nSUMMARY:Company day"), 0o600); err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile("casebot.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(src), "    holiday_sets: [us-federal]\n", "    holiday_sets: [us-federal]\n    holiday_files: [closed.ics]\n", 1)
	d, err := parseDeployment(filepath.Join(dir, "casebot.yaml"), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	calendars, err := compileCalendars(d, time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	type closing interface {
		Holiday(int, time.Month, int) (string, bool)
	}
	if name, closed := calendars["northwind-office"].(closing).Holiday(2026, 12, 28); !closed || name != "Company day" {
		t.Errorf("28 December is %q, closed %v", name, closed)
	}
	text = strings.Replace(text, "closed.ics", "missing.ics", 1)
	if d, err = parseDeployment(filepath.Join(dir, "casebot.yaml"), []byte(text)); err == nil {
		_, err = compileCalendars(d, time.Now())
	}
	if err == nil || !strings.Contains(err.Error(), "missing.ics: there is no such file") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func FuzzParseICS(f *testing.F) {
	f.Add(ics("DTSTART;VALUE=DATE:20261225\nSUMMARY:Christmas"))
	f.Add(ics("DTSTART;VALUE=DATE:20100101\nRRULE:FREQ=YEARLY;BYDAY=4TH;COUNT=9999999\nSUMMARY:x"))
	f.Add([]byte("BEGIN:VCALENDAR\nEND:VCALENDAR"))
	f.Fuzz(func(t *testing.T, src []byte) {
		days, err := parseICS(src, 2026, 2027)
		if err != nil {
			return
		}
		for _, d := range days {
			if day, err := time.Parse("2006-01-02", d[:10]); err != nil || day.Year() < 2026 || day.Year() > 2027 {
				t.Errorf("%q is no closed date of 2026 or 2027", d)
			}
		}
	})
}
