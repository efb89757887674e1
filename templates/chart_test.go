package templates

import (
	"bytes"
	"image/color"
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

// The bars of a chart are as high as its figures, to the pixel.
func TestTheBarsShowTheFigures(t *testing.T) {
	weeks := []desk.WeekLine{{Filed: 5, Resolved: 2}, {Filed: 0, Resolved: 4}, {Filed: 3, Resolved: 0}, {Filed: 1, Resolved: 1}}
	for i := range weeks {
		weeks[i].Start = time.Date(2026, 10, 5+7*i, 16, 0, 0, 0, time.UTC)
	}
	data, err := WeeksChart(weeks, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	im, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	height := func(x int, want color.Color) (n int) {
		for y := chartTop; y < chartHeight; y++ { // Above stands the legend.
			if r, g, b, _ := im.At(x, y).RGBA(); r == channel(want, 0) && g == channel(want, 1) && b == channel(want, 2) {
				n++
			}
		}
		return n
	}
	unit := (chartHeight - chartBottom - chartTop) / 5
	slot := (chartWidth - chartLeft - 24) / len(weeks)
	for i, w := range weeks {
		mid := chartLeft + i*slot + slot/2
		for _, bar := range []struct {
			x, n int
			col  color.Color
		}{{mid - 20, w.Filed, barFiled}, {mid + 20, w.Resolved, barDone}} {
			if got := height(bar.x, bar.col); got < bar.n*unit-4 || got > bar.n*unit+4 {
				t.Errorf("week %d: a bar of %d is %d pixels high, and one case is %d", i, bar.n, got, unit)
			}
		}
	}
}

func channel(c color.Color, n int) uint32 {
	r, g, b, _ := c.RGBA()
	return []uint32{r, g, b}[n]
}

func TestNiceStep(t *testing.T) {
	for top, want := range map[int]int{1: 1, 5: 1, 6: 2, 11: 5, 25: 5, 26: 10, 400: 100} {
		if got := niceStep(top); got != want {
			t.Errorf("niceStep(%d) = %d, want %d", top, got, want)
		}
	}
}
