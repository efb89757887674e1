package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// contrastScript lists the texts in sight whose contrast with what lies behind them is under 4.5 to 1
// (WCAG 2.2, 1.4.3), and elements that stick out of the window to the right.
const contrastScript = `(() => {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = css => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = css; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const over = (top, under) => { const a = top[3] / 255; return [0, 1, 2].map(i => top[i] * a + under[i] * (1 - a)).concat(255); };
  const light = c => { const [r, g, b] = c.map(v => { v /= 255; return v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { const layers = []; for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3]) layers.push(c); if (c[3] === 255) break; } return layers.reverse().reduce((u, c) => over(c, u), [255, 255, 255, 255]); };
  const found = [], seen = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, e = node.parentElement;
    if (!node.data.trim() || seen.has(e) || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest('.sr, [inert], script, style, :disabled, .icon')) continue;
    seen.add(e);
    if (/^\p{Extended_Pictographic}/u.test(node.data.trim())) continue;
    const frame = e.getBoundingClientRect();
    if (frame.width === 0 || frame.bottom < 0 || frame.top > innerHeight) continue;
    const under = behind(e), ink = over(rgba(getComputedStyle(e).color), under);
    const [a, b] = [light(ink), light(under)].sort((x, y) => y - x), ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) found.push(ratio.toFixed(2) + ' ' + (e.className || e.tagName) + ': ' + node.data.trim().slice(0, 40));
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push('the page is ' + (document.documentElement.scrollWidth - innerWidth) + ' px too wide');
  for (const e of document.querySelectorAll('.pane.active *, dialog *')) {
    const f = e.getBoundingClientRect();
    if (f.right > innerWidth + 1 && f.width && e.checkVisibility() && !e.closest('.channels, .guide, pre, .sr, .pane:not(.active)')) { found.push('sticks out: ' + (e.className || e.tagName)); break; }
  }
  return JSON.stringify(found);
})()`

// Every text can be read in both themes and at both widths, in the page and in a dialog with errors.
func TestEverythingCanBeRead(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	w := newWorld(t, nil)
	w.inbox.answer = sampleDesk
	sampleTalk(t, w)
	url := w.serve(t).URL
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			t.Run(fmt.Sprint(scheme, width), func(t *testing.T) {
				ctx, stop := browse(t)
				defer stop()
				last := "" // The part that was reached, for the error.
				check := func(part string) chromedp.Action[chromedp.Void] {
					return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
						last = part
						got, err := chromedp.Evaluate[string](contrastScript)(ctx, tab)
						if err != nil {
							return err
						}
						var found []string
						if err := json.Unmarshal([]byte(got), &found); err != nil {
							return err
						}
						for _, f := range found {
							t.Errorf("%s: %s", part, f)
						}
						return nil
					})
				}
				const pane = ".pane.active "
				err := chromedp.Do(ctx,
					chromedp.EmulateViewport(width, 820),
					chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
						_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
							Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
						return err
					}),
					chromedp.Navigate(url), chromedp.WaitVisible(`body[data-ready] .pane.active article`), check("page"),
					chromedp.Click(pane+`[data-test=open-thread]`), chromedp.WaitVisible(pane+`.thread-view article`), check("thread"),
					// Esc closes the thread; "/" goes to the box where one types.
					chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(pane+`.thread-view`),
					chromedp.KeyEvent("/"), chromedp.WaitVisible(`.complete .option`), check("completion"),
					chromedp.KeyEvent("case new\r"), chromedp.WaitVisible(`dialog[open]`), check("dialog"),
					chromedp.Click(`[data-test=submit]`), chromedp.WaitVisible(`dialog [aria-invalid]`), check("errors"),
					chromedp.KeyEvent(kb.Escape), chromedp.WaitNotPresent(`dialog[open]`),
				)
				if err != nil {
					t.Errorf("after %q: %v", last, err)
				}
			})
		}
	}
}
