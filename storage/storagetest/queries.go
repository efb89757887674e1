package storagetest

import (
	"testing"
	"time"

	"casebot/desk"
)

func testQueries(t *testing.T, open func(t *testing.T) desk.Store) {
	s := open(t)
	file(t, s,
		Filing{ID: "NW-1001", Tenant: "northwind", Summary: "Exports hang at 100%", Customer: "Acme", Severity: desk.Sev1, At: Monday},
		Filing{ID: "NW-1002", Tenant: "northwind", Summary: "Login loops", Customer: "Brightwater", Agent: "eli", At: Monday.Add(time.Hour), Signature: "E42"},
		Filing{ID: "CO-1001", Tenant: "contoso", Summary: "Exports are empty", Customer: "ACME", At: Monday.Add(2 * time.Hour), Signature: "E42"},
		Filing{ID: "NW-1003", Tenant: "northwind", Summary: "Keys leaked", Customer: "Acme", Restricted: true, At: Monday.Add(3 * time.Hour)})
	extend := func(id string, after time.Duration, bodies ...desk.Body) {
		update(t, s, func(tx desk.Tx) error {
			c, err := tx.CaseForUpdate(id)
			if err != nil {
				return err
			}
			next, events := Extend(c, c.ID, c.Tenant, Monday.Add(after), bodies...)
			return tx.PutCase(next, c.Seq, events, nil)
		})
	}
	extend("NW-1001", 4*time.Hour, desk.Escalated{Cycle: 1}, desk.Acknowledged{Engineer: "noor"})
	extend("NW-1002", 5*time.Hour, desk.Resolved{Text: "Cleared the cookie", Number: 1})
	extend("NW-1003", 6*time.Hour, desk.Invited{Person: "noor"})

	all := func(q desk.CaseQuery) desk.CaseQuery { q.Oldest = true; return q }
	for _, c := range []struct {
		name string
		q    desk.CaseQuery
		want string
	}{
		{"everything, newest first", desk.CaseQuery{}, "NW-1003 CO-1001 NW-1002 NW-1001 "},
		{"oldest first", all(desk.CaseQuery{}), "NW-1001 NW-1002 CO-1001 NW-1003 "},
		{"one tenant", all(desk.CaseQuery{Scope: desk.Scope{Tenant: "northwind"}}), "NW-1001 NW-1002 NW-1003 "},
		{"what reached the Provider", desk.CaseQuery{Scope: desk.Scope{ReachedOnly: true}}, "NW-1001 "},
		{"restricted cases only for those invited", all(desk.CaseQuery{Scope: desk.Scope{Tenant: "northwind", Person: "eli"}}), "NW-1001 NW-1002 "},
		{"an invited person", all(desk.CaseQuery{Scope: desk.Scope{Tenant: "northwind", Person: "noor"}}), "NW-1001 NW-1002 NW-1003 "},
		{"one status", desk.CaseQuery{Statuses: []desk.Status{desk.StatusResolved}}, "NW-1002 "},
		{"the open ones", all(desk.CaseQuery{Statuses: []desk.Status{desk.StatusOpen, desk.StatusAcknowledged}}), "NW-1001 CO-1001 NW-1003 "},
		{"severities", desk.CaseQuery{Severities: []desk.Severity{desk.Sev1, desk.Sev2}}, "NW-1001 "},
		{"an agent's", desk.CaseQuery{Owner: "eli"}, "NW-1002 "},
		{"an engineer's", desk.CaseQuery{Owner: "noor"}, "NW-1001 "},
		{"a customer, whatever the letters", desk.CaseQuery{Customer: "acme"}, "NW-1003 CO-1001 NW-1001 "},
		{"a signature", desk.CaseQuery{Signature: "e42"}, "CO-1001 NW-1002 "},
		{"words, all of them", desk.CaseQuery{Text: "acme EXPORTS"}, "CO-1001 NW-1001 "},
		{"a number", desk.CaseQuery{Text: "nw-1002"}, "NW-1002 "},
		{"a percent sign is a percent sign", desk.CaseQuery{Text: "100%"}, "NW-1001 "},
		{"an underscore is an underscore", desk.CaseQuery{Text: "_"}, ""},
		{"a backslash is a backslash", desk.CaseQuery{Text: `\`}, ""},
		{"a quote is a quote", desk.CaseQuery{Text: "' or 1=1 --"}, ""},
		{"filed or updated since", desk.CaseQuery{Since: Monday.Add(5 * time.Hour)}, "NW-1003 NW-1002 "},
		{"a page", desk.CaseQuery{Limit: 2}, "NW-1003 CO-1001 "},
		{"the next page", desk.CaseQuery{Limit: 2, After: "CO-1001"}, "NW-1002 NW-1001 "},
		{"the next page, oldest first", all(desk.CaseQuery{Limit: 5, After: "CO-1001"}), "NW-1003 "},
		{"after a case that is not there", desk.CaseQuery{After: "NW-7"}, ""},
		{"nobody's tenant", desk.CaseQuery{Scope: desk.Scope{Tenant: "-"}}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			view(t, s, func(r desk.Reader) error {
				cs, err := r.Cases(c.q)
				if err != nil {
					return err
				}
				if got := ids(cs); got != c.want {
					t.Errorf("found %q, want %q", got, c.want)
				}
				if n, err := r.CountCases(c.q); c.q.Limit == 0 && c.q.After == "" && (n != len(cs) || err != nil) {
					t.Errorf("counted %d of %d: %v", n, len(cs), err)
				}
				return nil
			})
		})
	}

	for _, c := range []struct {
		name     string
		scope    desk.Scope
		from, to time.Time
		want     string
	}{
		{"for ever", desk.Scope{}, time.Time{}, time.Time{}, "CO-1001 NW-1001 NW-1002 NW-1003 "},
		{"before most were filed", desk.Scope{}, time.Time{}, Monday.Add(90 * time.Minute), "NW-1001 NW-1002 "},
		{"after one had ended", desk.Scope{Tenant: "northwind"}, Monday.Add(24 * time.Hour), time.Time{}, "NW-1001 NW-1003 "},
	} {
		t.Run("walk: "+c.name, func(t *testing.T) {
			var got []*desk.Case
			view(t, s, func(r desk.Reader) error {
				return r.EachCase(c.scope, c.from, c.to, func(c *desk.Case) error {
					got = append(got, c)
					_, err := r.Events(c.ID)
					return err
				})
			})
			if ids(got) != c.want {
				t.Errorf("walked %q, want %q", ids(got), c.want)
			}
		})
	}
	view(t, s, func(r desk.Reader) error {
		lost, err := r.LostCases()
		if len(lost) > 0 {
			t.Errorf("lost are %q, although each has its events", lost)
		}
		return err
	})
}
