package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/chromedp"
)

// The story of issue and README in a real browser: the whole program, its page and a headless Chromium.
// Every wait is for something to be seen; nothing sleeps.
func TestPlaygroundInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startDemo(t))
	const dana, erin = "[data-test=pane-0]", "[data-test=pane-1]"

	// Dana files a case and forgets the summary. The dialog says so and keeps what she typed.
	b.typeIn(dana+" .channel-view [data-test=composer]", "/case new\r")
	b.see("[data-test=preview]", "severity")
	b.typeIn("[data-test=field-customer] input", "Browser Outfitters, store 3")
	b.choose("[data-test=field-product]", 1)
	b.choose("[data-test=field-category]", 1)
	b.click("[data-test=option-severity-3]")
	b.see("[data-test=preview]", "Northwind") // The forecast names who answers by when.
	b.typeIn("[data-test=field-impact] textarea", "Two tills are slow and queues grow at noon")
	b.typeIn("[data-test=field-first_seen] input", "1 hour ago")
	b.click("[data-test=submit]")
	b.see("[data-test=field-summary] .error", "what fails")
	if got := b.value("[data-test=field-customer] input"); got != "Browser Outfitters, store 3" {
		t.Errorf("after the refusal the customer reads %q", got)
	}

	// She closes the browser in the middle, comes back, and finds everything there; then she mends it.
	b.reload()
	b.typeIn(dana+" .channel-view [data-test=composer]", "/case new\r")
	b.until("the draft is back", `document.querySelector('[data-test=field-customer] input')?.value === 'Browser Outfitters, store 3'`)
	b.typeIn("[data-test=field-summary] input", "Receipt printing stops after every third sale")
	b.click("[data-test=submit]")
	b.see(dana+" .channel-view article.desk:not(.private)", "Receipt printing stops after every third sale")
	b.gone("dialog[open]")

	// She escalates with a reaction on the card. What the escalation still needs is asked for.
	const card = "Receipt printing stops"
	b.inArticle(dana+" .channel-view", card, "[data-test=react-menu]")
	b.click(`[data-test="emoji-🆘"]`)
	b.see(dana+" article.private", "nvironment")
	b.inArticle(dana+" .channel-view article.private", "nvironment", "[data-test=button-escalate]")
	b.typeIn("[data-test=field-environment] textarea", "Harbor Tills 5.2.1 on Android 14, two tills, own router")
	b.typeIn("[data-test=field-steps] textarea", "1 Sell one item three times. 2 Pay in cash. Expected a receipt, nothing is printed.")
	b.upload("[data-test=field-evidence] input[type=file]", "till.log", "E 4711 printer did not answer\n")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.see(erin+" .channel-view article.desk", card)

	// Erin acknowledges in the thread of her card; Dana's card names her.
	b.inArticle(erin+" .channel-view", card, "[data-act=thread]")
	b.typeIn(erin+" .thread-view [data-test=composer]", "@casebot ack\r")
	b.see(dana+" .channel-view article.desk", "Erin Demo")
	b.see(dana+" .channel-view article.desk", "Acknowledged")

	// Nobody gives the promised update. The clock is moved, and the breach shows on the card.
	b.click("[data-test=clock-more]")
	b.typeIn("[data-test=clock-text]", "in 4 days\r")
	b.see(dana+" .channel-view article.desk", "was due")
	b.articleSays(dana+" .channel-view", card, "Late")

	// The case is resolved and rated.
	b.inArticle(dana+" .channel-view", card, "[data-test=button-resolve]")
	b.typeIn("[data-test=field-text] textarea", "Printer firmware 2.4 installed; forty receipts printed without a stop")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.articleSays(dana+" .channel-view", card, "Resolved")
	b.inArticle(dana+" .channel-view", card, "[data-test=button-rate]")
	b.choose("[data-test=field-score]", 5)
	b.click("[data-test=submit]")
	b.gone("dialog[open]")

	// On Monday morning the review stands in its channel.
	b.click("[data-test=clock-monday]")
	b.click(erin + " .thread-view .close")
	b.click(erin + " [data-test=channel-ops-review]")
	b.see(erin+" .channel-view article.desk", "eview")
	b.see(erin+" .channel-view article.desk", "100 % kept (1 of 1)")
	b.see(erin+" .channel-view article.desk", "5.0 of 5")

	// The tour has noticed all of it.
	b.until("the tour is done", `document.querySelectorAll('#guide li.done').length === 6`)
	if n := b.number(`document.documentElement.scrollWidth - innerWidth`); n > 0 {
		t.Errorf("the page is %v px wider than the window", n)
	}
}

