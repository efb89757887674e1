package desk

import "testing"

// An engineer of the Provider whom the home's default role lets in is told of a wait at the Provider's home. At the Partner's
// nobody has such an account.
func TestSomebodyNotListedIsToldAtTheirOwnHome(t *testing.T) {
	dir, err := NewDirectory([]Party{
		{ID: "harbor", Name: "Harbor", Kind: Provider, Home: "hb"},
		{ID: "northwind", Name: "Northwind", Kind: Partner, Key: "NW", Home: "nw"},
	}, []Home{
		{ID: "hb", Party: "harbor", Platform: "fake", Workspace: "harbor", Cases: "escalations", DefaultRole: Engineer},
		{ID: "nw", Party: "northwind", Platform: "fake", Workspace: "northwind", Cases: "cases"},
	}, []Person{{ID: "dana", Name: "Dana Demo", Party: "northwind", Roles: []Role{Agent}, Accounts: []Account{"fake/northwind/u1"}}})
	if err != nil {
		t.Fatal(err)
	}
	n := notices{dir: dir, c: &Case{ID: "NW-1001", Tenant: "northwind"}}
	for _, c := range []struct{ person, want string }{
		{"dana", "northwind"},
		{"fake/harbor/u7", "harbor"},
		{"fake/northwind/u8", "northwind"},
		{"fake/elsewhere/u9", "northwind"},
	} {
		if got := n.partyOf(c.person); got != c.want {
			t.Errorf("%s is told at %s's home, want %s", c.person, got, c.want)
		}
	}
}
