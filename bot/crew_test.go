package bot

import (
	"context"
	"slices"
	"sync"
	"testing"
)

// Whoever enters a lane first is carried out first, whichever goroutine comes to run first; other lanes do not wait.
func TestLanesKeepTheOrderOfArrival(t *testing.T) {
	var l Lanes
	var order []int
	var runs []func(func())
	for range 20 {
		runs = append(runs, l.Enter("channel"))
	}
	var done sync.WaitGroup
	for i, run := range slices.Backward(runs) { // The last one is started first.
		done.Go(func() { run(func() { order = append(order, i) }) })
	}
	l.Enter("another")(func() {})
	done.Wait()
	if !slices.IsSorted(order) || len(order) != 20 {
		t.Errorf("carried out in the order %v", order)
	}
	if len(l.tails) != 0 {
		t.Errorf("%d lanes are kept although nobody is on them", len(l.tails))
	}
}

// A panic in one thing frees the lane for the next.
func TestALaneGoesOnAfterAPanic(t *testing.T) {
	var l Lanes
	first, second := l.Enter("channel"), l.Enter("channel")
	func() {
		defer func() { recover() }()
		first(func() { panic("of one event") })
	}()
	done := false
	second(func() { done = true })
	if !done {
		t.Error("the second never ran")
	}
}

// A crew may be waited for while more is added, and the wait ends when all of it is done.
func TestACrewIsWaitedForWhileMoreComes(t *testing.T) {
	var c Crew
	c.Wait()
	var mu sync.Mutex
	n := 0
	var add func(depth int)
	add = func(depth int) {
		c.Add()
		go func() {
			defer c.Done()
			if depth > 0 {
				add(depth - 1)
			}
			mu.Lock()
			n++
			mu.Unlock()
		}()
	}
	add(10)
	c.Wait()
	if n != 11 {
		t.Errorf("%d of 11 were done when the wait ended", n)
	}
}

// What is heard before the desk is there waits for it; who goes away gets an empty answer.
func TestALateInboxHoldsWhatComesEarly(t *testing.T) {
	var i LateInbox
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if a := i.Handle(gone, &Interaction{}); a.Message != nil {
		t.Errorf("an answer out of nothing: %v", a)
	}
	answers := make(chan Answer)
	go func() { answers <- i.Handle(t.Context(), &Interaction{Text: "early"}) }()
	i.Set(inboxFunc(func(in *Interaction) Answer { m := Say(in.Text); return Answer{Message: &m} }))
	if a := <-answers; a.Message == nil || a.Message.Blocks[0].Spans[0].Text != "early" {
		t.Errorf("the early one was answered %v", a)
	}
}

type inboxFunc func(*Interaction) Answer

func (f inboxFunc) Handle(_ context.Context, in *Interaction) Answer { return f(in) }
