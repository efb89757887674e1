package desk

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// civilDay is a date without a zone, kept as midnight UTC of that date. step says by how many days an
// incomplete day may move to lie on the asked-for side of now: 1 for a bare time of day, 7 for a day of
// the week, 0 for a day that is meant as it stands.
type civilDay struct {
	time.Time
	step int
}

var (
	namedDays  = map[string]int{"today": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "tonight": 0, "yesterday": -1, "last night": -1, "tomorrow": 1}
	dateForms  = []string{"2006-01-02", "2006/01/02", "2006-1-2", "2 Jan 2006", "2 January 2006", "Jan 2 2006", "January 2 2006", "2-Jan-2006", "02.01.2006", "2.1.2006"}
	yearless   = []string{"2 Jan", "2 January", "Jan 2", "January 2", "2-Jan"}
	slashed    = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})$`)
	ordinal    = regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th)\b`)
	weekdayPre = regexp.MustCompile(`^(last |next |this |on )?(mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b[,.]? ?(.*)$`)
)

// readDay reads the day of a time, in small letters, seen from the local time of the zone meant. An
// empty text is today. ok is false when the text is no day at all.
func readDay(text string, local time.Time, dir direction) (day civilDay, ok bool, err error) {
	today := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
	if text == "" {
		return civilDay{today, 1}, true, nil
	}
	if n, ok := namedDays[text]; ok {
		return civilDay{today.AddDate(0, 0, n), 0}, true, nil
	}
	if m := weekdayPre.FindStringSubmatch(text); m != nil {
		if m[3] == "" {
			return nearestWeekday(m[1], m[2], today, dir), true, nil
		}
		text = m[3] // "Fri 20 Nov": the date says it all.
	}
	text = strings.ReplaceAll(ordinal.ReplaceAllString(text, "$1"), ",", "")
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "sept ", "sep ")
	for _, form := range dateForms {
		if d, err := time.Parse(form, text); err == nil {
			return civilDay{d, 0}, true, nil
		}
	}
	for _, form := range yearless {
		// The leap year lets 29 February through; a year without one is refused below.
		if d, err := time.Parse(form+" 2006", text+" 2000"); err == nil {
			return withoutYear(d, today, dir)
		}
	}
	if m := slashed.FindStringSubmatch(text); m != nil {
		return slashedDate(m)
	}
	return civilDay{}, false, nil
}

// nearestWeekday finds a day of the week: the last one when looking back, the next when looking ahead.
func nearestWeekday(which, name string, today time.Time, dir direction) civilDay {
	var want time.Weekday
	for full, wd := range weekdays {
		if strings.HasPrefix(full, name[:3]) {
			want = wd
		}
	}
	n := int(want-today.Weekday()+7) % 7
	switch {
	case which == "last " && n >= 0:
		return civilDay{today.AddDate(0, 0, n-7), 0}
	case which == "next " && n == 0:
		n = 7
	case which != "next " && dir == past && n > 0:
		n -= 7
	}
	step := 7
	if which == "next " {
		step = 0
	}
	return civilDay{today.AddDate(0, 0, n), step}
}

// withoutYear gives a date the year that puts it nearest on the asked-for side of today.
func withoutYear(d, today time.Time, dir direction) (civilDay, bool, error) {
	for _, year := range []int{today.Year(), today.Year() + int(dir)} {
		on := time.Date(year, d.Month(), d.Day(), 0, 0, 0, 0, time.UTC)
		if on.Day() == d.Day() && (dir == past && !on.After(today) || dir == ahead && !on.Before(today)) {
			return civilDay{on, 0}, true, nil
		}
	}
	return civilDay{}, true, Errf(KindInvalid, "The year is not certain for %s. Write it too, for example 2026-%02d-%02d 14:00.", d.Format("2 January"), d.Month(), d.Day())
}

// slashedDate reads 11/20/2026. Half the world writes the day first and half the month, so a date that
// could be both is refused rather than guessed: a month's error would be believed.
func slashedDate(m []string) (civilDay, bool, error) {
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	year, _ := strconv.Atoi(m[3])
	valid := func(month, day int) (time.Time, bool) {
		d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
		return d, month >= 1 && month <= 12 && d.Day() == day && d.Month() == time.Month(month)
	}
	us, ok1 := valid(a, b)
	eu, ok2 := valid(b, a)
	switch {
	case ok1 && ok2 && a != b:
		return civilDay{}, true, Errf(KindInvalid, "%s can be %s or %s. Write it as %s or %s.", m[0],
			us.Format("2 January"), eu.Format("2 January"), us.Format(time.DateOnly), eu.Format(time.DateOnly))
	case ok1:
		return civilDay{us, 0}, true, nil
	case ok2:
		return civilDay{eu, 0}, true, nil
	}
	return civilDay{}, true, Errf(KindInvalid, "There is no day %s. Write the date as 2026-11-20.", m[0])
}

