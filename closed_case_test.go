package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"casebot/bot/bottest"
	"casebot/desk"
	"casebot/story"
)

// whileAway is what an engineer says while the partner's side takes nothing, in this order.
var whileAway = []string{"Please do not restart till four.", "We see the coupon that freezes it.", "A fix goes out at noon."}

// closedCase is a case in the middle of whose life the partner's workspace or guild takes nothing of the desk for a while.
type closedCase struct {
	*testing.T
	scene *story.World
	ready func() error    // What /readyz says.
	said  func() []string // Everything that stands in the partner's room about the case, in order.
}

// tell plays lines of the one case.
func (c *closedCase) tell(lines ...string) {
	c.Helper()
	var told strings.Builder
	if err := story.Run(c.Context(), c.scene, []byte(strings.Join(lines, "\n")), &told); err != nil {
		c.Fatalf("%v\n%s", err, tail(told.String(), 30))
	}
}

// until waits for what happens after the platform had its answer.
func (c *closedCase) until(what string, holds func() bool) {
	c.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			c.Fatalf("%s never came true; ready: %v", what, c.ready())
		}
	}
}

// begins files a case that both sides have in hand.
func (c *closedCase) begins() {
	c.Helper()
	c.tell("it is 2026-11-17 10:00 America/Chicago", tillCase, `dana sees "is filed as Sev 3"`, "dana: /case escalate NW-1001",
		"erin: ack", `dana sees "Erin Demo (Harbor Software) has the case"`)
	if err := c.ready(); err != nil {
		c.Fatalf("before anything happened: %v", err)
	}
}

// goesOn has both sides go on while the partner's side is closed. The provider's duty manager reads what waits, and what
// the list says of it; what a person writes where nobody listens stands in the room, and the desk says nothing there.
func (c *closedCase) goesOn(dana desk.Person, at bottest.Spot, listed ...string) {
	c.Helper()
	before := len(c.said())
	for _, line := range whileAway {
		c.tell("the case is NW-1001", "erin: @casebot reply "+line, "one minute passes")
	}
	c.tell("the case is NW-1001", "erin: /case note NW-1001 Looks like the coupon cache.", `erin sees "Looks like the coupon cache."`, "pia: /case undelivered")
	for _, line := range listed {
		c.tell(`pia sees "` + line + `"`)
	}
	if _, err := c.scene.Work.Say(c.Context(), dana, at, "It also freezes at till five.", nil); err != nil {
		c.Fatal(err)
	}
	if n := len(c.said()); n != before+1 {
		c.Errorf("the side that takes nothing got %d messages", n-before-1)
	}
}

// goesOnAgain sees that what waited arrived once and in order, and that the case goes on on both sides.
func (c *closedCase) goesOnAgain(settle func()) {
	c.Helper()
	c.until("the partner's side is ready again", func() bool { return c.ready() == nil })
	settle()
	// What waits is tried every minute.
	c.tell("the case is NW-1001", "one minute passes", `erin sees "It also freezes at till five."`)
	var got []string
	for _, said := range c.said() {
		for _, line := range whileAway {
			if strings.Contains(said, line) {
				got = append(got, line)
			}
		}
	}
	if !slices.Equal(got, whileAway) {
		c.Errorf("of what waited there arrived %q, want %q", got, whileAway)
	}
	c.tell("the case is NW-1001", "dana: Since the update of this morning.", `erin sees "Since the update of this morning."`,
		"erin: @casebot reply Thank you, that helps.", `dana sees "Thank you, that helps."`,
		"nora: /case undelivered", `nora sees "Everything was delivered"`, "pia: /case undelivered", `pia sees "Everything was delivered"`)
}
