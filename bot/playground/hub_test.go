package playground

import (
	"bufio"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A page that was away gets what it missed; one that was away too long, or saw another run, starts anew.
func TestHubCatchesUp(t *testing.T) {
	h := newHub()
	h.tell(event{Kind: "message", ID: 1})
	page, missed, at := h.join("")
	if len(missed) != 0 {
		t.Errorf("a new page has missed %v", missed)
	}
	h.leave(page)
	h.tell(event{Kind: "message", ID: 2})
	h.tell(event{Kind: "message", ID: 3})
	if _, missed, _ := h.join(at); len(missed) != 2 || missed[0].ID != 2 {
		t.Errorf("after %s it has missed %+v", at, missed)
	}
	for i := range 2 * remembered {
		h.tell(event{Kind: "message", ID: int64(i)})
	}
	for _, last := range []string{at, "another-run.7", "nonsense"} {
		if _, missed, _ := h.join(last); len(missed) != 1 || missed[0].Kind != "reset" {
			t.Errorf("after %s it is told %d events", last, len(missed))
		}
	}
}

// A page that does not read is dropped and holds nobody up.
func TestHubDropsSlowPages(t *testing.T) {
	h := newHub()
	page, _, _ := h.join("")
	for range waiting + 1 {
		h.tell(event{Kind: "message"})
	}
	for range page {
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.pages) != 0 {
		t.Error("the slow page is still listed")
	}
}

// The stream names where a page stands at once, carries events, and ends when the program does.
func TestHubStream(t *testing.T) {
	w := newWorld(t, nil)
	server := w.serve(t)
	res, err := http.Get(server.URL + "/api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	next := func(prefix string) string {
		for lines.Scan() {
			if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				return rest
			}
		}
		t.Fatalf("the stream ended before %q", prefix)
		return ""
	}
	next("id: ")
	w.post(t, "harbor-chat", "escalations", "", sampleCard("NW-1", 3, "", "x", "Open", monday))
	if got := next("data: "); !strings.Contains(got, fmt.Sprintf(`"id":%d`, w.lastNumber())) {
		t.Errorf("the event reads %s", got)
	}
	w.hub.close()
	for lines.Scan() {
	}
}
