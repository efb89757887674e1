package desk

// decided is a filing that is worked out but for its number. The store writes for one at a time, so whatever can be worked
// out before the filing's turn is.
type decided struct {
	events []Event
	c      *Case
}

// workAhead decides a filing that needs nothing of the store but a number. nil: it needs more (how many cases have
// its signature, who is on call), or cannot be filed; either is found out in its turn.
func (d *Desk) workAhead(a Act, f FileCase) *decided {
	if f.read.signature != "" {
		return nil
	}
	tenant, err := d.filedFor(a.By, f)
	if err != nil {
		return nil
	}
	asked := false
	env := d.env(nil, a, d.Book, nil)
	env.Pins = d.pins(tenant.ID, d.Dir.Provider().ID)
	env.OnCall = func(string) (Person, bool) { asked = true; return Person{}, false }
	events, c, err := Decide(blankCase(tenant.ID, ""), f, env)
	if err != nil || asked {
		return nil
	}
	for i := range events {
		if events[i].Encoded, err = EncodeBody(events[i].Body); err != nil {
			return nil
		}
	}
	return &decided{events, c}
}

// numbered gives the filing its number, again where its transaction is carried out once more.
func (w *decided) numbered(id string) ([]Event, *Case) {
	w.c.ID = id
	for i := range w.events {
		w.events[i].Case = id
	}
	return w.events, w.c
}

// blankCase is a case that is not filed yet.
func blankCase(tenant, id string) *Case {
	return &Case{ID: id, Tenant: tenant, Status: StatusDraft, Fields: map[Field]string{}}
}