// What people type is text on the page, whatever it looks like; what is long is folded and kept whole.
func TestPlaygroundShowsTextAsText(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startDemo(t))
	const pane = "[data-test=pane-0]"
	b.typeIn(pane+" .channel-view [data-test=composer]", `<img src=x onerror="document.body.dataset.hit=1"> <b>bold</b> @everyone`+"\r")
	b.see(pane+" .said", "<b>bold</b>")
	long := fmt.Sprintf("%050000d", 7)
	b.set(pane+" .channel-view [data-test=composer]", long)
	b.click(pane + " .channel-view [data-test=send]")
	b.see(pane+" .show-all", "50,000 characters")
	b.until("the whole text is there", fmt.Sprintf(`[...document.querySelectorAll('%s .said')].some(e => e.textContent.length > 50000)`, pane))
	b.until("nothing ran", `document.body.dataset.hit === undefined`)
}

// Whoever writes faster than the desk answers loses no letter: what is typed while a message is on its way stays, the
// next one goes after it, and what could not be sent comes back.
func TestAFastWriterLosesNoLetter(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startDemo(t))
	const box, log = "[data-test=pane-0] .channel-view [data-test=composer]", "[data-test=pane-0] .channel-view"
	b.until("the way to the desk is slow", `(window.way = window.fetch, window.fetch = async (...a) => { await new Promise(done => setTimeout(done, 700)); return window.lost ? Promise.reject(new TypeError('away')) : window.way(...a); }, true)`)
	b.typeIn(box, "first words\rsecond words\rthird")
	b.see(log+" .said", "first words")
	b.see(log+" .said", "second words")
	if got := b.value(box); got != "third" {
		t.Errorf("after two messages the box holds %q", got)
	}
	b.until("the desk is away", `window.lost = true`)
	b.typeIn(box, " words\rfourth")
	b.until("what was not sent comes back", fmt.Sprintf(`document.querySelector(%s).value === 'third words\nfourth'`, quoted(box)))
}

// What was written for one room and is not sent, words and files, stays there: it never goes to another by the way.
func TestWhatIsUnsentStaysWhereItWasWritten(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startDemo(t))
	const pane, view = "[data-test=pane-0]", "[data-test=pane-0] .channel-view"
	const box = view + " [data-test=composer]"
	chips := fmt.Sprintf(`document.querySelectorAll(%s).length`, quoted(view+" .attachments .chip"))
	b.typeIn(box, "for this room only")
	b.upload(view+" .composer input[type=file]", "till.log", "HB-4012")
	b.click(pane + " [data-test=channel-direct]")
	b.until("the other room has neither words nor files", fmt.Sprintf(`document.querySelector(%s).value === '' && %s === 0`, quoted(box), chips))
	b.until("the desk is away", `(window.way = window.fetch, window.fetch = async (a, ...b) => { if (!String(a).includes('say')) return window.way(a, ...b); await new Promise(done => setTimeout(done, 500)); window.failed = true; throw new TypeError('away'); }, true)`)
	home := `document.querySelector('[data-test=pane-0] [data-test^=channel-]:not([data-test=channel-direct])')`
	b.until("the first room is shown again", home+`.click() || true`)
	b.until("its words and file are there", fmt.Sprintf(`document.querySelector(%s).value === 'for this room only' && %s === 1`, quoted(box), chips))
	b.typeIn(box, "\r")
	b.click(pane + " [data-test=channel-direct]")
	b.until("it could not be sent", `window.failed === true && !document.querySelector('[data-test=pane-0] .channel-view .composer.busy')`)
	if got := b.value(box); got != "" || b.number(chips) != 0 {
		t.Errorf("the other room was given %q and %v files", got, b.number(chips))
	}
	b.until("the first room is shown again", home+`.click() || true`)
	b.until("it all came back there", fmt.Sprintf(`document.querySelector(%s).value === 'for this room only' && %s === 1`, quoted(box), chips))
}

