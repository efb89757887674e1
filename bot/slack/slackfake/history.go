package slackfake

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// conversationsHistory gives a channel's messages outside threads, the newest first.
func (s *Server) conversationsHistory(c *call) (map[string]any, *refusal) {
	ch, no := s.inside(c)
	if no != nil {
		return nil, no
	}
	var all []map[string]any
	for _, m := range slices.Backward(ch.messages) {
		if m.only == "" && !m.gone && (m.thread == "" || str(m.data, "subtype") == "thread_broadcast") && within(c, m.ts) {
			all = append(all, s.shown(m, c))
		}
	}
	return s.pageOfMessages(c, all)
}

// conversationsReplies gives a thread, the root first and then the replies, the oldest first. The root is
// there on every page, as in Slack, and does not count.
func (s *Server) conversationsReplies(c *call) (map[string]any, *refusal) {
	ch, no := s.inside(c)
	if no != nil {
		return nil, no
	}
	m := ch.find(c.str("ts"))
	if m == nil || m.only != "" {
		return nil, refuse("thread_not_found")
	}
	if m.thread != "" { // A reply's ts gives that reply alone.
		return s.pageOfMessages(c, []map[string]any{s.shown(m, c)})
	}
	var all []map[string]any
	for _, r := range ch.messages {
		if r.thread == m.ts && r.only == "" && !r.gone && within(c, r.ts) {
			all = append(all, s.shown(r, c))
		}
	}
	body, no := s.pageOfMessages(c, all)
	if no == nil {
		body["messages"] = append([]map[string]any{s.shown(m, c)}, body["messages"].([]map[string]any)...)
	}
	return body, no
}

func (s *Server) pageOfMessages(c *call, all []map[string]any) (map[string]any, *refusal) {
	part, cursor, no := page(c, all, 100)
	if no != nil {
		return nil, no
	}
	return withCursor(map[string]any{"messages": part, "has_more": cursor != ""}, cursor), nil
}

// within holds a ts against oldest and latest, whose ends count only with inclusive. They are compared as
// numbers: a fraction of a second is not lost to rounding, for both parts are whole.
func within(c *call, ts string) bool {
	inclusive := c.yes("inclusive")
	if o := c.str("oldest"); o != "" && o != "0" {
		if d := compareTS(ts, o); d < 0 || d == 0 && !inclusive {
			return false
		}
	}
	if l := c.str("latest"); l != "" && l != "0" {
		if d := compareTS(ts, l); d > 0 || d == 0 && !inclusive {
			return false
		}
	}
	return true
}

func compareTS(a, b string) int {
	x, y := micros(a), micros(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// micros is a ts in microseconds; what is no ts is 0.
func micros(ts string) int64 {
	sec, frac, _ := strings.Cut(ts, ".")
	n, _ := strconv.ParseInt(sec, 10, 64)
	f, _ := strconv.ParseInt((frac + "000000")[:6], 10, 64)
	return n*1e6 + f
}

// shown is a message as history and replies give it.
func (s *Server) shown(m *message, c *call) map[string]any {
	out := copied(m.data)
	if c.yes("include_all_metadata") && m.metadata != nil {
		out["metadata"] = copied(m.metadata)
	}
	if list := m.reactionList(); len(list) > 0 {
		out["reactions"] = list
	}
	s.hideForeignFiles(out, m, c.Team)
	if m.thread == "" {
		s.addThread(out, m)
	}
	return out
}

// Doubles gives the metadata that two or more messages carry: what was sent twice, for an app names each
// send in it. Messages deleted since count too, for people saw them.
func (s *Server) Doubles() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := map[string]int{}
	var out []string
	for _, ch := range s.order {
		for _, m := range ch.messages {
			if m.metadata == nil {
				continue
			}
			b, _ := json.Marshal(m.metadata)
			if seen[string(b)]++; seen[string(b)] == 2 {
				out = append(out, string(b))
			}
		}
	}
	return out
}

// addThread puts what a root shows of its replies.
func (s *Server) addThread(out map[string]any, root *message) {
	users := []string{}
	n, last := 0, ""
	for _, r := range root.ch.messages {
		if r.thread == root.ts && r.only == "" && !r.gone {
			n, last = n+1, r.ts
			if !slices.Contains(users, r.user) {
				users = append(users, r.user)
			}
		}
	}
	if n > 0 {
		out["thread_ts"], out["reply_count"], out["latest_reply"] = root.ts, n, last
		out["reply_users"], out["reply_users_count"] = users, len(users)
	}
}
