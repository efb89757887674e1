package main

// seedCases is the demo's past. The customers are demo customers of a demo product.
var seedCases = func() []seedCase {
	const (
		pos, office, pay, mobile, api = "Harbor Tills", "Harbor Stock", "Harbor Pay", "Harbor Tills", "Harbor API"
		defect, config, howto         = "Defect", "Configuration", "How-to"
		slow, link, data              = "Backend or integration", "Backend or integration", "Data integrity"
	)
	full := func(c seedCase) seedCase {
		if c.environment == "" {
			c.environment = c.product + " 6.2.1 on Windows 11, cable network, nothing changed lately"
		}
		if c.steps == "" {
			c.steps = "1 Sign in as cashier. 2 Do what the summary says. 3 Read the message. Expected success, got the failure."
		}
		if c.impact == "" {
			c.impact = "One store works slower than usual, customers notice it"
		}
		if c.log == "" {
			c.log = "10:41:07 till 3 start\n10:41:09 till 3 send\n10:41:39 till 3 no answer, giving up\n"
		}
		return c
	}
	cases := []seedCase{
		{day: 0.65, agent: "dana", severity: 3, customer: "Demo Outdoor, store 4", product: pos, category: config, summary: "Receipt printer prints blank paper after paper change", path: tier1Solved, score: 5, answer: "The paper roll was in upside down. Turned it and printed a test page."},
		{day: 0.7, agent: "sven", severity: 4, customer: "Demo Bakery Nord", product: office, category: howto, summary: "How to add a second price list for wholesale", path: tier1Solved, score: 4, answer: "Showed where price lists are added and sent the article."},
		{day: 1.6, agent: "milo", engineer: "erin", severity: 2, customer: "Demo Garden Centre", product: pay, category: defect, summary: "Refunds fail with HB-4012 at every till", impact: "No refunds since opening, three customers waiting", path: escalatedFixed, score: 5, answer: "The refund limit was not copied to the new terminals. It is set now and tested with one refund."},
		{day: 1.9, agent: "sara", severity: 3, customer: "Demo Hotel Shop", product: mobile, category: config, summary: "Handheld scanner loses the network behind the counter", path: tier1Solved, answer: "Moved the access point and fixed the channel."},
		{day: 2.62, agent: "dana", engineer: "egon", severity: 1, customer: "Demo Grocers, all stores", product: pay, category: defect, summary: "No card payments in any store since 07:30", impact: "Eleven stores take cash only, long queues", live: true, path: workedAround, score: 4, answer: "A certificate had run out on the payment gateway. It is renewed and card payments work in all stores."},
		{day: 2.8, agent: "sven", severity: 4, customer: "Demo Toys", product: office, category: "Enhancement", summary: "Wish: export the stock list with the supplier number", path: noAnswer, score: 3, answer: "Passed on as a wish; the export with a custom column works meanwhile."},
		{day: 3.6, agent: "milo", severity: 3, customer: "Demo Books, store 2", product: pos, category: howto, summary: "Cashier cannot void a line after payment started", path: tier1Solved, score: 5, answer: "Explained the cancel key and that a manager code is needed."},
		{day: 3.75, agent: "sara", engineer: "elif", severity: 2, customer: "Demo Market Hall", product: office, category: slow, summary: "Stock counts arrive an hour late in the back office", impact: "Orders are placed on old numbers at two stores", path: lateAck, score: 2, answer: "The nightly job blocked the queue. It runs in its own queue now."},
		{day: 4.7, agent: "dana", engineer: "erin", severity: 3, customer: "Demo Outdoor, store 9", product: api, category: link, summary: "Web shop orders do not reach the till", path: returnedOnce, score: 4, answer: "The web shop key had been changed. The new key is entered and orders arrive."},
		{day: 5.6, agent: "sven", severity: 3, customer: "Demo Bakery Süd", product: pos, category: config, summary: "Wrong tax rate on take-away coffee", path: tier1Solved, score: 5, answer: "Set the article group to the reduced rate."},
		{day: 7.6, agent: "milo", engineer: "egon", severity: 2, customer: "Demo Pharmacy", product: pos, category: defect, summary: "Till freezes with HB-2207 when two coupons are scanned", impact: "Every second sale with coupons must be started again", path: reopenedOnce, score: 3, answer: "The coupon rule ran twice. Fixed in 6.2.2, which is installed at all tills."},
		{day: 7.9, agent: "sara", severity: 4, customer: "Demo Hotel Shop", product: office, category: howto, summary: "How to see who changed a price", path: tier1Solved, score: 5, answer: "Showed the change log."},
		{day: 8.6, agent: "dana", severity: 3, customer: "Demo Books, store 5", product: mobile, category: defect, summary: "Mobile till shows yesterday's date on receipts", path: tier1Solved, score: 4, answer: "The device clock was wrong. Switched on automatic time."},
		{day: 8.7, agent: "milo", engineer: "elif", severity: 2, customer: "Demo Fashion", product: pay, category: link, summary: "Gift cards of the old system are refused with HB-4105", impact: "Customers with gift cards are sent home", path: escalatedFixed, score: 5, answer: "The range of the old cards was missing. It is added and tested with three cards."},
		{day: 9.65, agent: "sven", engineer: "erin", severity: 3, customer: "Demo Toys", product: office, category: defect, summary: "Supplier invoice import stops at line 500", path: escalatedFixed, score: 4, answer: "The import takes longer files now, from 6.2.3 on."},
		{day: 10.6, agent: "dana", severity: 4, customer: "Demo Garden Centre", product: pos, category: howto, summary: "Change the text at the bottom of the receipt", path: tier1Solved, answer: "Sent the article and stayed on the phone while they changed it."},
		{day: 10.8, agent: "sara", severity: 3, customer: "Demo Market Hall", product: pos, category: config, summary: "Scale shows kilograms, till wants grams", path: noAnswer, score: 2, answer: "Set the unit at the scale."},
		{day: 11.62, agent: "milo", engineer: "egon", severity: 1, customer: "Demo Fuel, 24 hour sites", product: pos, category: defect, summary: "All tills show offline after the night update", impact: "Six sites cannot sell at all", live: true, path: escalatedFixed, score: 5, answer: "The update had left a service switched off. It is started everywhere and the update is corrected."},
		{day: 12.7, agent: "sven", severity: 3, customer: "Demo Bakery Nord", product: mobile, category: howto, summary: "Pair a new card reader with the tablet", path: tier1Solved, score: 5, answer: "Guided them through pairing."},
		{day: 14.6, agent: "dana", engineer: "elif", severity: 2, customer: "Demo Grocers, store 3", product: pos, category: slow, summary: "Self checkout takes a minute a sale since Monday", impact: "Four of six self checkouts are closed", path: escalatedFixed, score: 4, answer: "A picture folder had grown to forty gigabytes. It is emptied every night now."},
		{day: 14.8, agent: "milo", engineer: "erin", severity: 3, customer: "Demo Outdoor, store 12", product: pos, category: defect, summary: "Card payments fail with HB-4012 after the 6.2 update", path: returnedOnce, score: 4, answer: "The terminal needed its keys again after the update."},
		{day: 15.6, agent: "sara", severity: 4, customer: "Demo Hotel Shop", product: office, category: howto, summary: "Print price tags in two languages", path: tier1Solved, score: 4, answer: "Sent the template and the steps."},
		{day: 15.9, agent: "sven", engineer: "egon", severity: 2, customer: "Demo Toys", product: pay, category: defect, summary: "Two customers were charged twice with HB-4012", impact: "Two complaints, the owner is upset", path: lateAck, score: 1, answer: "The second charge is given back. The till asks before it sends again now."},
		{day: 16.7, agent: "dana", severity: 3, customer: "Demo Books, store 2", product: office, category: config, summary: "New employee does not see the returns page", path: tier1Solved, score: 5, answer: "Gave the role the missing right."},
		{day: 17.65, agent: "milo", severity: 3, customer: "Demo Pharmacy", product: pos, category: config, summary: "Loyalty points are not printed on the receipt", path: awaitsCustomer},
		{day: 18.6, agent: "sara", severity: 3, customer: "Demo Market Hall", product: mobile, category: defect, summary: "Handheld shows stock of the wrong branch", path: stillOpen},
		{day: 18.9, agent: "dana", engineer: "erin", severity: 2, customer: "Demo Fashion", product: office, category: data, summary: "Stock of 40 articles went negative over night", impact: "Web shop sells what is not there", path: workedAround, score: 4, answer: "The double booking is repaired and the cause is fixed in 6.2.4."},
		{day: 19.62, agent: "sven", severity: 4, customer: "Demo Bakery Süd", product: pos, category: howto, summary: "Open the cash drawer without a sale", path: tier1Solved, score: 5, answer: "Showed the key and the report it writes."},
		{day: 20.3, agent: "milo", severity: 3, customer: "Demo Garden Centre", product: pos, category: defect, summary: "Discount is lost when a sale is parked", path: stillOpen},
		{day: 20.55, agent: "dana", engineer: "elif", severity: 2, customer: "Demo Grocers, store 7", product: pay, category: link, summary: "Meal vouchers are refused since this morning", impact: "Lunch customers with vouchers are turned away", path: stillUp},
	}
	for i := range cases {
		cases[i] = full(cases[i])
	}
	return cases
}()