// TestPictureForTheReadme takes docs/playground.png anew, when CASEBOT_PICTURE names where to put it; CI takes it and
// throws it away.
func TestPictureForTheReadme(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	to := os.Getenv("CASEBOT_PICTURE")
	if to == "" && os.Getenv("CI") != "" {
		to = filepath.Join(t.TempDir(), "playground.png")
	} else if to == "" {
		t.Skip("set CASEBOT_PICTURE to a file to take the picture of the README anew")
	}
	b := newBrowser(t, startSeededDemo(t, true))
	const dana, erin, composer = "[data-test=pane-0]", "[data-test=pane-1]", " .channel-view [data-test=composer]"
	b.set(dana+composer, `/case new severity=2 customer="Corner Bakery Demo" product="Harbor Tills" category="Defect" summary="Card payments stop after the 5.2.1 update" `+
		`impact="Three of four tills take cash only, about 40 customers an hour walk out" first_seen="40 min ago" environment="Harbor Tills 5.2.1 on Android 14, four tills, own router" `+
		`steps="1 Scan two items. 2 Press Pay by card. Expected the terminal to wake, HB-4012 appears instead."`)
	b.click(dana + " .channel-view [data-test=send]")
	b.see(dana+" .channel-view article.desk:not(.private)", "Corner Bakery Demo")
	b.inArticle(dana+" .channel-view article.private", "", "[data-act=dismiss]")
	b.inArticle(dana+" .channel-view", "Corner Bakery Demo", "[data-test=button-escalate]")
	b.inArticle(dana+" .channel-view article.private", "not complete", "[data-test=button-escalate]")
	b.until("the dialog is open", `!!document.querySelector('[data-test=field-evidence]')`)
	b.upload("[data-test=field-evidence] input[type=file]", "till-3.log", "HB-4012 terminal did not wake\n")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.see(erin+" .channel-view article.desk", "Corner Bakery Demo")
	b.until("only the cards are left", `(() => { const all = [...document.querySelectorAll('article.private [data-act=dismiss]')]; all.forEach(e => e.click()); return !all.length; })()`)
	b.inArticle(erin+" .channel-view", "Corner Bakery Demo", "[data-act=thread]")
	b.typeIn(erin+" .thread-view [data-test=composer]", "Looks like the terminal driver of 5.2.1. Pulling the build now.\r")
	b.typeIn(erin+" .thread-view [data-test=composer]", "@casebot ack\r")
	b.articleSays(dana+" .channel-view", "Corner Bakery Demo", "Acknowledged")
	b.see(erin+" .thread-view article.private", "You have")
	b.until("only the cards are left", `(() => { const all = [...document.querySelectorAll('article.private [data-act=dismiss]')]; all.forEach(e => e.click()); return !all.length; })()`)
	b.do("let the page settle", chromedp.EmulateViewport(1280, 800), chromedp.WaitVisible(erin+" .thread-view article"))
	b.until("the newest message is in sight", `[...document.querySelectorAll('.log')].every(l => { l.scrollTop = l.scrollHeight; return true; })`)
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

func startDemo(t *testing.T) string { return startSeededDemo(t, false) }

// startSeededDemo starts the whole program on a fresh database, with or without the past cases, and gives
// its address.
func startSeededDemo(t *testing.T, past bool) string {
	t.Helper()
	begun, monday := time.Now(), time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	ctx, stop := context.WithCancel(context.Background())
	d, err := NewDemo(ctx, filepath.Join(t.TempDir(), "casebot.db"), past, slog.New(slog.DiscardHandler), func() time.Time { return monday.Add(time.Since(begun)) })
	if err != nil {
		stop()
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		stop()
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- d.Serve(ctx, ln, d.Playground.Handler()) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("the program ended with %v", err)
		}
		d.Close()
	})
	return "http://" + ln.Addr().String() + "/"
}

// browser drives a page as a person would.
type browser struct {
	t   *testing.T
	ctx context.Context
}

// patience is how long something may take to be seen before the story has failed.
const patience = 30 * time.Second

func newBrowser(t *testing.T, url string) *browser {
	t.Helper()
	return newBrowserAt(t, url, "body[data-ready]")
}

// newBrowserAt opens a page and waits until ready is part of it.
func newBrowserAt(t *testing.T, url, ready string) *browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("no chromium is installed, and CI skips nothing (Debian: apt-get install chromium)")
	} else if err != nil {
		t.Skip("no chromium is installed (Debian: apt-get install chromium)")
	}
	dir := t.TempDir()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("force-prefers-reduced-motion", true), chromedp.UserDataDir(dir))
	alloc, end := chromedp.NewExecAllocator(t.Context(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	t.Cleanup(func() { stop(); end() })
	b := &browser{t, ctx}
	b.do("open "+url, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(url), chromedp.WaitReady(ready))
	return b
}

// do runs steps within a person's patience; when one fails the picture of the page is kept.
func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	done := make(chan error, 1)
	go func() { done <- chromedp.Do(b.ctx, steps...) }()
	var err error
	select {
	case err = <-done:
	case <-time.After(patience):
		err = context.DeadlineExceeded
	}
	if err != nil {
		b.t.Fatalf("%s: %v (%s)", what, err, b.picture())
	}
}

