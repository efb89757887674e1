package desk

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// PartyKind tells the two sides of the channel apart (handbook §1).
type PartyKind string

// There is one Provider (Tier 2/3) and there are many Partners (Tier 1).
const (
	Provider PartyKind = "provider"
	Partner  PartyKind = "partner"
)

// Role is what a person may do on their own side.
type Role string

// The roles. An agent works Tier 1 cases, an engineer Tier 2/3; a duty manager may also reassign,
// override and read their party's reports; an administrator sets the desk up; an observer reads.
const (
	Agent         Role = "agent"
	Engineer      Role = "engineer"
	DutyManager   Role = "duty_manager"
	Administrator Role = "administrator"
	Observer      Role = "observer"
)

// Roles lists every role, in the order they are documented.
var Roles = []Role{Agent, Engineer, DutyManager, Administrator, Observer}

// Party is one company at the desk. Its ID is the tenant key of every row that belongs to it.
type Party struct {
	ID       string    `yaml:"id" json:"id"`
	Name     string    `yaml:"name" json:"name"`
	Kind     PartyKind `yaml:"kind" json:"kind"`
	Key      string    `yaml:"key" json:"key"`           // Prefix of case numbers, e.g. "NW" for NW-1042. 2–6 capital letters.
	Zone     string    `yaml:"zone" json:"zone"`         // IANA zone in which its people read times.
	Calendar string    `yaml:"calendar" json:"calendar"` // Name of its business calendar.
	Home     string    `yaml:"home" json:"home"`         // ID of its chat home.

	AfterHours bool   `yaml:"after_hours" json:"after_hours"`           // Sev 1/2 clocks run 24×7 (SLA.md §2).
	Quiet      string `yaml:"quiet_hours" json:"quiet_hours,omitempty"` // "22:00-07:00" of its zone: no reminder is sent then, except under cover.
	Rota       string `yaml:"rota" json:"rota"`                         // Name of its on-call rota, if any.
	PagerKey   string `yaml:"pager_key" json:"pager_key,omitempty"`     // Name of the environment variable with a pager's routing key; empty: pages go by chat alone.
	PagerURL   string `yaml:"pager_url" json:"pager_url,omitempty"`     // Where its events go, if not to PagerDuty.
	Contact    string `yaml:"contact" json:"contact"`                   // Person ID of the escalation contact (handbook §4).
}

// Home is where a party lives in chat: one workspace or guild and the channels the desk uses there.
// Platform, workspace and channels are opaque to the desk; only an adapter reads them.
type Home struct {
	ID          string `yaml:"id" json:"id"`
	Party       string `yaml:"party" json:"party"`
	Platform    string `yaml:"platform" json:"platform"`
	Workspace   string `yaml:"workspace" json:"workspace"`
	Cases       string `yaml:"cases" json:"cases"`               // Channel where the cards of this side's cases are posted.
	Review      string `yaml:"review" json:"review"`             // Channel of the weekly ops review; empty: the cases channel.
	Shared      bool   `yaml:"shared" json:"shared,omitempty"`   // The cases channel is one that both companies' workspaces share (Slack Connect).
	DefaultRole Role   `yaml:"default_role" json:"default_role"` // Role of people of this workspace who are not listed; empty: none, they are refused.

	// Roles gives people who are not listed a role by what the platform has them under: id or name of a Discord role,
	// id or handle of a Slack user group → role at the desk. Who has none of them gets the default role.
	Roles map[string]Role `yaml:"roles" json:"roles,omitempty"`

	Tokens map[string]string `yaml:"tokens" json:"tokens"` // Token name → name of the environment variable that holds it.
}

// Account is a person on a platform: "<platform>/<workspace>/<user>". Made in one place per adapter.
type Account string

// Person is somebody who works at a party.
type Person struct {
	ID       string    `yaml:"id" json:"id"`
	Name     string    `yaml:"name" json:"name"`
	Party    string    `yaml:"party" json:"party"`
	Roles    []Role    `yaml:"roles" json:"roles"`
	Zone     string    `yaml:"zone" json:"zone"` // Empty: the party's.
	Accounts []Account `yaml:"accounts" json:"accounts"`

	side PartyKind // Filled by the directory, so that a Person alone answers which side it is on.
}

// Side is the kind of the person's party; empty for a person no directory has placed.
func (p Person) Side() PartyKind { return p.side }

// Has says whether the person holds any of the roles.
func (p Person) Has(roles ...Role) bool {
	for _, r := range roles {
		if slices.Contains(p.Roles, r) {
			return true
		}
	}
	return false
}

// Desk itself acts under this ID: clocks falling due, triggers, scheduled digests.
const System = "casebot"