// zoneOffsets are the abbreviations support people write, in hours and minutes. CST and its like are
// taken as North American; an abbreviation that means several zones in daily use (IST, AST) is not
// listed, so that people are asked for a city instead.
var zoneOffsets = map[string]string{"utc": "+0000", "gmt": "+0000", "z": "+0000", "pst": "-0800", "pdt": "-0700", "mst": "-0700", "mdt": "-0600",
	"cst": "-0600", "cdt": "-0500", "est": "-0500", "edt": "-0400", "akst": "-0900", "akdt": "-0800", "hst": "-1000",
	"wet": "+0000", "west": "+0100", "bst": "+0100", "cet": "+0100", "cest": "+0200", "mez": "+0100", "mesz": "+0200", "eet": "+0200", "eest": "+0300",
	"msk": "+0300", "jst": "+0900", "kst": "+0900", "sgt": "+0800", "hkt": "+0800", "aest": "+1000", "aedt": "+1100", "acst": "+0930", "acdt": "+1030",
	"awst": "+0800", "nzst": "+1200", "nzdt": "+1300"}

var (
	zoneCity   = regexp.MustCompile(`^(.*\S) ?\(?\b((?:africa|america|antarctica|arctic|asia|atlantic|australia|europe|indian|pacific|etc|us|canada)/[a-z0-9_+\-/]+)\)?$`)
	zoneNumber = regexp.MustCompile(`^(.*\d(?: ?[ap]\.?m\.?)?) ?(?:utc|gmt)? ?([+-])(\d{1,2}):?(\d{2})?$`)
	zoneWord   = regexp.MustCompile(`^(.*?(?:\d|m|\.|noon|midnight|day|night)) ?\(?\b([a-z]{1,5})\)?$`)
	notZones   = map[string]bool{"am": true, "pm": true, "noon": true, "midday": true, "today": true, "jan": true, "feb": true, "mar": true, "apr": true, "may": true,
		"june": true, "jun": true, "july": true, "jul": true, "aug": true, "sep": true, "sept": true, "oct": true, "nov": true, "dec": true, "mon": true, "tue": true,
		"wed": true, "thu": true, "fri": true, "sat": true, "sun": true, "tues": true, "thur": true, "thurs": true, "march": true, "april": true, "m": true, "a": true, "p": true, "ago": true}
)

// cutZone takes a zone off the end of a text in small letters. Without one the given zone stays.
func cutZone(low string, loc *time.Location) (string, *time.Location, error) {
	if m := zoneCity.FindStringSubmatch(low); m != nil {
		z, err := time.LoadLocation(zoneCase(m[2]))
		if err != nil {
			return "", nil, noZone(m[2])
		}
		return strings.TrimRight(m[1], " ("), z, nil
	}
	// An offset follows a time of day; "17:40 2026-11-10" ends in a date that only looks like one.
	if m := zoneNumber.FindStringSubmatch(low); m != nil && clockLast.MatchString(strings.TrimSpace(m[1])) {
		h, _ := strconv.Atoi(m[3])
		min, _ := strconv.Atoi("0" + m[4])
		if h > 14 || min > 59 {
			return "", nil, noZone(m[2] + m[3] + m[4])
		}
		secs := h*3600 + min*60
		if m[2] == "-" {
			secs = -secs
		}
		return strings.TrimSpace(m[1]), time.FixedZone(fmt.Sprintf("UTC%s%02d:%02d", m[2], h, min), secs), nil
	}
	if m := zoneWord.FindStringSubmatch(low); m != nil && !notZones[m[2]] {
		if at, err := time.Parse("-0700", zoneOffsets[m[2]]); err == nil {
			_, secs := at.Zone()
			return strings.TrimRight(m[1], " ("), time.FixedZone(strings.ToUpper(m[2]), secs), nil
		}
		if _, clock := cutClock(strings.TrimSpace(m[1])); clock != "" && len(m[2]) >= 2 {
			return "", nil, noZone(m[2])
		}
	}
	return low, loc, nil
}

func noZone(name string) error {
	return Errf(KindInvalid, "The time zone %s is not certain. Write one such as America/Chicago, UTC or +02:00.", quoted(strings.ToUpper(name)))
}

// zoneCase writes a zone's name with the capitals that the zone files have: "america/port-au-prince" is
// tried as "America/Port-au-Prince".
func zoneCase(low string) string {
	small := map[string]bool{"of": true, "au": true, "es": true, "and": true}
	b := []byte(low)
	start := 0
	for i := 0; i <= len(b); i++ {
		if i < len(b) && b[i] != '/' && b[i] != '_' && b[i] != '-' {
			continue
		}
		word := string(b[start:i])
		switch {
		case word == "gmt" || word == "utc" || word == "us":
			copy(b[start:i], strings.ToUpper(word))
		case len(word) > 0 && !small[word]:
			b[start] = strings.ToUpper(word[:1])[0]
		}
		start = i + 1
	}
	return string(b)
}