// touch is do for steps that touch one element: found anew and tried again when the page has drawn it anew
// meanwhile. Chromium looks for the element before the mouse or a key goes down, so nothing is done twice.
func (b *browser) touch(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	b.do(what, func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		ctx, stop := context.WithTimeout(ctx, patience)
		defer stop()
		for {
			var err error
			for _, step := range steps {
				if _, err = step(ctx, tab); err != nil {
					break
				}
			}
			if !replaced(err) || ctx.Err() != nil {
				return chromedp.Void{}, err
			}
		}
	})
}

// replaced says whether the browser could not touch an element because it is no longer part of the page,
// or has no place on it any more.
func replaced(err error) bool {
	var refused *cdproto.Error
	return errors.Is(err, chromedp.ErrInvalidDimensions) ||
		errors.As(err, &refused) && refused.Code == -32000 && strings.Contains(strings.ToLower(refused.Message), "node")
}

// picture keeps what the page looks like, where CASEBOT_SHOTS names a folder.
func (b *browser) picture() string {
	dir := os.Getenv("CASEBOT_SHOTS")
	if dir == "" {
		return "set CASEBOT_SHOTS to a folder to get a picture"
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err.Error()
	}
	name := filepath.Join(dir, b.t.Name()+".png")
	if err := os.WriteFile(name, png, 0o644); err != nil {
		return err.Error()
	}
	return "see " + name
}

func (b *browser) reload() {
	b.t.Helper()
	b.do("reload", chromedp.Reload(), chromedp.WaitReady("body[data-ready]"))
}

// until waits for an expression to be true.
func (b *browser) until(what, expression string) {
	b.t.Helper()
	b.do(what, func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(patience))(ctx, tab)
		return chromedp.Void{}, err
	})
}

func (b *browser) see(selector, text string) {
	b.t.Helper()
	b.until("see “"+text+"” in "+selector, fmt.Sprintf(`[...document.querySelectorAll(%s)].some(e => e.innerText.includes(%s))`, quoted(selector), quoted(text)))
}

func (b *browser) gone(selector string) {
	b.t.Helper()
	b.until(selector+" is gone", fmt.Sprintf(`!document.querySelector(%s)`, quoted(selector)))
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.touch("click "+selector, chromedp.WaitEnabled(selector), chromedp.Click(selector))
}

func (b *browser) typeIn(selector, text string) {
	b.t.Helper()
	b.touch("type into "+selector, chromedp.WaitVisible(selector), chromedp.SendKeys(selector, text))
}

// choose takes the option of that number, in a list or among cards.
func (b *browser) choose(selector string, n int) {
	b.t.Helper()
	b.until("choose in "+selector, fmt.Sprintf(`(e => { if (!e) return false;
		const radio = e.querySelectorAll('input[type=radio]')[%d - 1];
		if (radio) { radio.click(); return true; }
		const list = e.matches('select') ? e : e.querySelector('select');
		if (!list) return false;
		list.selectedIndex = %[1]d; list.dispatchEvent(new Event('change', {bubbles: true})); return true; })(document.querySelector(%[2]s))`, n, quoted(selector)))
}

// set pastes a text.
func (b *browser) set(selector, text string) {
	b.t.Helper()
	b.until("paste into "+selector, fmt.Sprintf(`(e => { e.value = %s; e.dispatchEvent(new Event('input', {bubbles: true})); return true; })(document.querySelector(%s))`, quoted(text), quoted(selector)))
}

func (b *browser) upload(selector, name, text string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
	b.touch("upload "+name, chromedp.SetUploadFiles(selector, []string{path}))
}

// inArticle clicks something in the newest message of a list that holds a text.
func (b *browser) inArticle(list, text, selector string) {
	b.t.Helper()
	b.until("click "+selector+" at “"+text+"”", fmt.Sprintf(`(() => { const all = [...document.querySelectorAll(%s)].flatMap(e => e.matches('article') ? [e] : [...e.querySelectorAll('article')]);
		const hit = all.filter(a => a.innerText.includes(%s)).map(a => a.querySelector(%s)).filter(e => e && !e.disabled).at(-1);
		if (!hit) return false; hit.click(); return true; })()`, quoted(list), quoted(text), quoted(selector)))
}

// articleSays waits for the message that holds a text to hold another one too.
func (b *browser) articleSays(list, text, also string) {
	b.t.Helper()
	b.until("“"+text+"” says “"+also+"”", fmt.Sprintf(`[...document.querySelectorAll(%s + ' article')].some(a => a.innerText.includes(%s) && a.innerText.includes(%s))`, quoted(list), quoted(text), quoted(also)))
}

func (b *browser) value(selector string) string {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Value(selector))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *browser) number(expression string) float64 {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[float64](expression))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// quoted writes a string as JavaScript.
func quoted(s string) string {
	data, err := json.Marshal(s)
	if err != nil {
		panic(err) // A string always marshals.
	}
	return string(data)
}
