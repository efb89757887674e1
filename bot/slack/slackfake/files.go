package slackfake

import (
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
)

// file is one file. It exists from the moment an upload URL is asked for and is seen once it is completed.
type file struct {
	id, name, media string
	title           string
	team, user      string
	size            int
	data            []byte
	uploaded        bool
	shared          bool // Completed, and visible.
	channels        []string
}

const maxUpload = 1 << 30 // Vendor: 1 GB a file.

// newFile makes the record of a file that has no bytes yet.
func (s *Server) newFile(team, user, name, media string, size int) *file {
	f := &file{id: fmt.Sprintf("F%05dDEMO", s.next()), name: name, title: name, media: media, team: team, user: user, size: size}
	if media == "" {
		f.media = "application/octet-stream"
	}
	s.files[f.id] = f
	return f
}

// json is a file object as a team sees it. Its addresses need the token of an app that may see it.
func (f *file) json(s *Server, _ string) map[string]any {
	url := fmt.Sprintf("%s/files-pri/%s/", s.origin, f.id)
	return map[string]any{"id": f.id, "created": s.clock.Now().Unix(), "timestamp": s.clock.Now().Unix(), "name": f.name, "title": f.title, "mimetype": f.media,
		"filetype": strings.TrimPrefix(path.Ext(f.name), "."), "pretty_type": "File", "user": f.user, "user_team": f.team, "size": f.size, "mode": "hosted",
		"is_external": false, "is_public": false, "editable": false, "file_access": "visible", "url_private": url + f.name,
		"url_private_download": url + "download/" + f.name, "permalink": "https://files.slack.test/" + f.id, "channels": f.channels}
}

// filesUploadURL is the first of the three steps of an upload: name and size in, an address for the bytes out
// (docs.slack.dev/messaging/working-with-files).
func (s *Server) filesUploadURL(c *call) (map[string]any, *refusal) {
	name, n := c.str("filename"), c.num("length", 0)
	switch {
	case name == "":
		return nil, refuse("invalid_arguments")
	case n <= 0:
		return nil, refuse("invalid_arguments") // Slack takes no empty files.
	case n > maxUpload:
		return nil, refuse("file_upload_size_restricted")
	}
	f := s.newFile(c.ID, c.BotUser, name, mediaOf(name), n)
	return map[string]any{"upload_url": s.origin + "/upload/" + f.id, "file_id": f.id}, nil
}

// mediaOf guesses a type from the name, as Slack does.
func mediaOf(name string) string {
	known := map[string]string{".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".pdf": "application/pdf",
		".txt": "text/plain", ".log": "text/plain", ".csv": "text/csv", ".json": "application/json", ".zip": "application/zip", ".html": "text/html"}
	return known[strings.ToLower(path.Ext(name))]
}

