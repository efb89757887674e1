package playground

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Clock is the desk's time in the playground: the real time and an offset that people can push
// forward, so that reminders, breaches and the digest happen while they watch. It is a bot.Clock and
// safe for concurrent use.
type Clock struct {
	base func() time.Time

	mu     sync.Mutex
	offset time.Duration
	step   Stepper
	due    func(ctx context.Context) (time.Time, bool, error)
	moved  func()

	moving sync.Mutex // Held while the time is being moved: one journey at a time.
}

// Stepper does on the way to a time whatever falls due before it. It calls set with each instant at
// which something is due, in order, and lets the desk act there; the clock itself sets the last one.
type Stepper func(ctx context.Context, to time.Time, set func(time.Time)) error

// errBackward is why a clock is not moved: what was due has happened and cannot be taken back.
var errBackward = errors.New("the clock only moves forward")

// longestMove bounds one move. A year of cadences is more than anybody wants to read.
const longestMove = 400 * 24 * time.Hour

// NewClock makes a clock that runs with base; nil is the machine's own.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now gives the desk's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.offset).UTC()
}

// Set puts the clock to a time without letting anything happen on the way: for seeding the past.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	c.offset = t.Sub(c.base())
	moved := c.moved
	c.mu.Unlock()
	if moved != nil {
		moved()
	}
}

// Steps hands in what has to happen on the way, and what falls due next. Either may be nil.
func (c *Clock) Steps(step Stepper, due func(ctx context.Context) (time.Time, bool, error)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.step, c.due = step, due
}

// Advance moves the time forward by d, with everything that falls due on the way.
func (c *Clock) Advance(ctx context.Context, d time.Duration) error {
	return c.MoveTo(ctx, c.Now().Add(d))
}

// MoveTo moves the time forward to an instant, with everything that falls due on the way.
func (c *Clock) MoveTo(ctx context.Context, to time.Time) error {
	c.moving.Lock()
	defer c.moving.Unlock()
	now := c.Now()
	if !to.After(now) {
		return errBackward
	}
	if to.Sub(now) > longestMove {
		return fmt.Errorf("the clock moves at most %d days at once", int(longestMove.Hours()/24))
	}
	c.mu.Lock()
	step := c.step
	c.mu.Unlock()
	if step != nil {
		if err := step(ctx, to, c.forward); err != nil {
			return fmt.Errorf("moving the clock: %w", err)
		}
	}
	c.forward(to)
	return nil
}

// forward sets the time unless it has gone past already, which the real time may have done meanwhile.
func (c *Clock) forward(t time.Time) {
	if t.After(c.Now()) {
		c.Set(t)
	}
}

// nextDue says when something falls due next.
func (c *Clock) nextDue(ctx context.Context) (time.Time, bool, error) {
	c.mu.Lock()
	due := c.due
	c.mu.Unlock()
	if due == nil {
		return time.Time{}, false, nil
	}
	return due(ctx)
}

// current gives the offset, to be kept between runs.
func (c *Clock) current() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}

// nextAt gives the next instant at which the wall clock of a zone reads hour:00, on a given weekday or
// on any day (negative). It steps over civil dates, since a day is not always 24 hours long.
func nextAt(now time.Time, loc *time.Location, hour int, weekday time.Weekday) time.Time {
	local := now.In(loc)
	for i := range 9 {
		t := time.Date(local.Year(), local.Month(), local.Day()+i, hour, 0, 0, 0, loc)
		if t.After(now) && (weekday < 0 || t.Weekday() == weekday) {
			return t
		}
	}
	return now.Add(24 * time.Hour) // Not reached: nine days hold every weekday once.
}

// onMove has f called after each move, outside the lock.
func (c *Clock) onMove(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.moved = f
}
