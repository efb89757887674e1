package playground

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"casebot/bot"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestScreenshots writes pictures of the page into the folder named by CASEBOT_SHOTS, for people to
// look at. Without it the test only says so; CI takes them and throws them away.
func TestScreenshots(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	dir := os.Getenv("CASEBOT_SHOTS")
	if dir == "" && os.Getenv("CI") != "" {
		dir = t.TempDir()
	} else if dir == "" {
		t.Skip("set CASEBOT_SHOTS to a folder to get pictures of the page")
	}
	w := newWorld(t, nil)
	w.inbox.answer = sampleDesk
	sampleTalk(t, w)
	url := os.Getenv("CASEBOT_SHOTS_URL") // A playground that runs already.
	if url == "" {
		url = w.serve(t).URL
	}
	for _, size := range [][2]int64{{1280, 800}, {390, 844}} {
		for _, scheme := range []string{"light", "dark"} {
			shoot(t, url, dir, fmt.Sprintf("%d-%s", size[0], scheme), size[0], size[1], scheme)
		}
	}
}

func shoot(t *testing.T, url, dir, name string, width, height int64, scheme string) {
	t.Helper()
	ctx, stop := browse(t)
	defer stop()
	shot := func(part string) chromedp.Action[chromedp.Void] {
		return chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			png, err := chromedp.CaptureScreenshot()(ctx, tab)
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, name+"-"+part+".png"), png, 0o644)
		})
	}
	var viewport []chromedp.EmulateViewportOption
	if width < 600 {
		viewport = append(viewport, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	scheme = strings.ToLower(scheme)
	err := chromedp.Do(ctx,
		chromedp.EmulateViewport(width, height, viewport...),
		chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
			_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
			return err
		}),
		chromedp.Navigate(url),
		chromedp.WaitVisible(`body[data-ready] .pane.active article`),
		shot("page"),
		chromedp.Click(`.pane.active [data-test=open-thread]`), chromedp.WaitVisible(`.pane.active .thread-view article`), shot("thread"),
		chromedp.Click(`.pane.active .thread-view .close`),
		chromedp.Click(`.pane.active [data-test=persona-menu]`), chromedp.WaitVisible(`.menu`), shot("menu"), chromedp.KeyEvent(kb.Escape),
		chromedp.Click(`#clock-more`), chromedp.WaitVisible(`#clock-pop`), shot("clock"), chromedp.KeyEvent(kb.Escape),
		chromedp.Focus(`.pane.active .channel-view [data-test=react-menu]`), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(`.picker`), shot("picker"), chromedp.KeyEvent(kb.Escape),
		chromedp.SendKeys(`.pane.active .channel-view [data-test=composer]`, "/case "), chromedp.WaitVisible(`.complete .option`), shot("complete"),
		chromedp.SendKeys(`.pane.active .channel-view [data-test=composer]`, "new\r"), chromedp.WaitVisible(`dialog[open]`),
		chromedp.SendKeys(`dialog [data-test=field-customer] input`, "Acme Outdoor"), shot("dialog"),
		chromedp.Click(`[data-test=submit]`), chromedp.WaitVisible(`dialog [aria-invalid]`), shot("errors"),
	)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// browse starts a browser of its own; the test is skipped where none is installed, except in CI.
func browse(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("no chromium is installed, and CI skips nothing (Debian: apt-get install chromium)")
	} else if err != nil {
		t.Skip("no chromium is installed (Debian: apt-get install chromium)")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.UserDataDir(t.TempDir()))
	limited, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	alloc, end := chromedp.NewExecAllocator(limited, options...)
	ctx, stop := chromedp.NewContext(alloc)
	return ctx, func() { stop(); end(); cancel() }
}

// sampleDesk answers as the desk would, in words made up.
func sampleDesk(in *bot.Interaction) bot.Answer {
	switch {
	case in.Kind == bot.Complete:
		return bot.Answer{Completions: []bot.Option{
			{Value: "new", Label: "new", Note: "File a case"}, {Value: "escalate", Label: "escalate", Note: "Hand a case to the Provider"},
			{Value: "ack", Label: "ack", Note: "Acknowledge an escalation"}, {Value: "update", Label: "update", Note: "Tell the customer how it stands"},
			{Value: "resolve", Label: "resolve", Note: "End the work on a case"}, {Value: "list", Label: "list", Note: "Open cases you can see"},
		}}
	case in.Kind == bot.Command && strings.HasPrefix(in.Text, "new"):
		return bot.Answer{Form: sampleForm(nil, false)}
	case in.Kind == bot.Refresh:
		return bot.Answer{Form: sampleForm(in.Values, false)}
	case in.Kind == bot.Submit:
		f := sampleForm(in.Values, true)
		for _, q := range f.Fields {
			if q.Error != "" {
				return bot.Answer{Form: f}
			}
		}
		return bot.Answer{Done: true}
	case in.Kind == bot.Command:
		m := bot.Say("There is no command of that name. Try /case help.")
		return bot.Answer{Message: &m}
	}
	return bot.Answer{}
}

