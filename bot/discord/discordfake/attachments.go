package discordfake

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// file is an attachment.
type file struct {
	id, channel, name, kind, about string
	data                           []byte
}

// linkLife is how long an attachment's address works (vendor: about a day). Reading the message again gives
// a new address.
const linkLife = 24 * time.Hour

func (s *Server) newFile(ch *channel, name, kind string, data []byte) *file {
	f := &file{id: s.newID(), channel: ch.id, name: name, kind: kind, data: data}
	s.files[f.id] = f
	return f
}

func (s *Server) address(f *file) string {
	return fmt.Sprintf("%s/attachments/%s/%s/%s?ex=%x&is=%x&hm=%s", s.origin, f.channel, f.id, f.name, s.clock.Now().Add(linkLife).Unix(), s.clock.Now().Unix(), f.id)
}

func (s *Server) attachments(files []*file) []any {
	out := []any{}
	for _, f := range files {
		x := map[string]any{"id": f.id, "filename": f.name, "size": len(f.data), "url": s.address(f), "proxy_url": s.address(f), "flags": 0}
		if f.kind != "" {
			x["content_type"] = f.kind
		}
		if f.about != "" {
			x["description"] = f.about
		}
		out = append(out, x)
	}
	return out
}

// fileRoute is under which a test finds and fails the reading of attachments.
const fileRoute = "GET /attachments/{c}/{id}/{name}"

// serveFile serves an attachment while its address works. It needs no token.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.files[r.PathValue("id")]
	now := s.clock.Now()
	key := bare(fileRoute)
	s.count[key]++
	s.calls = append(s.calls, Call{Route: fileRoute, Path: r.URL.Path, At: now})
	ask, n := s.faults[key], s.count[key]
	s.mu.Unlock()
	if ask != nil {
		if fault := ask(n); fault != nil && fault.answer(w) {
			return
		}
	}
	ex, err := strconv.ParseInt(r.URL.Query().Get("ex"), 16, 64)
	if f == nil || err != nil || f.channel != r.PathValue("channel") || f.name != r.PathValue("name") || r.URL.Query().Get("hm") != f.id || now.Unix() >= ex {
		http.Error(w, "This content is no longer available.", http.StatusNotFound)
		return
	}
	if f.kind != "" {
		w.Header().Set("Content-Type", f.kind)
	}
	_, _ = w.Write(f.data)
}

// keepFiles gives the files a message has after a send or an edit: those that were there and are named in
// attachments (all, when neither that nor a new one is given), and the new ones.
func (s *Server) keepFiles(m *message, body map[string]any, files []upload, b *Bot, edit bool) ([]*file, *refusal) {
	var kept []*file
	named, given := body["attachments"].([]any)
	if edit && !given && len(files) == 0 {
		kept = slices.Clone(m.files)
	}
	if len(files) > 10 {
		return nil, invalid(fault{[]string{"attachments"}, "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length."})
	}
	used := map[int]bool{}
	for i, a := range named {
		id := idOf(at(a, "id"))
		if x := slices.IndexFunc(m.files, func(f *file) bool { return f.id == id }); edit && x >= 0 {
			kept = append(kept, m.files[x])
			continue
		}
		n, err := strconv.Atoi(id)
		x := slices.IndexFunc(files, func(f upload) bool { return f.n == n })
		if err != nil || x < 0 {
			return nil, invalid(fault{[]string{"attachments", fmt.Sprint(i)}, "ATTACHMENT_NOT_FOUND", "Attachment data not found"})
		}
		name := str(a, "filename")
		if name == "" {
			name = files[x].name
		}
		f := s.newFile(m.ch, name, files[x].kind, files[x].data)
		f.about = str(a, "description")
		used[n] = true
		kept = append(kept, f)
	}
	for _, x := range files {
		if !used[x.n] {
			kept = append(kept, s.newFile(m.ch, x.name, x.kind, x.data))
		}
	}
	return kept, nil
}
