package desk

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A gap is a question that customers keep asking and no article answers: a cluster of resolved cases that
// were solved without one (handbook §6 and §8). How it is found, so that anybody can check it:
//
//  1. The cases resolved in the last gapWeeks weeks that are not restricted and were linked to no article, at
//     most gapCases of them, the latest; a case is the terms of its summary and steps.
//  2. A term weighs ln(1 + cases/cases that have it). Two cases of one product are as alike as the weight of
//     the terms they share is to the weight of all they have.
//  3. In order of number each case joins the cluster to whose members it is alike on average most, if that is
//     at least gapFrom; else it begins one.
//  4. A cluster of gapMin or more is a gap. The most frequent comes first; of equals the one with the lowest number.
//
// It is described by the case that is most like the others. The same cases give the same gaps everywhere.
type Gap struct {
	Key     string    `json:"key"` // Names it as long as its first case is in sight.
	Product string    `json:"product,omitempty"`
	Summary string    `json:"summary"` // Of the case most like the others.
	Cases   []string  `json:"cases"`   // In order of number.
	Last    time.Time `json:"last"`    // When the latest of them was resolved.
}

// The numbers of the method above.
const (
	gapWeeks = 8
	gapCases = 500
	gapFrom  = .28
	gapMin   = 3
	gapTerms = 3 // A case with fewer terms says too little to be compared.
)

// GapCase is a resolved case without an article, as far as gaps need it.
type GapCase struct {
	ID       string
	Product  string
	Summary  string
	Terms    []string
	Resolved time.Time
}

// FindGaps clusters cases by the method above. It is pure; cases may come in any order.
func FindGaps(party string, cases []GapCase) []Gap {
	slices.SortFunc(cases, func(a, b GapCase) int { return cmp.Or(b.Resolved.Compare(a.Resolved), cmp.Compare(a.ID, b.ID)) })
	cases = slices.Clone(cases[:min(len(cases), gapCases)])
	cases = slices.DeleteFunc(cases, func(c GapCase) bool { return len(c.Terms) < gapTerms })
	slices.SortFunc(cases, func(a, b GapCase) int { return byNumber(a.ID, b.ID) })
	var texts [][]string
	for _, c := range cases {
		texts = append(texts, c.Terms)
	}
	weight := TermWeights(texts)
	var clusters [][]int
	for i := range cases {
		best, most := -1, gapFrom
		for k, members := range clusters {
			if !strings.EqualFold(cases[members[0]].Product, cases[i].Product) {
				continue
			}
			sum := 0.0
			for _, j := range members {
				sum += TermsAlike(cases[i].Terms, cases[j].Terms, weight)
			}
			if mean := sum / float64(len(members)); mean > most || mean == most && best < 0 {
				best, most = k, mean
			}
		}
		if best < 0 {
			clusters = append(clusters, []int{i})
			continue
		}
		clusters[best] = append(clusters[best], i)
	}
	var out []Gap
	for _, members := range clusters {
		if len(members) >= gapMin {
			out = append(out, gapOf(party, cases, members, weight))
		}
	}
	slices.SortStableFunc(out, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(len(b.Cases), len(a.Cases)), byNumber(a.Cases[0], b.Cases[0]))
	})
	return out
}

// byNumber orders case numbers as people count: NW-999 before NW-1000.
func byNumber(a, b string) int { return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b)) }

func gapOf(party string, cases []GapCase, members []int, weight map[string]float64) Gap {
	g := Gap{Product: cases[members[0]].Product, Key: DeliveryID(party + "/" + cases[members[0]].ID)[:8]}
	most := -1.0
	for _, i := range members {
		c := cases[i]
		g.Cases = append(g.Cases, c.ID)
		if c.Resolved.After(g.Last) {
			g.Last = c.Resolved
		}
		sum := 0.0
		for _, j := range members {
			sum += TermsAlike(c.Terms, cases[j].Terms, weight)
		}
		if sum > most {
			most, g.Summary = sum, c.Summary
		}
	}
	return g
}

// Title is the gap as an action item.
func (g Gap) Title() string {
	return fmt.Sprintf("Write an article on “%s” (%d cases: %s)", clip(g.Summary, 80), len(g.Cases), clip(strings.Join(g.Cases, ", "), 60))
}