// sampleTalk fills the world with a morning's work.
func sampleTalk(t *testing.T, w *world) {
	nw, hb := "northwind-chat", "harbor-chat"
	dana, priya := w.as(t, nw, "dana"), w.as(t, hb, "priya")
	ago := func(m int) { w.clock.Set(monday.Add(-time.Duration(m) * time.Minute)) }
	must := func(_ bot.Answer, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	said := func(p who, at where, text string) {
		t.Helper()
		_, err := w.say(t.Context(), p, at, text, nil, token())
		must(bot.Answer{}, err)
	}
	ago(60*24 + 200)
	old := w.post(t, nw, "cases", "", sampleCard("NW-1040", 4, bot.ToneGood, "How do I add a second manager to the back office?", "Resolved", monday.Add(-20*time.Hour), "Rate", "Reopen", "Show"))
	w.post(t, nw, "cases", old, bot.Say("Dana Demo resolved the case: question answered."))
	ago(88)
	root := w.post(t, nw, "cases", "", sampleCard("NW-1042", 2, bot.ToneWarn, "Card payments fail with HB-4012 after the 6.2 update\nThree of four tills stand still.", "Acknowledged by Harbor", monday.Add(80*time.Minute), "Told the customer", "Update", "Resolve", "Take back", "Show"))
	w.React(t.Context(), root, "👀")
	_, _, id, _ := parseRef(root)
	must(w.react(t.Context(), dana, id, "🆘", true, token()))
	ago(80)
	said(dana, where{"cases", id}, "Customer confirms it started right after the nightly update. Log attached, see https://status.example.test/hb-4012.")
	ago(70)
	w.post(t, nw, "cases", root, bot.Message{Tone: bot.ToneGood, Blocks: []bot.Block{bot.P(bot.Who("priya", "Priya Sample"), bot.T(" (Harbor Software) acknowledged the escalation. The next update comes "), bot.When(monday.Add(3*time.Hour)), bot.T("."))}})
	card := sampleCard("NW-1042", 2, bot.ToneWarn, "Card payments fail with HB-4012 after the 6.2 update\nThree of four tills stand still.", "Acknowledged", monday.Add(80*time.Minute), "Reply to partner", "Update", "Workaround", "Resolve", "Show")
	hroot := w.post(t, hb, "escalations", "", card)
	_, _, hid, _ := parseRef(hroot)
	must(w.react(t.Context(), priya, hid, "✋", true, token()))
	w.post(t, hb, "escalations", hroot, bot.Message{Tone: bot.ToneInternal, Blocks: []bot.Block{bot.P(bot.T("What is written in this thread stays with Harbor. Send a message across with 📤 or Reply to partner."))}})
	ago(66)
	said(priya, where{"escalations", hid}, "@casebot note Looks like the retry change in the payment terminal driver. Checking the build.")
	ago(50)
	said(w.as(t, nw, "marco"), where{channel: "cases"}, "Morning. Please relay the Acme update before lunch, they have called twice.")
	said(dana, where{channel: "cases"}, "On it. I will call them at eleven.")
	ago(31)
	w.post(t, nw, "cases", "", sampleCard("NW-1043", 1, bot.ToneBad, "No till can take payment at Fabrikam Sports", "Open", monday.Add(29*time.Minute), "Escalate", "Update", "Resolve", "Edit", "Show"))
	w.post(t, hb, "escalations", "", bot.Message{Title: []bot.Span{bot.B("BP-1017"), bot.T(" · Sev 3")}, Tone: bot.ToneBad, Blocks: []bot.Block{bot.P(bot.T("The Tier 2 response was due "), bot.When(monday.Add(-time.Hour)), bot.T(" and has not been given. Acknowledge the case now, or hand it to somebody who can."))}, Buttons: []bot.Button{{Label: "Acknowledge", Do: "ack BP-1017", Style: bot.ButtonPrimary}, {Label: "Return", Do: "return BP-1017", Style: bot.ButtonDanger}}})
	ago(0)
	must(w.command(t.Context(), dana, where{channel: "cases"}, "help me", token()))
	w.Post(t.Context(), bot.To{Home: w.home(t, hb), Person: priya.Person}, bot.Say("You are on call. NW-1042 needs you."), token())
}