// Directory is who is who: built once from the deployment file and read by everyone. It is
// immutable; a change of the file makes a new one.
type Directory struct {
	Parties []Party
	Homes   []Home
	People  []Person

	party   map[string]*Party
	home    map[string]*Home
	person  map[string]*Person
	account map[Account]*Person
	place   map[string]*Home
}

// NewDirectory checks and indexes the parties, homes and people of a deployment. It refuses a
// second Provider, doubled or unknown ids, and people without a party, naming each.
func NewDirectory(parties []Party, homes []Home, people []Person) (*Directory, error) {
	d := &Directory{
		Parties: slices.Clone(parties), Homes: slices.Clone(homes), People: slices.Clone(people),
		party: map[string]*Party{}, home: map[string]*Home{}, person: map[string]*Person{},
		account: map[Account]*Person{}, place: map[string]*Home{},
	}
	keys, providers := map[string]string{}, 0
	for i := range d.Parties {
		p := &d.Parties[i]
		switch {
		case p.ID == "" || p.Name == "":
			return nil, fmt.Errorf("party %d: an id and a name are needed", i+1)
		case d.party[p.ID] != nil:
			return nil, fmt.Errorf("party %q is listed twice", p.ID)
		case p.Kind != Provider && p.Kind != Partner:
			return nil, fmt.Errorf("party %q: kind is %q; it must be provider or partner", p.ID, p.Kind)
		case p.Kind == Partner && !goodKey(p.Key):
			return nil, fmt.Errorf("party %q: key %q must be 2 to 6 capital letters; it starts the case numbers", p.ID, p.Key)
		case p.Key != "" && keys[p.Key] != "":
			return nil, fmt.Errorf("parties %q and %q have the same key %q", keys[p.Key], p.ID, p.Key)
		}
		if p.Quiet != "" {
			if _, _, err := parseQuiet(p.Quiet); err != nil {
				return nil, fmt.Errorf("party %q: %w", p.ID, err)
			}
		}
		if p.Kind == Provider {
			providers++
		}
		keys[p.Key], d.party[p.ID] = p.ID, p
	}
	if providers != 1 {
		return nil, fmt.Errorf("a desk has exactly one provider; %d are listed", providers)
	}
	for i := range d.Homes {
		h := &d.Homes[i]
		switch {
		case h.ID == "" || d.home[h.ID] != nil:
			return nil, fmt.Errorf("home %q: the id is empty or listed twice", h.ID)
		case d.party[h.Party] == nil:
			return nil, fmt.Errorf("home %q: there is no party %q", h.ID, h.Party)
		case h.Platform == "" || h.Cases == "":
			return nil, fmt.Errorf("home %q: a platform and a cases channel are needed", h.ID)
		}
		d.home[h.ID] = h
		d.place[h.Platform+"/"+h.Workspace] = h
	}
	for i := range d.People {
		p := &d.People[i]
		switch {
		case p.ID == "" || d.person[p.ID] != nil || p.ID == System:
			return nil, fmt.Errorf("person %q: the id is empty, reserved or listed twice", p.ID)
		case d.party[p.Party] == nil:
			return nil, fmt.Errorf("person %q: there is no party %q", p.ID, p.Party)
		}
		for _, r := range p.Roles {
			if !slices.Contains(Roles, r) {
				return nil, fmt.Errorf("person %q: there is no role %q", p.ID, r)
			}
		}
		p.side = d.party[p.Party].Kind
		d.person[p.ID] = p
		for _, a := range p.Accounts {
			if other := d.account[a]; other != nil {
				return nil, fmt.Errorf("account %q belongs to both %q and %q", a, other.ID, p.ID)
			}
			d.account[a] = p
		}
	}
	for i := range d.Parties {
		p := &d.Parties[i]
		if p.Home != "" && d.home[p.Home] == nil {
			return nil, fmt.Errorf("party %q: there is no home %q", p.ID, p.Home)
		}
		if p.Contact != "" && d.person[p.Contact] == nil {
			return nil, fmt.Errorf("party %q: there is no person %q to be its contact", p.ID, p.Contact)
		}
	}
	return d, nil
}