// gapSpace keeps what became of proposed gaps, by party and key.
const gapSpace = "gap"

// gapEnd is what became of a gap: an action item, or nobody's need.
type gapEnd struct {
	Cases  []string  `json:"cases"`
	Action string    `json:"action,omitempty"` // Empty: not needed.
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// gapTime is from when on resolved cases count.
func gapTime(now time.Time) time.Time { return now.AddDate(0, 0, -7*gapWeeks) }

// Gaps lists what a party's customers keep asking and no article answers, without those that have been
// accepted or dismissed. Cases that not everybody at the party can read are not looked at.
func (d *Desk) Gaps(ctx context.Context, partyID string, now time.Time) ([]Gap, error) {
	party, ok := d.Dir.Party(partyID)
	if !ok || d.Terms == nil {
		return nil, nil
	}
	var out []Gap
	err := d.Store.View(ctx, func(r Reader) error {
		links, err := linkedCases(r)
		if err != nil {
			return err
		}
		scope := Scope{}
		if party.Kind == Partner {
			scope.Tenant = party.ID
		}
		var cases []GapCase
		err = r.EachCase(scope, gapTime(now), now, func(c *Case) error {
			if !c.ResolvedAt.Before(gapTime(now)) && c.ResolvedAt.Before(now) && !c.Restricted && !links[c.ID] && (party.Kind == Partner || c.Reached) {
				q := c.Question()
				cases = append(cases, GapCase{ID: c.ID, Product: q.Product, Summary: c.Summary, Terms: d.Terms(q.Words), Resolved: c.ResolvedAt})
			}
			return nil
		})
		if err != nil {
			return err
		}
		out, err = openGaps(r, party.ID, FindGaps(party.ID, cases))
		return err
	})
	return out, err
}

// openGaps leaves out gaps that somebody has settled: those of whose cases at least half were in one then.
func openGaps(r Reader, party string, gaps []Gap) ([]Gap, error) {
	var ended []gapEnd
	err := r.EachState(gapSpace, func(key string, value []byte) error {
		var e gapEnd
		if !strings.HasPrefix(key, party+"/") {
			return nil
		}
		err := json.Unmarshal(value, &e)
		ended = append(ended, e)
		return err
	})
	return slices.DeleteFunc(gaps, func(g Gap) bool {
		return slices.ContainsFunc(ended, func(e gapEnd) bool {
			known := 0
			for _, id := range g.Cases {
				if slices.Contains(e.Cases, id) {
					known++
				}
			}
			return 2*known >= len(g.Cases)
		})
	}), err
}

// gapDue is how long an article is given that was proposed by a gap.
const gapDue = 14

// SettleGap turns a proposed gap into an action item of the person's party, owned by the person and due in
// two weeks, or dismisses it. Done twice it is done once.
func (d *Desk) SettleGap(ctx context.Context, by Person, key string, accept bool, now time.Time) (Gap, Action, error) {
	if by.Has(Observer) && len(by.Roles) == 1 {
		return Gap{}, Action{}, Errf(KindForbidden, "You can read action items but not add them.")
	}
	gaps, err := d.Gaps(ctx, by.Party, now)
	if err != nil {
		return Gap{}, Action{}, err
	}
	i := slices.IndexFunc(gaps, func(g Gap) bool { return g.Key == key })
	if i < 0 {
		return Gap{}, Action{}, Errf(KindState, "That has been settled already, or its cases have an article by now. /case action lists what is to be done.")
	}
	g, a := gaps[i], Action{}
	end := gapEnd{Cases: g.Cases, By: by.ID, At: stamp(now)}
	if accept {
		a = Action{ID: DeliveryID("gap/" + by.Party + "/" + key + "/" + g.Cases[0])[:6], Tenant: by.Party, Title: g.Title(), Owner: by.ID,
			Due: stamp(now.AddDate(0, 0, gapDue)), Case: g.Cases[0], By: by.ID, At: stamp(now)}
		end.Action = a.ID
	}
	value, err := json.Marshal(end)
	if err != nil {
		return g, a, err
	}
	return g, a, d.Store.Update(ctx, func(tx Tx) error {
		if err := tx.PutState(gapSpace, by.Party+"/"+key, value); err != nil || !accept {
			return err
		}
		return tx.PutAction(a)
	})
}
