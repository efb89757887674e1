package templates

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strconv"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"casebot/desk"
)

// The chart is drawn once, for light and dark pages alike: on its own white card, at twice the size it
// is shown, with colours that differ in lightness too.
const (
	chartWidth, chartHeight = 1120, 420
	chartLeft, chartBottom  = 64, 64
	chartTop                = 72
)

var (
	inkDark  = color.RGBA{0x1f, 0x29, 0x37, 0xff}
	inkSoft  = color.RGBA{0x6b, 0x72, 0x80, 0xff}
	gridLine = color.RGBA{0xe5, 0xe7, 0xeb, 0xff}
	barFiled = color.RGBA{0x1d, 0x4e, 0xd8, 0xff}
	barDone  = color.RGBA{0x6e, 0xc5, 0xa4, 0xff}
)

// chartColours are all colours of a chart: a picture of a byte a pixel is drawn and packed many times faster than one of
// four. Text has shades of its ink on white, which are more than an eye tells apart.
var chartColours = func() color.Palette {
	out := color.Palette{color.White, gridLine, barFiled, barDone}
	for _, ink := range []color.RGBA{inkDark, inkSoft} {
		for i := 1; i <= inkShades; i++ {
			mix := func(c uint8) uint8 { return uint8((0xff*(inkShades-i) + int(c)*i) / inkShades) }
			out = append(out, color.RGBA{mix(ink.R), mix(ink.G), mix(ink.B), 0xff})
		}
	}
	return out
}()

const inkShades = 16

// WeeksChart draws filed and resolved cases a week as a PNG, 1120×420 pixels. The same weeks give the
// same bytes.
func WeeksChart(weeks []desk.WeekLine, loc *time.Location) ([]byte, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, err
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: 22, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, err
	}
	defer face.Close()
	c := canvas{image.NewPaletted(image.Rect(0, 0, chartWidth, chartHeight), chartColours), face} // White, which is the first colour.
	c.legend()
	top := 1
	for _, w := range weeks {
		top = max(top, w.Filed, w.Resolved)
	}
	step := niceStep(top)
	top = (top + step - 1) / step * step
	y := func(n int) int { return chartHeight - chartBottom - n*(chartHeight-chartBottom-chartTop)/top }
	for n := 0; n <= top; n += step {
		c.fill(image.Rect(chartLeft, y(n), chartWidth-24, y(n)+2), gridLine)
		c.text(strconv.Itoa(n), chartLeft-14, y(n)+8, inkSoft, right)
	}
	slot := (chartWidth - chartLeft - 24) / max(1, len(weeks))
	for i, w := range weeks {
		mid, bar := chartLeft+i*slot+slot/2, min(36, slot/3)
		c.bar(image.Rect(mid-bar-2, y(w.Filed), mid-2, y(0)), barFiled, w.Filed)
		c.bar(image.Rect(mid+2, y(w.Resolved), mid+2+bar, y(0)), barDone, w.Resolved)
		c.text(w.Start.In(loc).Format("2 Jan"), mid, chartHeight-24, inkSoft, centre)
	}
	var buf bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&buf, c.Paletted) // Few colours in large areas are small in any case.
	return buf.Bytes(), err
}

// niceStep is the distance of the grid's lines: at most five of them, at round numbers.
func niceStep(top int) int {
	for unit := 1; ; unit *= 10 {
		for _, s := range []int{1, 2, 5} {
			if top <= 5*s*unit {
				return s * unit
			}
		}
	}
}

type canvas struct {
	*image.Paletted
	face font.Face
}

type align int

const (
	left align = iota
	centre
	right
)

func (c canvas) fill(r image.Rectangle, col color.Color) {
	r = r.Intersect(c.Rect)
	index := uint8(c.Palette.Index(col))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.Pix[c.PixOffset(r.Min.X, y):c.PixOffset(r.Max.X, y)]
		for x := range row {
			row[x] = index
		}
	}
}

// bar draws one bar with its number above it, so that nobody has to read the grid.
func (c canvas) bar(r image.Rectangle, col color.Color, n int) {
	c.fill(r, col)
	c.text(strconv.Itoa(n), (r.Min.X+r.Max.X)/2, r.Min.Y-8, inkDark, centre)
}

func (c canvas) legend() {
	x := chartLeft
	for _, l := range []struct {
		col  color.Color
		text string
	}{{barFiled, "Filed a week"}, {barDone, "Resolved a week"}} {
		c.fill(image.Rect(x, 22, x+22, 44), l.col)
		c.text(l.text, x+34, 41, inkDark, left)
		x += 34 + font.MeasureString(c.face, l.text).Ceil() + 40
	}
}

func (c canvas) text(s string, x, y int, col color.Color, a align) {
	switch w := font.MeasureString(c.face, s).Ceil(); a {
	case centre:
		x -= w / 2
	case right:
		x -= w
	}
	d := font.Drawer{Dst: c.Paletted, Src: image.NewUniform(col), Face: c.face, Dot: fixed.P(x, y)}
	d.DrawString(s)
}
