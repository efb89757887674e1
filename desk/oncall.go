package desk

import (
	"context"
	"encoding/json"
	"slices"
	"time"
)

// coverSpace keeps, by party, the covers people agreed on in chat: a JSON list of Cover, oldest first.
const coverSpace = "cover"

// maxCovers bounds what is kept of one party; what is over is forgotten first.
const maxCovers = 500

// The calls of a ladder (handbook §4). Any other call is the id of a person.
const (
	CallOnCall  = "on-call"
	CallSecond  = "second call"
	CallManager = "duty manager"
	CallContact = "contact"
)

// onCall finds whom a step of a party's ladder calls. r is the transaction's reader; nil: a view of its own.
func (d *Desk) onCall(r Reader, party, call string, now time.Time) (Person, bool) {
	p, _ := d.Dir.Party(party)
	switch call {
	case CallManager:
		return firstOf(d.Dir.PeopleOf(party, DutyManager))
	case CallContact:
		return d.Dir.Person(p.Contact)
	case CallOnCall, CallSecond:
		t, ok := d.turn(r, party, now)
		if !ok {
			return Person{}, false
		}
		if call == CallSecond {
			return d.Dir.Person(t.Second)
		}
		return d.Dir.Person(t.Person)
	}
	return d.Dir.Person(call)
}

// turn gives who is on call at a party. Without a rota it is, all the time, the first engineer (at a
// Partner: the first agent) of the list, and the second after them.
func (d *Desk) turn(r Reader, party string, now time.Time) (Turn, bool) {
	if rota := d.Rotas[party]; rota != nil {
		covers, err := d.covers(r, party)
		if err != nil {
			d.Log.Error("the covers of a rota can't be read; the plan alone holds", "party", party, "err", err)
		}
		return rota.At(now, covers), true
	}
	role := Engineer
	if p, _ := d.Dir.Party(party); p.Kind == Partner {
		role = Agent
	}
	all := d.Dir.PeopleOf(party, role)
	var t Turn
	if len(all) > 0 {
		t.Person = all[0].ID
	}
	if len(all) > 1 {
		t.Second = all[1].ID
	}
	return t, len(all) > 0
}

// Covers lists who stands in at a party by agreement in chat, oldest first.
func (d *Desk) Covers(_ context.Context, party string) ([]Cover, error) { return d.covers(nil, party) }

func (d *Desk) covers(r Reader, party string) ([]Cover, error) {
	var out []Cover
	read := func(r Reader) error {
		v, err := r.State(coverSpace, party)
		if KindOf(err) == KindNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		return json.Unmarshal(v, &out)
	}
	if r != nil {
		return out, read(r)
	}
	err := d.Store.View(context.Background(), read)
	return out, err
}

// Duty is who is on call at one party.
type Duty struct {
	Party  Party
	Rota   bool // There is a rota; else the people stand in the order of the list and Turn has no end.
	Turn   Turn
	Person Person
	Second Person
	Next   Turn   // The turn after this one; without a rota the zero Turn.
	After  Person // Who has it.
}

// OnDuty gives who is on call at a party now and who comes next (CONTRACT: /case oncall).
func (d *Desk) OnDuty(ctx context.Context, party string, now time.Time) (Duty, error) {
	p, _ := d.Dir.Party(party)
	out := Duty{Party: p, Rota: d.Rotas[party] != nil}
	err := d.Store.View(ctx, func(r Reader) error {
		out.Turn, _ = d.turn(r, party, now)
		if !out.Rota {
			return nil
		}
		covers, err := d.covers(r, party)
		if err != nil {
			return err
		}
		turns := d.Rotas[party].Turns(now, now.AddDate(0, 0, 60), covers)
		if len(turns) > 0 {
			out.Turn = turns[0]
		}
		if len(turns) > 1 {
			out.Next = turns[1]
		}
		return nil
	})
	out.Person, _ = d.Dir.Person(out.Turn.Person)
	out.Second, _ = d.Dir.Person(out.Turn.Second)
	out.After, _ = d.Dir.Person(out.Next.Person)
	return out, err
}

// WhoIsCalled gives whom a step of the Provider's ladder calls at an instant (handbook §4).
func (d *Desk) WhoIsCalled(call string, now time.Time) (Person, bool) {
	return d.onCall(nil, d.Dir.Provider().ID, call, now)
}

// AddCover puts somebody on call for [From, To) in place of whoever the rota names. People may offer
// themselves; a duty manager or administrator may name anybody of their own party, and whoever is on call
// may hand over to somebody who works cases there.
func (d *Desk) AddCover(ctx context.Context, by Person, c Cover, now time.Time) (Cover, error) {
	c.From, c.To, c.At, c.By = stamp(c.From), stamp(c.To), stamp(now), by.ID
	rota := d.Rotas[by.Party]
	if rota == nil {
		return c, Errf(KindState, "Your side has no rota, so there is nothing to stand in for. An administrator can write one in casebot.yaml.")
	}
	who, ok := d.Dir.Person(c.Person)
	if !ok || who.Party != by.Party {
		return c, Errf(KindInvalid, "There is nobody called %s on your side.", quoted(c.Person))
	}
	switch {
	case !who.Has(Agent, Engineer, DutyManager):
		return c, Errf(KindInvalid, "%s does not work cases, so they can't be on call.", who.Name)
	case !c.To.After(c.From):
		return c, coverErr("to", "The end does not come after the beginning.")
	case !c.To.After(now):
		return c, coverErr("to", "That time is already past. Give an end that is still ahead.")
	case c.To.Sub(c.From) > 92*24*time.Hour:
		return c, coverErr("to", "Somebody can stand in for three months at most. Change the rota for longer.")
	}
	err := d.Store.Update(ctx, func(tx Tx) error {
		all, err := d.covers(tx, by.Party)
		if err != nil {
			return err
		}
		mine := who.ID == by.ID || by.Has(DutyManager, Administrator)
		for _, t := range rota.Turns(c.From, c.To, all) {
			mine = mine || t.Person == by.ID
		}
		if !mine {
			return Errf(KindForbidden, "You can offer yourself, or hand over a time when you are on call. A duty manager can plan for others.")
		}
		// What has ended long ago decides nothing any more.
		all = slices.DeleteFunc(all, func(old Cover) bool { return old.To.Before(now.AddDate(0, 0, -90)) })
		all = append(all, c)
		all = all[max(0, len(all)-maxCovers):]
		body, err := json.Marshal(all)
		if err != nil {
			return err
		}
		if err := tx.PutState(coverSpace, by.Party, body); err != nil {
			return err
		}
		// The next change of hands may now be earlier than the one waited for.
		return d.handOverAt(tx, by.Party, now, c.From)
	})
	return c, err
}

func coverErr(field, say string) error {
	return &Error{Kind: KindInvalid, Say: say, Fields: []FieldError{{field, say}}}
}

func firstOf(ps []Person) (Person, bool) {
	if len(ps) == 0 {
		return Person{}, false
	}
	return ps[0], true
}
