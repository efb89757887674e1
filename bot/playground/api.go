package playground

import (
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"casebot/desk"
)

//go:embed static
var static embed.FS

// policy is what the page's content may do: only what this server gives, nothing inline, no frames.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at "/", its files under "/static/" and what it asks under "/api/". There is
// no sign-in: it is meant for the machine it runs on. A POST must come from the page itself, and the
// host asked for must be a loopback name or one of Options.Hosts.
func (p *Platform) Handler() http.Handler {
	mux := http.NewServeMux()
	assets, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // The folder is compiled in.
	}
	files := http.FileServerFS(assets)
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		files.ServeHTTP(w, r)
	})))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFileFS(w, r, assets, "index.html")
	})
	mux.Handle("GET /api/events", p.hub)
	mux.HandleFunc("GET /api/file", p.serveFile)
	mux.HandleFunc("GET /api/boot", p.serveBoot)
	mux.HandleFunc("GET /api/channels", p.serveChannels)
	mux.HandleFunc("GET /api/channel", p.serveChannel)
	mux.HandleFunc("GET /api/thread", p.serveThread)
	mux.HandleFunc("GET /api/messages", p.serveMessages)
	mux.HandleFunc("GET /api/place", p.servePlace)
	p.actions(mux)
	origin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !p.knownHost(r.Host) {
			http.Error(w, "The playground answers only to its own address.", http.StatusForbidden)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		origin.Handler(mux).ServeHTTP(w, r)
	})
}

// knownHost keeps out a page elsewhere whose name has been pointed at this machine.
func (p *Platform) knownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback() || slices.Contains(p.hosts, host)
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(p.hosts, host)
}

// personView is somebody a visitor can play.
type personView struct {
	User     string `json:"user"`
	Name     string `json:"name"`
	Initials string `json:"initials"`
	Hue      int    `json:"hue"`
	Role     string `json:"role"`
	Zone     string `json:"zone"`
	Short    string `json:"short"` // The zone's abbreviation at the desk's present time.
	Direct   int64  `json:"direct"`
}

// homeView is a workspace.
type homeView struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Side    string       `json:"side"`
	Cases   string       `json:"cases"`
	Review  string       `json:"review"`
	Initial string       `json:"initial"`
	Hue     int          `json:"hue"`
	People  []personView `json:"people"`
}

// roleNames are the roles as people say them.
var roleNames = map[desk.Role]string{
	desk.Agent: "Agent", desk.Engineer: "Engineer", desk.DutyManager: "Duty manager",
	desk.Administrator: "Administrator", desk.Observer: "Observer",
}

// homes lists the workspaces of the playground, partners first, with the people who can be played.
func (p *Platform) homes() []homeView {
	var out []homeView
	now := p.clock.Now()
	for _, h := range p.dir.Homes {
		if h.Platform != Name {
			continue
		}
		party, _ := p.dir.Party(h.Party)
		v := homeView{ID: h.ID, Name: party.Name, Side: string(party.Kind), Cases: h.Cases, Review: h.Review, Initial: mark(party.Name), Hue: homeHue(h.Party, p.dir)}
		for _, who := range p.dir.People {
			for _, a := range who.Accounts {
				workspace, user, ok := splitAccount(a)
				if !ok || workspace != h.Workspace {
					continue
				}
				zone := p.dir.ZoneOf(who)
				v.People = append(v.People, personView{
					User: user, Name: who.Name, Initials: initials(who.Name), Hue: p.hueOf(who.ID), Role: roleOf(who),
					Zone: zone.String(), Short: zoneName(now.In(zone)), Direct: p.lastDirect(h.ID, user),
				})
			}
		}
		out = append(out, v)
	}
	slices.SortStableFunc(out, func(a, b homeView) int { return strings.Compare(a.Side, b.Side) }) // "partner" < "provider".
	return out
}

// hues is how many colours the page has for people and workspaces.
const hues = 8

// hueOf gives each person a colour of their own, as far as there are colours.
func (p *Platform) hueOf(id string) int {
	i := slices.IndexFunc(p.dir.People, func(who desk.Person) bool { return who.ID == id })
	return (max(i, 0)*5 + 7) % hues
}

// homeHue gives the workspaces colours that neighbours do not share.
func homeHue(party string, dir *desk.Directory) int {
	i := slices.IndexFunc(dir.Parties, func(p desk.Party) bool { return p.ID == party })
	if i >= 0 && dir.Parties[i].Kind == desk.Provider {
		return 6
	}
	return []int{4, 1, 3, 5, 0, 7, 2}[max(i, 0)%7]
}

