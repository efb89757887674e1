package main

import "casebot/desk"

// demoPlatform is what the demo's homes write under platform.
const demoPlatform = "playground"

// demoDirectory is the desk of the playground: one provider, two partners, twelve people. All of them are
// demo people, and say so by their name.
func demoDirectory(platform string) (*desk.Directory, error) {
	person := func(id, name, party string, roles ...desk.Role) desk.Person {
		return desk.Person{ID: id, Name: name, Party: party, Roles: roles,
			Accounts: []desk.Account{desk.Account(platform + "/" + party + "/" + id)}}
	}
	home := func(party string) desk.Home {
		return desk.Home{ID: party, Party: party, Platform: platform, Workspace: party, Cases: "cases", Review: "ops-review"}
	}
	return desk.NewDirectory(
		[]desk.Party{
			{ID: "harbor", Name: "Harbor Software", Kind: desk.Provider, Key: "HB", Zone: "America/Los_Angeles", Calendar: "harbor", Home: "harbor", AfterHours: true, Contact: "pia"},
			{ID: "northwind", Name: "Northwind Retail IT", Kind: desk.Partner, Key: "NW", Zone: "America/Chicago", Calendar: "northwind", Home: "northwind", AfterHours: true, Contact: "nora"},
			{ID: "southgate", Name: "Southgate Systems", Kind: desk.Partner, Key: "SG", Zone: "Europe/Berlin", Calendar: "southgate", Home: "southgate", Contact: "stefan"},
		},
		[]desk.Home{home("harbor"), home("northwind"), home("southgate")},
		[]desk.Person{
			person("dana", "Dana Demo", "northwind", desk.Agent),
			person("milo", "Milo Demo", "northwind", desk.Agent),
			person("nora", "Nora Demo", "northwind", desk.DutyManager),
			person("nils", "Nils Demo", "northwind", desk.Observer),
			person("sven", "Sven Demo", "southgate", desk.Agent),
			person("sara", "Sara Demo", "southgate", desk.Agent),
			person("stefan", "Stefan Demo", "southgate", desk.DutyManager),
			person("erin", "Erin Demo", "harbor", desk.Engineer),
			person("egon", "Egon Demo", "harbor", desk.Engineer),
			person("elif", "Elif Demo", "harbor", desk.Engineer),
			person("pia", "Pia Demo", "harbor", desk.DutyManager),
			person("ada", "Ada Demo", "harbor", desk.Administrator),
		})
}
