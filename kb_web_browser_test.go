package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// The editor works in a browser as it stands there, with its policy and without scripts: from the link in chat to the
// saved article. Where CASEBOT_SHOTS names a folder, pictures are kept in two widths and both themes.
func TestTheEditorInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	s, _ := webStage(t)
	b := newBrowserAt(t, s.link(t, "erin", "kb write"), "form button.first")
	press := func(selector string) {
		t.Helper()
		b.asks("press "+selector, fmt.Sprintf(`(e => e ? (e.click(), true) : false)(document.querySelector(%s))`, quoted(selector)))
	}
	write := func(name, text string) {
		t.Helper()
		b.asks("write into "+name, fmt.Sprintf(`(e => e ? (e.value = %s, true) : false)(document.querySelector(%s))`, quoted(text), quoted("[name="+name+"]")))
	}
	reads := func(selector, text string) {
		t.Helper()
		b.asks("read "+text, fmt.Sprintf(`[...document.querySelectorAll(%s)].some(e => e.innerText.includes(%s))`, quoted(selector), quoted(text)))
	}
	b.pictures("editor-in")
	press("button.first")
	write("title", "Receipt printer prints blank paper")
	write("text", "# What you see\n\nThe paper comes out white.\n\n# What to do\n\n- Turn the roll.\n- [ ] Is the lid shut?\n- [ ] Does the test page print?\n\n```\nE 4711 printer did not answer\n```\n")
	write("review_by", "soon")
	press("button[value=save]")
	reads(".wrong", "Write a day such as")
	reads(".step", "Does the test page print?")
	b.pictures("editor-refused")
	write("review_by", "2027-03-31")
	press("button[value=save]")
	reads(".good", "Saved. This is version 1")
	b.pictures("editor-saved")
	write("text", "**Turn** the roll, see [the manual](https://help.demo.example/paper), and run `test 4711`.")
	press("button[value=preview]")
	reads("article b", "Turn")
	reads("article a", "the manual")
	press("button[value=save]")
	reads(".good", "Saved. This is version 2")
	press("a[href^='/kb/history']")
	reads(".soft", "the text (1 line new")
	b.pictures("editor-versions")
	press("a[href$='version=1']")
	reads(".soft", "This is version 1 of 2. Save it to bring it back")
	b.pictures("editor-older")
	press("button[value=save]")
	reads(".good", "Saved. This is version 3")
	for _, width := range []int64{1280, 390} {
		b.do("another width", chromedp.EmulateViewport(width, 820))
		if n := b.number(`document.documentElement.scrollWidth - innerWidth`); n > 0 {
			t.Errorf("the page is %v px wider than a window of %d", n, width)
		}
	}
}

// asks is until for pages whose policy lets no script run: the question is put from outside of the page.
func (b *browser) asks(what, expression string) {
	b.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		yes, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](expression))
		if err == nil && yes {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("%s: %v (%s)", what, err, b.picture())
		}
	}
}

// pictures keeps what the page looks like, in two widths and both themes.
func (b *browser) pictures(name string) {
	b.t.Helper()
	dir := os.Getenv("CASEBOT_SHOTS")
	if dir == "" {
		return
	}
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			b.do("show it "+scheme, chromedp.EmulateViewport(width, 820), func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
				_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
				return chromedp.Void{}, err
			})
			b.asks("look at the newest", `(document.querySelectorAll('.log').forEach(l => l.scrollTop = l.scrollHeight), true)`)
			png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
			if err != nil {
				b.t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), png, 0o644); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	b.do("back to the usual window", chromedp.EmulateViewport(1280, 900))
}