func roleOf(who desk.Person) string {
	var names []string
	for _, r := range who.Roles {
		names = append(names, roleNames[r])
	}
	return strings.Join(names, ", ")
}

// lastDirect is the newest thing the desk has told a person directly.
func (p *Platform) lastDirect(home, user string) int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.chat[home+"/"+directChannel(user)]
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].User != user && list[i].For == "" {
			return list[i].ID
		}
	}
	return 0
}

func (p *Platform) serveBoot(w http.ResponseWriter, r *http.Request) {
	give(w, map[string]any{
		"instance": p.meta.Instance, "now": p.clock.Now().UnixMilli(), "homes": p.homes(), "reactions": optionViews(p.reacts),
		"last": p.lastNumber(),
	})
}

func (p *Platform) lastNumber() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last
}

func (p *Platform) serveChannels(w http.ResponseWriter, r *http.Request) {
	who, err := p.play(r.FormValue("home"), r.FormValue("as"))
	if err != nil {
		fail(w, err)
		return
	}
	give(w, map[string]any{"channels": p.channels(who)})
}

func (p *Platform) serveChannel(w http.ResponseWriter, r *http.Request) {
	who, err := p.play(r.FormValue("home"), r.FormValue("as"))
	if err == nil {
		err = p.mayBeIn(who, where{channel: r.FormValue("channel")})
	}
	if err != nil {
		fail(w, err)
		return
	}
	before, _ := strconv.ParseInt(r.FormValue("before"), 10, 64)
	list, more := p.channel(who, r.FormValue("channel"), before)
	give(w, map[string]any{"messages": list, "more": more})
}

func (p *Platform) serveThread(w http.ResponseWriter, r *http.Request) {
	who, err := p.play(r.FormValue("home"), r.FormValue("as"))
	if err != nil {
		fail(w, err)
		return
	}
	root, _ := strconv.ParseInt(r.FormValue("root"), 10, 64)
	list, err := p.threadView(who, root)
	if err != nil {
		fail(w, err)
		return
	}
	give(w, map[string]any{"messages": list})
}

// serveMessages gives single messages anew, after an event has named them.
func (p *Platform) serveMessages(w http.ResponseWriter, r *http.Request) {
	who, err := p.play(r.FormValue("home"), r.FormValue("as"))
	if err != nil {
		fail(w, err)
		return
	}
	out := []shown{}
	for _, word := range strings.Split(r.FormValue("ids"), ",") {
		id, _ := strconv.ParseInt(word, 10, 64)
		if m, err := p.visible(who, id); err == nil && (m.For == "" || !m.Gone) && len(out) < 200 {
			out = append(out, p.article(who, m))
		}
	}
	give(w, map[string]any{"messages": out})
}

// give answers with JSON.
func give(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	json.NewEncoder(w).Encode(v)
}

// fail answers with what went wrong, in a sentence the page shows.
func fail(w http.ResponseWriter, err error) {
	code, say := http.StatusInternalServerError, "The playground could not do that. Try again."
	switch {
	case errors.Is(err, errNoMessage), errors.Is(err, errNoButton):
		code, say = http.StatusNotFound, "That message has changed meanwhile. Look again."
	case errors.Is(err, errNotShown):
		code, say = http.StatusNotFound, "There is no such message, or whom you play does not see it."
	case errors.Is(err, errNoPlace):
		code, say = http.StatusNotFound, "You are not in that channel."
	case errors.Is(err, errRefused):
		code, say = http.StatusForbidden, "Only its author can change a message."
	case errors.Is(err, errNotYet):
		code, say = http.StatusServiceUnavailable, "The desk is starting. What you did is kept and passed on in a moment."
	case errors.Is(err, errBackward):
		code, say = http.StatusBadRequest, "The clock only moves forward. Name a time that is still to come."
	case desk.KindOf(err) == desk.KindInvalid:
		code, say = http.StatusBadRequest, err.Error()
	case desk.KindOf(err) == desk.KindBusy:
		code, say = http.StatusServiceUnavailable, "The desk's database does not answer. What you typed is still here. Try again in a moment."
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	json.NewEncoder(w).Encode(map[string]string{"error": say})
}

// moveLimit is how long one request may move the clock.
const moveLimit = 2 * time.Minute
