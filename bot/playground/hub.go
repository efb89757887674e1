package playground

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// event tells the pages that something has changed; they fetch what they show of it, as the person
// they play may see it.
type event struct {
	Kind    string `json:"kind"` // message, channels, clock, reset.
	Home    string `json:"home,omitempty"`
	Channel string `json:"channel,omitempty"`
	Root    int64  `json:"root,omitempty"`
	ID      int64  `json:"id,omitempty"`
	For     string `json:"for,omitempty"`
	Desk    bool   `json:"desk,omitempty"` // The desk itself says it.
	Now     int64  `json:"now,omitempty"`

	seq int64
}

// hub hands events to every open page and remembers the latest, so that a page which was away for a
// moment gets what it missed.
type hub struct {
	mu     sync.Mutex
	run    string // Names this run: numbers of another one mean nothing.
	seq    int64
	recent []event
	pages  map[chan event]bool
	closed chan struct{}
	once   sync.Once
}

// remembered is how many events a page can have missed before it is told to fetch everything anew;
// waiting is how many may lie unread before a page counts as gone.
const (
	remembered = 1024
	waiting    = 256
)

func newHub() *hub {
	return &hub{run: token(), pages: map[chan event]bool{}, closed: make(chan struct{})}
}

// tell sends an event to every page. A page too slow to read is dropped; it connects again by itself.
func (h *hub) tell(e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seq++
	e.seq = h.seq
	h.recent = append(h.recent, e)
	if len(h.recent) > remembered {
		h.recent = append([]event(nil), h.recent[len(h.recent)-remembered/2:]...)
	}
	for page := range h.pages {
		select {
		case page <- e:
		default:
			close(page)
			delete(h.pages, page)
		}
	}
}

// join adds a page and gives what it has missed since the event it saw last ("" for a new page).
func (h *hub) join(lastSeen string) (page chan event, missed []event, at string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	page = make(chan event, waiting)
	h.pages[page] = true
	at = fmt.Sprintf("%s.%d", h.run, h.seq)
	if lastSeen == "" {
		return page, nil, at
	}
	run, number, _ := strings.Cut(lastSeen, ".")
	seq, err := strconv.ParseInt(number, 10, 64)
	if err != nil || run != h.run || seq < h.seq && (len(h.recent) == 0 || h.recent[0].seq > seq+1) {
		return page, []event{{Kind: "reset", seq: h.seq}}, at
	}
	for _, e := range h.recent {
		if e.seq > seq {
			missed = append(missed, e)
		}
	}
	return page, missed, lastSeen
}

func (h *hub) leave(page chan event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, page)
}

// close ends every stream, so that a server can stop without waiting for the pages.
func (h *hub) close() { h.once.Do(func() { close(h.closed) }) }

// ServeHTTP streams events as a browser's EventSource reads them.
func (h *hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	// A stream outlives every time-out of the server.
	control.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	page, missed, at := h.join(r.Header.Get("Last-Event-ID"))
	defer h.leave(page)
	// The number alone is no event, but the page gives it back when the line breaks before the first one.
	fmt.Fprintf(w, "retry: 1000\nid: %s\n\n", at)
	for _, e := range missed {
		if !h.write(w, e) {
			return
		}
	}
	if control.Flush() != nil {
		return
	}
	beat := time.NewTicker(20 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-h.closed:
			return
		case <-beat.C:
			fmt.Fprint(w, ": still here\n\n")
		case e, ok := <-page:
			if !ok || !h.write(w, e) {
				return
			}
		}
		if control.Flush() != nil {
			return
		}
	}
}

func (h *hub) write(w http.ResponseWriter, e event) bool {
	data, err := json.Marshal(e)
	if err != nil {
		return false
	}
	_, err = fmt.Fprintf(w, "id: %s.%d\ndata: %s\n\n", h.run, e.seq, data)
	return err == nil
}
