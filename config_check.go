package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"casebot/desk"
)

// check holds the deployment against what it must mean: every name that is used is also given, every
// zone exists, every token is named and not written. desk.NewDirectory checks much of this again, but
// it knows no lines.
func (d *Deployment) check() {
	if len(d.Parties) == 0 {
		d.file.Bad("parties", "there is no party", "list the provider and at least one partner")
		return
	}
	d.checkParties()
	d.checkHomes()
	d.checkPeople()
	for _, name := range slices.Sorted(maps.Keys(d.Calendars)) {
		path, tz := "calendars."+name, child(d.Calendars[name], "tz")
		switch _, err := time.LoadLocation(tz); {
		case d.Calendars[name].Kind != yaml.MappingNode:
			d.file.Bad(path, path+" is no calendar", "write tz: and weekly: below it")
		case tz == "":
			d.file.Bad(path, path+" has no tz", "write an IANA zone, such as tz: America/Chicago")
		case err != nil:
			d.file.Bad(path, fmt.Sprintf("%s: there is no time zone %q", path, tz), "write an IANA zone, such as America/Chicago")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Rotas)) {
		path := "rotas." + name
		if d.Rotas[name].Kind != yaml.MappingNode {
			d.file.Bad(path, path+" is no rota", "write start:, zone:, shift: and people: below it")
		}
		for _, id := range children(d.Rotas[name], "people") {
			if !d.hasPerson(id) {
				d.file.Bad(path, fmt.Sprintf("%s: there is no person %q", path, id), "write the id of somebody under people")
			}
		}
	}
}

var (
	idForm    = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)
	keyForm   = regexp.MustCompile(`^[A-Z]{2,6}$`)
	variable  = regexp.MustCompile(`^[A-Z][A-Z0-9_]{2,79}$`)
	account   = regexp.MustCompile(`^(slack|discord|playground)/[^/\s]+/[^/\s]+$`)
	platforms = map[string][]string{ // Platform → the tokens it takes.
		"slack":      {"bot", "app", "signing_secret"},
		"discord":    {"bot"},
		"playground": {},
	}
)

func (d *Deployment) checkParties() {
	ids, keys, providers := map[string]int{}, map[string]int{}, 0
	for i := range d.Parties {
		p, at := &d.Parties[i], "parties["+strconv.Itoa(i)+"]"
		d.id(ids, at, p.ID)
		d.need(at+".name", p.Name, "write the company's name")
		switch p.Kind {
		case desk.Provider:
			if providers++; providers > 1 {
				d.file.Bad(at+".kind", "a second provider", "a desk has exactly one; the others are partners")
			}
		case desk.Partner:
			if !keyForm.MatchString(p.Key) {
				d.file.Bad(at, fmt.Sprintf("party %q has the key %q", p.ID, p.Key), "write 2 to 6 capital letters; they start its case numbers, as in NW-1042")
			}
		default:
			d.file.Bad(at, fmt.Sprintf("party %q is of kind %q", p.ID, p.Kind), "write provider or partner")
		}
		if line, ok := keys[p.Key]; ok && p.Key != "" {
			d.file.Bad(at+".key", fmt.Sprintf("the key %q is used twice, first on line %d", p.Key, line), "give each party its own")
		}
		keys[p.Key] = d.file.Line(at + ".key")
		d.zone(at+".zone", p.Zone, true)
		d.known(at+".calendar", p.Calendar, "calendar", func(n string) bool { return d.Calendars[n].Kind != 0 })
		d.known(at+".rota", p.Rota, "rota", func(n string) bool { return d.Rotas[n].Kind != 0 })
		if p.PagerKey != "" && (!variable.MatchString(p.PagerKey) || p.Kind != desk.Provider) {
			d.file.Bad(at+".pager_key", at+".pager_key is not the name of an environment variable of the provider", "write a name in capitals, such as HARBOR_PAGER_KEY; if it is the key itself, "+rotate)
		}
		if _, err := checkURL(at+".pager_url", p.PagerURL, false, "https", "http"); err != nil {
			d.file.Bad(at+".pager_url", err.Error(), "write an address that takes PagerDuty's Events API v2")
		}
		d.known(at+".contact", p.Contact, "person", d.hasPerson)
		if p.Home == "" {
			p.Home = d.onlyHome(p.ID)
		}
		d.known(at+".home", p.Home, "home", func(n string) bool {
			return slices.ContainsFunc(d.Homes, func(h desk.Home) bool { return h.ID == n })
		})
	}
	if providers == 0 {
		d.file.Bad("parties", "no party is the provider", "write kind: provider for the one that is Tier 2/3")
	}
}

// onlyHome gives the one home of a party, so that a party with one need not name it.
func (d *Deployment) onlyHome(party string) string {
	id := ""
	for _, h := range d.Homes {
		if h.Party == party {
			if id != "" {
				return ""
			}
			id = h.ID
		}
	}
	return id
}

