package playground

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// maxFile bounds one attachment, maxUpload one request; the desk keeps files of up to 25 MiB.
const (
	maxFile   = 25 << 20
	maxUpload = 60 << 20
)

// picture says whether a browser may show a file of this type in the page. SVG may hold script and is not one.
func picture(mimeType string) bool {
	switch base, _, _ := strings.Cut(mimeType, ";"); base {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return true
	}
	return false
}

// fileAddress is where a reader fetches a file of a message.
func (p *Platform) fileAddress(w who, m *message, f file) string {
	return fmt.Sprintf("/api/file?home=%s&as=%s&message=%d&file=%s", url.QueryEscape(w.home.ID), url.QueryEscape(w.user), m.ID, url.QueryEscape(f.ID))
}

// blob gives the bytes of a file.
func (p *Platform) blob(id string) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	data, ok := p.blobs[id]
	if !ok {
		return nil, fmt.Errorf("the file is gone")
	}
	return data, nil
}

// serveFile answers with a file of a message the reader can see. Pictures are shown, all else is
// downloaded; in both cases the browser must not guess another type nor run anything in it.
func (p *Platform) serveFile(rw http.ResponseWriter, r *http.Request) {
	w, err := p.play(r.FormValue("home"), r.FormValue("as"))
	if err != nil {
		http.NotFound(rw, r)
		return
	}
	id, _ := strconv.ParseInt(r.FormValue("message"), 10, 64)
	m, err := p.visible(w, id)
	if err != nil {
		http.NotFound(rw, r)
		return
	}
	for _, f := range m.Files {
		if f.ID != r.FormValue("file") {
			continue
		}
		data, err := p.blob(f.ID)
		if err != nil {
			break
		}
		h := rw.Header()
		kind, how := "application/octet-stream", "attachment"
		if picture(f.Type) && picture(http.DetectContentType(data)) {
			kind, how = http.DetectContentType(data), "inline"
		}
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", disposition(how, f.Name))
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		h.Set("Cache-Control", "private, max-age=3600")
		h.Set("Content-Length", strconv.Itoa(len(data)))
		rw.Write(data)
		return
	}
	http.NotFound(rw, r)
}

// disposition names a download. A name that cannot be written gives way to a plain one.
func disposition(how, name string) string {
	if s := mime.FormatMediaType(how, map[string]string{"filename": name}); s != "" {
		return s
	}
	return how
}