func goodKey(k string) bool {
	return len(k) >= 2 && len(k) <= 6 && strings.Trim(k, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Party finds a party by id; the zero Party and false when there is none.
func (d *Directory) Party(id string) (Party, bool) {
	if p := d.party[id]; p != nil {
		return *p, true
	}
	return Party{}, false
}

// Provider gives the desk's one Provider.
func (d *Directory) Provider() Party {
	for _, p := range d.Parties {
		if p.Kind == Provider {
			return p
		}
	}
	return Party{}
}

// Home finds a home by id.
func (d *Directory) Home(id string) (Home, bool) {
	if h := d.home[id]; h != nil {
		return *h, true
	}
	return Home{}, false
}

// HomeOf gives a party's home.
func (d *Directory) HomeOf(party string) (Home, bool) {
	p, ok := d.Party(party)
	if !ok {
		return Home{}, false
	}
	return d.Home(p.Home)
}

// HomeAt finds the home that a platform's workspace is.
func (d *Directory) HomeAt(platform, workspace string) (Home, bool) {
	if h := d.place[platform+"/"+workspace]; h != nil {
		return *h, true
	}
	return Home{}, false
}

// Person finds a person by id.
func (d *Directory) Person(id string) (Person, bool) {
	if p := d.person[id]; p != nil {
		return *p, true
	}
	return Person{}, false
}

// ByAccount finds who an account is. Somebody of a known workspace who is not listed gets the
// home's default role under their own account as id; with no default role they are nobody here.
func (d *Directory) ByAccount(a Account, name string) (Person, bool) {
	if p := d.account[a]; p != nil {
		return *p, true
	}
	parts := strings.SplitN(string(a), "/", 3)
	if len(parts) != 3 {
		return Person{}, false
	}
	h, ok := d.HomeAt(parts[0], parts[1])
	if !ok || h.DefaultRole == "" {
		return Person{}, false
	}
	if name == "" {
		name = parts[2]
	}
	return Person{
		ID: string(a), Name: name, Party: h.Party, Roles: []Role{h.DefaultRole},
		Accounts: []Account{a}, side: d.party[h.Party].Kind,
	}, true
}

// ByMember finds who an account is, by what the platform has them under too: somebody who is not listed gets the
// roles that the home gives to those groups, and the default role where there is one. Listed people have the roles
// of the list and no others. Where several homes are in one workspace, the first counts that gives any of the groups
// a role.
func (d *Directory) ByMember(a Account, name string, groups []string) (Person, bool) {
	p, known := d.ByAccount(a, name)
	if known && d.account[a] != nil {
		return p, true
	}
	parts := strings.SplitN(string(a), "/", 3)
	if len(parts) != 3 {
		return p, known
	}
	for i := range d.Homes {
		h := &d.Homes[i]
		if h.Platform != parts[0] || h.Workspace != parts[1] {
			continue
		}
		var roles []Role
		if h.DefaultRole != "" {
			roles = append(roles, h.DefaultRole)
		}
		given := false
		for _, g := range groups {
			r := h.Roles[g]
			given = given || r != ""
			if r != "" && !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
		if given {
			p, _ = d.Addressee(a, name)
			p.Party, p.side, p.Roles = h.Party, d.party[h.Party].Kind, roles
			return p, true
		}
	}
	return p, known
}

// Addressee is somebody of a known workspace as a name to write to, without any role: they have acted before, and
// what they may do is found out when they act again.
func (d *Directory) Addressee(a Account, name string) (Person, bool) {
	parts := strings.SplitN(string(a), "/", 3)
	if len(parts) != 3 {
		return Person{}, false
	}
	h, ok := d.HomeAt(parts[0], parts[1])
	if !ok {
		return Person{}, false
	}
	if name == "" {
		name = parts[2]
	}
	return Person{ID: string(a), Name: name, Party: h.Party, Accounts: []Account{a}, side: d.party[h.Party].Kind}, true
}

// ZoneOf gives the zone in which a person reads and types times: their own, their party's, or UTC.
func (d *Directory) ZoneOf(p Person) *time.Location {
	name := p.Zone
	if name == "" {
		if party, ok := d.Party(p.Party); ok {
			name = party.Zone
		}
	}
	return Zone(name)
}

// zones keeps the time zones that have been read: reading one is a file or two each time, which was a tenth
// of the work of filing a case.
var zones sync.Map // Name → *time.Location.

// Zone gives an IANA time zone by its name; UTC where there is none of that name.
func Zone(name string) *time.Location {
	if loc, ok := zones.Load(name); ok {
		return loc.(*time.Location)
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "" {
		return time.UTC
	}
	zones.Store(name, loc)
	return loc
}

// PeopleOf lists a party's people who hold any of the roles (all of them when none is named).
func (d *Directory) PeopleOf(party string, roles ...Role) []Person {
	var out []Person
	for _, p := range d.People {
		if p.Party == party && (len(roles) == 0 || p.Has(roles...)) {
			out = append(out, p)
		}
	}
	return out
}

// SharedRoom says whether both sides of a case talk in one channel (as with Slack Connect), so that there
// is one thread and nothing is copied. They do when their homes name the same channel of one workspace, or
// of two that share it and say so.
func (d *Directory) SharedRoom(partner string) bool {
	a, ok1 := d.HomeOf(partner)
	b, ok2 := d.HomeOf(d.Provider().ID)
	return ok1 && ok2 && a.Platform == b.Platform && a.Cases == b.Cases && (a.Workspace == b.Workspace || a.Shared || b.Shared)
}
