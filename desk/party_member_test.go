package desk

import "testing"

// Where two companies share one workspace, a group puts its people into the home that gives it a role; people
// in no such group are where they were before.
func TestGroupsOfAWorkspaceThatTwoCompaniesShare(t *testing.T) {
	d, err := NewDirectory(
		[]Party{{ID: "harbor", Name: "Harbor Demo Software", Kind: Provider}, {ID: "northwind", Name: "Northwind Demo Retail", Kind: Partner, Key: "NW"}},
		[]Home{
			{ID: "hb", Party: "harbor", Platform: "chat", Workspace: "T1", Cases: "C1", Roles: map[string]Role{"engineers": Engineer}},
			{ID: "nw", Party: "northwind", Platform: "chat", Workspace: "T1", Cases: "C2", DefaultRole: Agent, Roles: map[string]Role{"leads": DutyManager}},
		},
		[]Person{{ID: "dana", Name: "Dana Demo", Party: "northwind", Roles: []Role{Agent}, Accounts: []Account{"chat/T1/U1"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		user   Account
		groups []string
		party  string
		side   PartyKind
		roles  []Role
	}{
		{"in no group", "chat/T1/U2", nil, "northwind", Partner, []Role{Agent}},
		{"in a group of the first home", "chat/T1/U2", []string{"engineers"}, "harbor", Provider, []Role{Engineer}},
		{"in a group of the second", "chat/T1/U2", []string{"leads"}, "northwind", Partner, []Role{Agent, DutyManager}},
		{"in both", "chat/T1/U2", []string{"leads", "engineers"}, "harbor", Provider, []Role{Engineer}},
		{"in one that gives nothing", "chat/T1/U2", []string{"friends"}, "northwind", Partner, []Role{Agent}},
		{"listed", "chat/T1/U1", []string{"engineers", "leads"}, "northwind", Partner, []Role{Agent}},
	} {
		p, ok := d.ByMember(c.user, "Robin Sample", c.groups)
		if !ok || p.Party != c.party || p.Side() != c.side || len(p.Roles) != len(c.roles) {
			t.Errorf("%s: %+v, want %s as %v", c.name, p, c.party, c.roles)
			continue
		}
		for _, r := range c.roles {
			if !p.Has(r) {
				t.Errorf("%s: %v, want %v", c.name, p.Roles, c.roles)
			}
		}
	}
	if _, ok := d.ByMember("chat/T2/U2", "", []string{"engineers"}); ok {
		t.Error("somebody of another workspace is known by a group's name")
	}
}
