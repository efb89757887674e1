package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
)

// State keeps the conversation between runs: small named values. The desk's own store has a space for
// such values; main hands it in. Without one everything is in memory.
type State interface {
	Put(ctx context.Context, key string, value []byte) error
	Delete(ctx context.Context, key string) error
	// Each calls f for every value kept, in order of key.
	Each(ctx context.Context, f func(key string, value []byte) error) error
}

// message is one thing said in a workspace, by a person or by the desk.
type message struct {
	ID       int64        `json:"id"`
	Home     string       `json:"home"`
	Channel  string       `json:"channel"`
	Root     int64        `json:"root,omitempty"` // Of the thread it stands in; 0 at the top level.
	User     string       `json:"user"`           // Who said it; selfUser for the desk.
	Text     string       `json:"text,omitempty"` // A person's words, whole.
	Told     *bot.Message `json:"told,omitempty"` // The desk's words; its files are in Files.
	Files    []file       `json:"files,omitempty"`
	Reacts   []reaction   `json:"reacts,omitempty"`
	At       time.Time    `json:"at"`
	Edited   time.Time    `json:"edited,omitzero"`
	Delivery string       `json:"delivery,omitempty"`
	For      string       `json:"for,omitempty"` // Set: only this user sees it.
	Gone     bool         `json:"gone,omitempty"`
}

// file is what came with a message; the bytes are kept under their own key.
type file struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// reaction is an emoji with who set it, in order.
type reaction struct {
	Emoji string   `json:"emoji"`
	Users []string `json:"users"`
}

// room is a private channel.
type room struct {
	Home    string   `json:"home"`
	Channel string   `json:"channel"`
	Name    string   `json:"name"`
	Members []string `json:"members"`
}

// meta is what is kept beside the messages.
type meta struct {
	Instance string        `json:"instance"` // Names this conversation; browsers keep their marks under it.
	Offset   time.Duration `json:"offset"`
	At       time.Time     `json:"at"` // The desk's time when last kept: it never goes back.
}

// The keys: msg/<number> file/<id> room/<home>/<channel> pend/<event id> meta.
func messageKey(id int64) string { return fmt.Sprintf("msg/%012d", id) }

// keep writes one value, when there is anything to write to.
func (p *Platform) keep(ctx context.Context, key string, v any) error {
	if p.state == nil {
		return nil
	}
	data, ok := v.([]byte)
	if !ok {
		var err error
		if data, err = json.Marshal(v); err != nil {
			return fmt.Errorf("keeping %s: %w", key, err)
		}
	}
	return p.state.Put(ctx, key, data)
}

// forget removes one value.
func (p *Platform) forget(ctx context.Context, key string) error {
	if p.state == nil {
		return nil
	}
	return p.state.Delete(ctx, key)
}

// load reads back what an earlier run has kept.
func (p *Platform) load(ctx context.Context) error {
	if p.state == nil {
		return nil
	}
	return p.state.Each(ctx, func(key string, value []byte) error {
		kind, rest, _ := strings.Cut(key, "/")
		switch kind {
		case "msg":
			m := &message{}
			if err := json.Unmarshal(value, m); err != nil {
				return fmt.Errorf("reading %s: %w", key, err)
			}
			p.index(m)
		case "file":
			p.blobs[rest] = append([]byte(nil), value...)
		case "room":
			r := &room{}
			if err := json.Unmarshal(value, r); err != nil {
				return fmt.Errorf("reading %s: %w", key, err)
			}
			p.rooms[r.Home+"/"+r.Channel] = r
		case "pend":
			d := deed{}
			if err := json.Unmarshal(value, &d); err != nil {
				return fmt.Errorf("reading %s: %w", key, err)
			}
			p.pending = append(p.pending, d)
		case "meta":
			return json.Unmarshal(value, &p.meta)
		}
		return nil
	})
}

// index puts a message where it is found again. The caller holds the lock, or is alone.
func (p *Platform) index(m *message) {
	p.byID[m.ID] = m
	p.last = max(p.last, m.ID)
	place := m.Home + "/" + m.Channel
	p.chat[place] = append(p.chat[place], m)
	if m.Root != 0 {
		p.replies[m.Root] = append(p.replies[m.Root], m)
	}
	if m.Delivery != "" {
		p.delivered[m.Delivery] = m
	}
}

// add gives a message its number, stores it and tells the pages. What cannot be kept is not shown, so
// that a page never holds more than a restart would.
func (p *Platform) add(ctx context.Context, m *message, blobs map[string][]byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	p.mu.Lock()
	if m.Delivery != "" && p.delivered[m.Delivery] != nil {
		*m = *p.delivered[m.Delivery]
		p.mu.Unlock()
		return nil
	}
	p.last++
	m.ID = p.last
	if m.Root != 0 { // A reply to a reply stands in the same thread.
		if root := p.byID[m.Root]; root != nil && root.Root != 0 {
			m.Root = root.Root
		}
	}
	p.mu.Unlock()
	for id, data := range blobs {
		if err := p.keep(ctx, "file/"+id, data); err != nil {
			return err
		}
	}
	if err := p.keep(ctx, messageKey(m.ID), m); err != nil {
		return err
	}
	p.mu.Lock()
	for id, data := range blobs {
		p.blobs[id] = data
	}
	p.index(m)
	p.mu.Unlock()
	p.hub.tell(event{Kind: "message", Home: m.Home, Channel: m.Channel, Root: m.Root, ID: m.ID, For: m.For, Desk: m.User == selfUser})
	return nil
}

// change edits a message under the lock, keeps it and tells the pages. The message is replaced, not
// written to, so that whoever holds the old one reads it undisturbed.
func (p *Platform) change(ctx context.Context, id int64, f func(m *message) error) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	p.mu.Lock()
	old := p.byID[id]
	p.mu.Unlock()
	if old == nil {
		return errNoMessage
	}
	m := *old
	if err := f(&m); err != nil {
		return err
	}
	if err := p.keep(ctx, messageKey(id), &m); err != nil {
		return err
	}
	p.mu.Lock()
	p.byID[id] = &m
	swap(p.chat[m.Home+"/"+m.Channel], &m)
	swap(p.replies[m.Root], &m)
	if m.Delivery != "" {
		p.delivered[m.Delivery] = &m
	}
	p.mu.Unlock()
	p.hub.tell(event{Kind: "message", Home: m.Home, Channel: m.Channel, Root: m.Root, ID: m.ID, For: m.For, Desk: m.User == selfUser})
	return nil
}

// swap replaces the message of the same number in a list.
func swap(list []*message, m *message) {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].ID == m.ID {
			list[i] = m
			return
		}
	}
}

// filesOf turns what goes out with a message into what is kept.
func (p *Platform) filesOf(files []bot.File) ([]file, map[string][]byte) {
	var out []file
	blobs := map[string][]byte{}
	for _, f := range files {
		id := token()
		out = append(out, file{ID: id, Name: f.Name, Type: f.Type, Size: int64(len(f.Data))})
		blobs[id] = f.Data
	}
	return out, blobs
}

// eventID names something that happened to a message, the same each time it is told.
func (p *Platform) eventID(kind string, parts ...string) string {
	return p.meta.Instance + "-" + kind + "-" + strings.Join(parts, "-")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
