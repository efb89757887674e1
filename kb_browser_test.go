package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

// Knowledge as people meet it in the playground: the article while a case is filed, the way out when it has solved it,
// the message in the thread, the search, the articles to tick at the resolution, and on Monday what no article answers.
// Where CASEBOT_SHOTS names a folder, pictures are kept in two widths and both themes.
func TestKnowledgeInABrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser takes its time")
	}
	b := newBrowser(t, startSeededDemo(t, true))
	const dana, composer, log = "[data-test=pane-0]", " .channel-view [data-test=composer]", "[data-test=pane-0] .channel-view"
	say := func(text string) {
		b.set(dana+composer, text)
		b.click(dana + " .channel-view [data-test=send]")
	}
	file := func(summary, more string) {
		say(`/case new severity=3 customer="Browser Outfitters, store 3" product="Harbor Tills" category="Configuration" summary="` + summary + `" impact="Two tills are slow and queues grow at noon" first_seen="1 hour ago" ` + more)
	}
	// A case that is open already, and a second one of the same words: both the article and the case are shown.
	file("Receipts come out blank after a paper change", "")
	b.see(log+" article.desk:not(.private)", "Receipts come out blank after a paper change")
	file("Receipts come out blank since the paper change", "ask=yes")
	b.see("[data-test=preview]", "This may already be answered")
	b.see("[data-test=preview]", "Receipts come out blank or very faint")
	b.see("[data-test=preview]", "Matches")
	b.see("[data-test=preview]", "This may already be filed")
	b.pictures("kb-form")
	// She reads it where she is, and says that it solved it. The button says what will happen.
	b.choose("[data-test=field-solved]", 1)
	b.see("[data-test=preview]", "must face the print head")
	b.see("[data-test=preview]", "About Harbor")
	b.see("[data-test=submit]", "File the case")
	b.pictures("kb-form-read")
	b.fitsAPhone()
	b.choose("[data-test=field-solved]", 2)
	b.see("[data-test=preview]", "Nothing will be filed")
	b.see("[data-test=submit]", "Close as solved")
	b.pictures("kb-form-solved")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.see(log, "Nothing was filed")
	b.pictures("kb-deflected")

	// The first case has a message in its thread.
	b.inArticle(log, "Receipts come out blank after a paper change", "[data-act=thread]")
	b.see(dana+" .thread-view", "This may help")
	b.pictures("kb-thread")
	b.inArticle(dana+" .thread-view", "This may help", "[data-test=button-kb-helped]")
	b.see(dana, "It is kept that")
	b.pictures("kb-helped")
	b.inArticle(dana+" .thread-view", "This may help", "[data-test=button-kb-not]")
	b.until("the reasons are asked for", `!!document.querySelector('dialog.form[open]')`)
	b.pictures("kb-not")
	b.click("dialog.form header button")
	b.gone("dialog[open]")
	b.click(dana + " .thread-view .close")

	say("/case kb drawer does not open")
	b.see(log+" article.private", "Cash drawer does not open")
	b.pictures("kb-search")
	b.inArticle(log+" article.private", "Cash drawer does not open", "[data-test=button-kb-open]")
	b.see(log+" article.private", "telephone plug")
	b.pictures("kb-article")

	b.inArticle(log, "Receipts come out blank after a paper change", "[data-test=button-resolve]")
	b.see("[data-test=field-articles]", "Receipts come out blank or very faint")
	b.pictures("kb-resolve")
	b.typeIn("[data-test=field-text] textarea", "Turned the roll of paper")
	b.click("[data-test=submit]")
	b.gone("dialog[open]")
	b.articleSays(log, "Receipts come out blank after a paper change", "Resolved")

	// Three customers ask what no article answers.
	for i, summary := range []string{"Gift wrapping vouchers cannot be combined with loyalty stamps", "Loyalty stamps do not combine with gift wrapping vouchers", "Combine gift wrapping vouchers and loyalty stamps in one sale"} {
		file(summary, "")
		b.see(log+" article.desk:not(.private)", summary)
		b.inArticle(log, summary, "[data-test=button-resolve]")
		b.typeIn("[data-test=field-text] textarea", fmt.Sprintf("Explained on the phone, call %d", i+1))
		b.click("[data-test=submit]")
		b.gone("dialog[open]")
		b.articleSays(log, summary, "Resolved")
	}
	say("/case kb gaps")
	b.see(log+" article.private", "3 cases like")
	b.pictures("kb-gaps")
	b.fitsAPhone()
	b.click("[data-test=clock-monday]")
	b.click(dana + " [data-test=channel-ops-review]")
	// "Ops review" stands in the review alone; the answer to /case kb gaps, which the channel left behind holds, has the rest.
	b.articleSays(log, "Ops review", "Gift wrapping vouchers")
	b.pictures("kb-digest")
	b.inArticle(log, "Ops review", "[data-test=button-kb-gap]")
	b.see(log, "is on the list")
	b.pictures("kb-gap-accepted")
}

// fitsAPhone looks at the page on a narrow screen: nothing is wider than it, and in a dialog nothing lies over another.
func (b *browser) fitsAPhone() {
	b.t.Helper()
	b.do("narrow the window", chromedp.EmulateViewport(390, 820))
	if n := b.number(`document.documentElement.scrollWidth - innerWidth`); n > 0 {
		b.t.Errorf("the page is %v px wider than a phone", n)
	}
	if n := b.number(`(() => { const p = document.querySelector('dialog[open] .preview'), q = document.querySelector('dialog[open] .questions');
		return p && q ? Math.max(p.scrollHeight - p.clientHeight, p.getBoundingClientRect().bottom - q.getBoundingClientRect().top) : 0; })()`); n > 0 {
		b.t.Errorf("what stands above the questions lies %v px over them", n)
	}
	b.do("back to the usual window", chromedp.EmulateViewport(1280, 900))
}

// readsWhole says that on a phone every option of a choice can be read to its end, with a text that one of them ends in.
func (b *browser) readsWhole(selector, text string) {
	b.t.Helper()
	b.do("narrow the window", chromedp.EmulateViewport(390, 820))
	b.see(selector, text)
	if n := b.number(fmt.Sprintf(`(() => { const q = document.querySelector(%s), options = [...q.querySelectorAll('option:not([value=""]), .card-option')];
		const cut = e => e.scrollWidth > e.clientWidth || e.getBoundingClientRect().right > innerWidth;
		return q.querySelector('select') ? options.length : options.filter(o => [o, ...o.querySelectorAll('b, small')].some(cut)).length; })()`, quoted(selector))); n > 0 {
		b.t.Errorf("%v options of %s can't be read whole on a phone", n, selector)
	}
	b.do("back to the usual window", chromedp.EmulateViewport(1280, 900))
}