func (d *Deployment) checkHomes() {
	ids := map[string]int{}
	for i, h := range d.Homes {
		at := "homes[" + strconv.Itoa(i) + "]"
		d.id(ids, at, h.ID)
		d.need(at+".party", h.Party, "write the id of the party whose home it is")
		d.known(at+".party", h.Party, "party", d.hasParty)
		d.need(at+".cases", h.Cases, "write the id of the channel where case cards are posted")
		if h.DefaultRole != "" && !slices.Contains(desk.Roles, h.DefaultRole) {
			d.file.Bad(at+".default_role", fmt.Sprintf("there is no role %q", h.DefaultRole), "expected one of: "+roleNames())
		}
		for _, name := range slices.Sorted(maps.Keys(h.Roles)) {
			path := at + ".roles." + name
			if h.Platform == "playground" {
				d.file.Bad(path, h.Platform+" has no roles or user groups", "list the people under people:, or use default_role")
			} else if !slices.Contains(desk.Roles, h.Roles[name]) {
				d.file.Bad(path, fmt.Sprintf("there is no role %q", h.Roles[name]), "expected one of: "+roleNames())
			}
		}
		takes, ok := platforms[h.Platform]
		if !ok {
			d.file.Bad(at+".platform", fmt.Sprintf("there is no platform %q", h.Platform), "expected slack, discord or playground")
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(h.Tokens)) {
			path := at + ".tokens." + name
			if !slices.Contains(takes, name) {
				d.file.Bad(path, fmt.Sprintf("%s takes no token called %q", h.Platform, name), "expected one of: "+strings.Join(takes, ", "))
			}
			// The value is not repeated: what is not the name of a variable is most likely the secret itself.
			if !variable.MatchString(h.Tokens[name]) {
				d.file.Bad(path, path+" is not the name of an environment variable", "write a name in capitals, such as NORTHWIND_SLACK_BOT_TOKEN; if it is the token itself, "+rotate)
			}
		}
	}
}

func (d *Deployment) checkPeople() {
	ids, accounts := map[string]int{}, map[desk.Account]int{}
	for i, p := range d.People {
		at := "people[" + strconv.Itoa(i) + "]"
		d.id(ids, at, p.ID)
		if p.ID == desk.System {
			d.file.Bad(at+".id", fmt.Sprintf("the id %q is the desk's own", p.ID), "choose another")
		}
		d.need(at+".name", p.Name, "write the person's name")
		d.need(at+".party", p.Party, "write the id of the party the person works at")
		d.known(at+".party", p.Party, "party", d.hasParty)
		d.zone(at+".zone", p.Zone, false)
		if len(p.Roles) == 0 {
			d.file.Bad(at, fmt.Sprintf("person %q has no role", p.ID), "write roles: and one or more of: "+roleNames())
		}
		for j, r := range p.Roles {
			if !slices.Contains(desk.Roles, r) {
				d.file.Bad(at+".roles["+strconv.Itoa(j)+"]", fmt.Sprintf("there is no role %q", r), "expected one of: "+roleNames())
			}
		}
		for j, a := range p.Accounts {
			path := at + ".accounts[" + strconv.Itoa(j) + "]"
			if !account.MatchString(string(a)) {
				d.file.Bad(path, fmt.Sprintf("%q is not an account", a), "write platform/workspace/user, such as slack/T0123/U0456")
			}
			if line, ok := accounts[a]; ok {
				d.file.Bad(path, fmt.Sprintf("the account %q is used twice, first on line %d", a, line), "give it to one person")
			}
			accounts[a] = d.file.Line(path)
		}
	}
}

func (d *Deployment) hasParty(id string) bool {
	return slices.ContainsFunc(d.Parties, func(p desk.Party) bool { return p.ID == id })
}

func (d *Deployment) hasPerson(id string) bool {
	return slices.ContainsFunc(d.People, func(p desk.Person) bool { return p.ID == id })
}

func (d *Deployment) need(path, value, expected string) {
	if strings.TrimSpace(value) == "" {
		d.file.Bad(path, path+" is missing", expected)
	}
}

func (d *Deployment) id(seen map[string]int, at, id string) {
	line := d.file.Line(at + ".id")
	switch first, twice := seen[id]; {
	case !idForm.MatchString(id):
		d.file.Bad(at+".id", fmt.Sprintf("%s: %q is not an id", at, id), "write small letters, digits, dots, - and _, at most 40")
	case twice:
		d.file.Bad(at+".id", fmt.Sprintf("the id %q is used twice, first on line %d", id, first), "give each its own")
	default:
		seen[id] = line
	}
}

func (d *Deployment) zone(path, zone string, needed bool) {
	if zone == "" && !needed {
		return
	}
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		d.file.Bad(path, fmt.Sprintf("%s: there is no time zone %q", path, zone), "write an IANA zone, such as America/Chicago")
	}
}

// known refuses a name that is used and not given anywhere. Empty is always allowed: it means none.
func (d *Deployment) known(path, name, what string, is func(string) bool) {
	if name != "" && !is(name) {
		d.file.Bad(path, fmt.Sprintf("%s: there is no %s %q", path, what, name), "write one that this file describes")
	}
}

func roleNames() string {
	names := make([]string, len(desk.Roles))
	for i, r := range desk.Roles {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}

// child gives the text under a key of a mapping node; children the texts of a list there.
func child(n yaml.Node, key string) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1].Value
		}
	}
	return ""
}

func children(n yaml.Node, key string) []string {
	var out []string
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			for _, c := range n.Content[i+1].Content {
				out = append(out, c.Value)
			}
		}
	}
	return out
}
