package discordfake

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

func atoi(text string) int { n, _ := strconv.Atoi(text); return n }

// hear takes one message of a client: heartbeats, IDENTIFY and RESUME; the lock is held.
func (s *Server) hear(sock *socket, raw []byte) {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		sock.close(4002, "Error while decoding payload.")
		return
	}
	now := time.Now()
	sock.takes = slices.DeleteFunc(sock.takes, func(t time.Time) bool { return now.Sub(t) > time.Minute })
	if sock.takes = append(sock.takes, now); len(sock.takes) > mostSends {
		s.problem("gateway: more than %d messages in 60 s", mostSends)
		sock.close(4008, "Rate limited.")
		return
	}
	x := s.on(sock)
	switch op := num(m, "op"); op {
	case 1:
		if x == nil || !x.zombie {
			sock.write(asJSON(map[string]any{"op": 11, "s": nil, "t": nil, "d": nil}))
		}
	case 2:
		if x != nil {
			sock.close(4005, "Already authenticated.")
			return
		}
		s.identify(sock, obj(m, "d"))
	case 6:
		if x != nil {
			sock.close(4005, "Already authenticated.")
			return
		}
		s.resume(sock, obj(m, "d"))
	case 3, 4, 8:
		if x == nil {
			sock.close(4003, "Not authenticated.")
		}
	default:
		sock.close(4001, fmt.Sprintf("Unknown opcode %d.", op))
	}
}

// bearer is the bot of a token as clients send it on the gateway, with the word Bot or without.
func (s *Server) bearer(token string) *Bot {
	b := s.holder("Bot " + strings.TrimPrefix(token, "Bot "))
	if b == nil || b.revoked {
		return nil
	}
	return b
}

// identify begins a session. Close codes: 4004 for a token, 4013 for intents that there are not, 4014 for
// privileged ones that are not switched on.
func (s *Server) identify(sock *socket, d map[string]any) {
	b := s.bearer(str(d, "token"))
	if b == nil {
		sock.close(4004, "Authentication failed.")
		return
	}
	b.identifies = append(b.identifies, s.clock.Now())
	if s.identified(b) > mostIdentifies {
		s.problem("gateway: more than %d IDENTIFYs in 24 hours; the token is reset", mostIdentifies)
		b.revoked = true
		sock.close(4004, "Authentication failed.")
		return
	}
	intents := num(d, "intents")
	if d["intents"] == nil || intents < 0 || intents > allIntents {
		sock.close(4013, "Invalid intent(s).")
		return
	}
	for name, bit := range privilegedIntents {
		if intents&bit != 0 && !b.privileged[name] {
			sock.close(4014, "Disallowed intent(s).")
			return
		}
	}
	x := &session{id: fmt.Sprintf("%032x", s.lastID+int64(len(b.identifies))), bot: b, intents: intents, sock: sock}
	s.lastID++
	s.sessions = append(s.sessions, x)
	guilds := []any{}
	var in []*guild
	for _, id := range s.guildIDs() {
		if g := s.guilds[id]; b.in(g) {
			in = append(in, g)
			guilds = append(guilds, map[string]any{"id": g.id, "unavailable": true})
		}
	}
	s.send(x, 0, "READY", map[string]any{"v": 10, "user": s.userJSON(b.ID), "guilds": guilds, "session_id": x.id, "session_type": "normal", "shard": []any{0, 1},
		"resume_gateway_url": strings.TrimSuffix(s.Gateway(), "/gateway") + "/resume/" + x.id[28:], "application": map[string]any{"id": b.Application, "flags": s.applicationJSON(b)["flags"]},
		"private_channels": []any{}, "relationships": []any{}, "presences": []any{}, "user_settings": map[string]any{}})
	for _, g := range in {
		s.send(x, intentGuilds, "GUILD_CREATE", s.guildJSON(g, b))
	}
	s.notify()
}

func (s *Server) guildIDs() []string {
	var out []string
	for id := range s.guilds {
		out = append(out, id)
	}
	return sortedIDs(out)
}

// resume goes on with a session: what was missed is sent again in order, then RESUMED. A session that there
// is not any more gets op 9.
func (s *Server) resume(sock *socket, d map[string]any) {
	b := s.bearer(str(d, "token"))
	if b == nil {
		sock.close(4004, "Authentication failed.")
		return
	}
	i := slices.IndexFunc(s.sessions, func(x *session) bool { return x.id == str(d, "session_id") && x.bot == b })
	if i < 0 {
		sock.write(asJSON(map[string]any{"op": 9, "s": nil, "t": nil, "d": false}))
		return
	}
	x, seq := s.sessions[i], num(d, "seq")
	if seq > x.seq {
		sock.close(4007, "Invalid seq.")
		s.drop(x)
		return
	}
	if x.sock != nil {
		x.sock.cut()
	}
	x.sock, x.zombie = sock, false
	b.resumes++
	for _, f := range x.log {
		if f.seq > seq {
			sock.write(f.raw)
		}
	}
	s.send(x, 0, "RESUMED", map[string]any{"_trace": []any{}})
	s.notify()
}

// Identifies is how many sessions a bot has begun, refused ones among them.
func (s *Server) Identifies(bot *Bot) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(bot.identifies)
}

// Resumes is how many times a bot has gone on with a session.
func (s *Server) Resumes(bot *Bot) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bot.resumes
}

// each does something to every session of a bot that has a connection.
func (s *Server) each(bot *Bot, do func(x *session)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range slices.Clone(s.sessions) {
		if x.bot == bot && x.sock != nil {
			do(x)
		}
	}
}

// Reconnect asks a bot to reconnect and resume (op 7).
func (s *Server) Reconnect(bot *Bot) {
	s.each(bot, func(x *session) { x.sock.write(asJSON(map[string]any{"op": 7, "s": nil, "t": nil, "d": nil})) })
}

// Invalidate tells a bot that its session is invalid (op 9). One that is not resumable is over.
func (s *Server) Invalidate(bot *Bot, resumable bool) {
	s.each(bot, func(x *session) {
		x.sock.write(asJSON(map[string]any{"op": 9, "s": nil, "t": nil, "d": resumable}))
		if !resumable {
			s.drop(x)
		}
	})
}

// Drop cuts a bot's connections dead. What happens after is kept for RESUME.
func (s *Server) Drop(bot *Bot) {
	s.each(bot, func(x *session) {
		x.sock.cut()
		x.sock = nil
	})
}

// Zombie leaves a bot's connections open and dead: heartbeats are not acknowledged and nothing is sent. What
// happens is kept for RESUME.
func (s *Server) Zombie(bot *Bot) {
	s.each(bot, func(x *session) { x.zombie = true })
}

// Revoke takes a bot's token back: calls get 401, its connections end with close code 4004.
func (s *Server) Revoke(bot *Bot) {
	s.each(bot, func(x *session) {
		x.sock.close(4004, "Authentication failed.")
		s.drop(x)
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	bot.revoked = true
}

// Reset gives a bot another token, as the developer portal does: the one before is good no more. With the one that it
// has, it is good again.
func (s *Server) Reset(bot *Bot, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	bot.Token, bot.revoked = token, false
}

func (s *Server) connected(b *Bot) bool {
	return slices.ContainsFunc(s.sessions, func(x *session) bool { return x.bot == b && x.sock != nil && !x.zombie })
}

// Connected is how many connections of a bot are open and identified.
func (s *Server) Connected(bot *Bot) int {
	n := 0
	s.each(bot, func(*session) { n++ })
	return n
}
