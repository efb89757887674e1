package templates

import (
	"bytes"
	"image/png"
	"testing"
	"time"

	"casebot/desk"
)

func TestWeeksChart(t *testing.T) {
	var weeks []desk.WeekLine
	for i := range 8 {
		weeks = append(weeks, desk.WeekLine{Start: time.Date(2026, 10, 5+7*i, 16, 0, 0, 0, time.UTC), Filed: (i*7)%13 + 3, Resolved: (i * 5) % 11})
	}
	for name, ws := range map[string][]desk.WeekLine{"eight weeks": weeks, "nothing at all": make([]desk.WeekLine, 8), "no weeks": nil} {
		data, err := WeeksChart(ws, time.UTC)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		im, err := png.Decode(bytes.NewReader(data))
		if err != nil || im.Bounds().Dx() != chartWidth {
			t.Errorf("%s: %v", name, err)
		}
		again, _ := WeeksChart(ws, time.UTC)
		if !bytes.Equal(data, again) {
			t.Errorf("%s: two drawings differ", name)
		}
	}
}

func TestNiceStep(t *testing.T) {
	for top, want := range map[int]int{1: 1, 5: 1, 6: 2, 11: 5, 25: 5, 26: 10, 400: 100} {
		if got := niceStep(top); got != want {
			t.Errorf("niceStep(%d) = %d, want %d", top, got, want)
		}
	}
}