// serveUpload takes the bytes, as a raw body or as a form with one file. Their number must be what was
// announced.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	var data []byte
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		reader, e := r.MultipartReader()
		if e != nil {
			http.Error(w, "bad form", http.StatusBadRequest)
			return
		}
		for {
			part, e := reader.NextPart()
			if e != nil {
				break
			}
			if part.FileName() != "" {
				data, err = io.ReadAll(part)
			}
		}
	} else {
		data, err = io.ReadAll(r.Body)
	}
	if err != nil {
		http.Error(w, "cut short", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faulted("upload", w) {
		return
	}
	f := s.files[r.PathValue("id")]
	switch {
	case f == nil || f.uploaded:
		http.Error(w, "no such upload", http.StatusNotFound)
	case len(data) != f.size:
		http.Error(w, fmt.Sprintf("%d bytes came, %d were announced", len(data), f.size), http.StatusBadRequest)
	default:
		f.data, f.uploaded = data, true
		_, _ = fmt.Fprintf(w, "OK - %d", len(data))
	}
}

// filesComplete makes uploaded files visible, and shares them in a channel when one is given: one message
// of the app's with all of them.
func (s *Server) filesComplete(c *call) (map[string]any, *refusal) {
	v, _ := c.decoded("files")
	list := objects(map[string]any{"files": v}, "files")
	if len(list) == 0 {
		return nil, refuse("invalid_arguments")
	}
	var shown []any
	var done []*file
	for _, x := range list {
		f := s.files[str(x, "id")]
		switch {
		case f == nil || f.team != c.ID || f.shared:
			return nil, refuse("file_not_found")
		case !f.uploaded:
			return nil, refuse("file_update_failed")
		}
		if title := str(x, "title"); title != "" {
			f.title = title
		}
		done = append(done, f)
	}
	target := c.str("channel_id")
	if target == "" {
		target = c.str("channels")
	}
	if target == "" {
		for _, f := range done {
			f.shared = true
			shown = append(shown, f.json(s, c.ID))
		}
		return map[string]any{"files": shown}, nil
	}
	where := &call{c.Team, params{"channel": target, "text": c.str("initial_comment"), "blocks": c.params["blocks"]}}
	ch, no := s.place(where)
	if no != nil {
		return nil, refuse("invalid_channel")
	}
	if !ch.bots[c.ID] {
		return nil, refuse("posting_to_channel_denied")
	}
	thread, ok := ch.root(c.str("thread_ts"))
	if !ok {
		return nil, refuse("invalid_thread_ts")
	}
	data, _, no := s.content(where)
	if no != nil {
		return nil, no
	}
	for _, f := range done {
		f.shared = true
		f.channels = append(f.channels, ch.id)
		shown = append(shown, f.json(s, c.ID))
	}
	data["files"], data["upload"], data["subtype"] = shown, true, "file_share"
	s.botSays(c.Team, ch, thread, data, nil)
	return map[string]any{"files": shown}, nil
}

// visible says whether a team's app may see a file: its own team's, or one shared in a channel it is in.
func (s *Server) visible(f *file, t *Team) bool {
	if f.team == t.ID {
		return true
	}
	for _, id := range f.channels {
		if ch := s.channels[id]; ch != nil && ch.bots[t.ID] {
			return true
		}
	}
	return false
}

// checkPictures looks whether the files that image blocks show are there, completed, and pictures.
func (s *Server) checkPictures(t *Team, blocks []any) []string {
	k := &checker{}
	for i, b := range objects(map[string]any{"blocks": blocks}, "blocks") {
		id := str(b, "slack_file", "id")
		if id == "" {
			continue
		}
		if f := s.files[id]; f == nil || !f.shared || !s.visible(f, t) || !strings.HasPrefix(f.media, "image/") || !strings.HasPrefix(http.DetectContentType(f.data), "image/") {
			k.bad(fmt.Sprintf("/blocks/%d/slack_file", i), "invalid slack file")
		}
	}
	return k.faults
}

// filesInfo tells all of a file, which an event in a shared channel may not.
func (s *Server) filesInfo(c *call) (map[string]any, *refusal) {
	f := s.files[c.str("file")]
	if f == nil || !f.shared || !s.visible(f, c.Team) {
		return nil, refuse("file_not_found")
	}
	return map[string]any{"file": f.json(s, c.ID), "comments": []any{}}, nil
}

// serveFile gives a file's bytes for the token of an app that may see it. Any other request gets the page
// people sign in on, with status 200, as Slack answers it: only the content tells.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	s.mu.Lock()
	if s.faulted("download", w) {
		s.mu.Unlock()
		return
	}
	f, t := s.files[r.PathValue("id")], s.holder(token)
	good := f != nil && t != nil && token == t.BotToken && !t.revoked && t.grantedAny("files:read") && s.visible(f, t)
	var data []byte
	var media string
	if good {
		data, media = f.data, f.media
	}
	s.mu.Unlock()
	if !good {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in to see this file.</body></html>")
		return
	}
	w.Header().Set("Content-Type", media)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", path.Base(f.name)))
	_, _ = w.Write(data)
}

// Shown gives the bytes of the pictures that the blocks of a channel's messages show, oldest first.
func (s *Server) Shown(channel string) [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out [][]byte
	if ch := s.channels[channel]; ch != nil {
		for _, m := range ch.messages {
			for _, b := range allBlocks(m.data) {
				if f := s.files[str(b, "slack_file", "id")]; f != nil && !m.gone {
					out = append(out, f.data)
				}
			}
		}
	}
	return out
}

// Shared gives the bytes of the files that were shared in a channel, by name; several of one name in the order of
// their messages.
func (s *Server) Shared(channel string) map[string][][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string][][]byte{}
	if ch := s.channels[channel]; ch != nil {
		for _, m := range ch.messages {
			for _, x := range objects(m.data, "files") {
				if f := s.files[str(x, "id")]; f != nil && !m.gone {
					out[f.name] = append(out[f.name], f.data)
				}
			}
		}
	}
	return out
}

// hideForeignFiles takes from a message what another team's app is not told of a file in a shared channel:
// there it gets the id and has to ask files.info.
func (s *Server) hideForeignFiles(out map[string]any, m *message, t *Team) {
	if !m.ch.shared() || m.team == t.ID {
		return
	}
	var short []any
	for _, f := range objects(out, "files") {
		short = append(short, map[string]any{"id": f["id"], "mode": "file_access_check", "file_access": "check_file_info", "created": f["created"],
			"timestamp": f["timestamp"], "user": f["user"]})
	}
	if len(short) > 0 {
		out["files"] = short
	}
}
