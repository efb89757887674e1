package desk

import "slices"

// CanSee is the one rule of visibility. List, detail, search, digest, export, direct message, web and
// API all ask it, and nothing else:
//
//   - a Partner's people see their own Partner's cases, and no other's;
//   - the Provider's people see a case once it has been given to the Provider;
//   - a restricted case (security or privacy, handbook §4) is seen only by those invited to it.
func CanSee(p Person, c *Case) bool {
	if c == nil || p.Party == "" || len(p.Roles) == 0 {
		return false
	}
	if c.Restricted && !slices.Contains(c.Invited, p.ID) {
		return false
	}
	switch p.side {
	case Partner:
		return p.Party == c.Tenant
	case Provider:
		// An engineer who files on a partner's behalf must be able to read what they filed.
		return c.Reached || c.FiledBy == p.ID
	}
	return false
}

// CanSeeEvent says whether a person may read one event of a case they can see.
func CanSeeEvent(p Person, c *Case, e Event) bool {
	return CanSee(p, c) && e.Audience.Includes(p.side)
}

// Includes says whether a side is part of the audience.
func (a Audience) Includes(side PartyKind) bool {
	switch a {
	case OnlyPartner:
		return side == Partner
	case OnlyProvider:
		return side == Provider
	}
	return true
}

// ScopeOf gives the coarse filter with which a person's lists are read from the store.
func ScopeOf(p Person) Scope {
	if p.side == Provider {
		return Scope{ReachedOnly: true, Person: p.ID}
	}
	// A person without a party gets a tenant that no row has.
	if p.Party == "" {
		return Scope{Tenant: "-"}
	}
	return Scope{Tenant: p.Party, Person: p.ID}
}

// mayDo says which roles of which side may do what to a case they can see. An observer reads only;
// an administrator sets up and does not work cases.
var mayDo = map[Verb]map[PartyKind][]Role{
	VerbFile:       {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbEdit:       {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbAttach:     {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbEscalate:   {Partner: {Agent, DutyManager}},
	VerbTakeBack:   {Partner: {Agent, DutyManager}},
	VerbReturn:     {Provider: {Engineer, DutyManager}},
	VerbAck:        {Provider: {Engineer, DutyManager}},
	VerbAssign:     {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbSay:        {Partner: {Agent, DutyManager, Administrator}, Provider: {Engineer, DutyManager, Administrator}},
	VerbReply:      {Provider: {Engineer, DutyManager}},
	VerbNote:       {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbUpdate:     {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbRelay:      {Partner: {Agent, DutyManager}},
	VerbWait:       {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbResume:     {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbSeverity:   {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbWorkaround: {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbResolve:    {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbRate:       {Partner: {Agent, DutyManager}},
	VerbClose:      {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbReopen:     {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbMerge:      {Partner: {Agent, DutyManager}, Provider: {DutyManager}},
	VerbWithdraw:   {Partner: {Agent, DutyManager}},
	VerbInvite:     {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbWalk:       {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
	VerbUndo:       {Partner: {Agent, DutyManager}, Provider: {Engineer, DutyManager}},
}

// May gives nil when the person may do the verb on their side, else an Error of KindForbidden that
// says who may.
func May(p Person, v Verb) error {
	if p.ID == System {
		return nil
	}
	if roles := mayDo[v][p.side]; len(roles) > 0 && p.Has(roles...) {
		return nil
	}
	who := "the Partner's agents"
	switch {
	case len(mayDo[v][Partner]) > 0 && len(mayDo[v][Provider]) > 0:
		who = "the Partner's agents and the Provider's engineers"
	case len(mayDo[v][Provider]) > 0:
		who = "the Provider's engineers"
	}
	return Errf(KindForbidden, "You cannot %s. That is for %s.", v.Of("a case"), who)
}

// CanSeeArticle is the rule for knowledge articles: everybody's, the Provider's own, or one party's.
func CanSeeArticle(p Person, a Article) bool {
	return p.Party != "" && PartyReads(Party{ID: p.Party, Kind: p.side}, a)
}

// PartyReads says whether everybody at a party may read an article: what is shown to a whole room.
func PartyReads(p Party, a Article) bool {
	switch a.Audience {
	case "", ArticleForAll:
		return p.ID != ""
	case ArticleForProvider:
		return p.Kind == Provider
	}
	return p.ID != "" && (p.ID == a.Audience || p.ID == a.Party) // Whoever maintains it reads it.
}
