package bot

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"casebot/desk"
)

// run runs a schedule for a while of the bubble's time and ends it.
func run(s *Schedule, span time.Duration) {
	ctx, stop := context.WithTimeout(context.Background(), span)
	defer stop()
	s.Run(ctx)
}

func TestScheduleTicks(t *testing.T) {
	for name, tick := range map[string]func(n int32) error{
		"good":     func(int32) error { return nil },
		"failing":  func(int32) error { return errors.New("the store is away") },
		"panicky":  func(int32) error { panic("in the sweep") },
		"slow":     func(int32) error { time.Sleep(12 * time.Second); return nil },
		"stumbles": func(n int32) error { return map[bool]error{true: errors.New("once")}[n == 3] },
	} {
		synctest.Test(t, func(t *testing.T) {
			var n, at, most atomic.Int32
			s := &Schedule{Log: slog.New(slog.DiscardHandler), Tick: func(context.Context) error {
				most.Store(max(most.Load(), at.Add(1)))
				defer at.Add(-1)
				return tick(n.Add(1))
			}}
			run(s, time.Minute+time.Second)
			if most.Load() != 1 {
				t.Errorf("%s: %d sweeps at once", name, most.Load())
			}
			if want := map[string]int32{"slow": 4}[name]; n.Load() < max(want, 4) || name != "slow" && n.Load() < 12 || n.Load() > 14 {
				t.Errorf("%s: %d ticks in a minute", name, n.Load())
			}
			late := s.SinceTick() > 20*time.Second
			if bad := name == "failing" || name == "panicky"; late != bad {
				t.Errorf("%s: the last good tick was %v ago", name, s.SinceTick())
			}
		})
	}
}

// The alarm falls silent, as when the system's clock is set back by a day: the watchdog goes on.
func TestWatchdog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		s := &Schedule{Log: slog.New(slog.DiscardHandler), Tick: func(context.Context) error { n.Add(1); return nil },
			alarm: func(context.Context) func() { return func() {} }}
		run(s, 10*time.Minute)
		if n.Load() < 25 || s.SinceTick() > 20*time.Second {
			t.Errorf("%d ticks in ten minutes without an alarm, the last %v ago", n.Load(), s.SinceTick())
		}
	})
}

func TestHousekeepingIsHourly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n atomic.Int32
		run(&Schedule{Log: slog.New(slog.DiscardHandler), Tick: func(context.Context) error { return nil },
			Daily: func(context.Context) error { n.Add(1); panic("in the housekeeping") }}, 5*time.Hour+time.Minute)
		if n.Load() != 5 {
			t.Errorf("%d rounds in five hours", n.Load())
		}
	})
}

// A platform that fails for good ends the whole run with its reason; the end of the context ends it without.
func TestRuntimeEnds(t *testing.T) {
	broken := errors.New("the token was revoked")
	for _, c := range []struct {
		err  error
		want time.Duration
	}{{nil, time.Minute}, {broken, 10 * time.Second}} {
		synctest.Test(t, func(t *testing.T) {
			log := slog.New(slog.DiscardHandler)
			r := &Runtime{Platforms: []Platform{part{}, part{err: c.err, after: 10 * time.Second}},
				Delivery: &Delivery{Store: nothing{}, Clock: wall{}, Log: log}, Schedule: &Schedule{Log: log, Tick: func(context.Context) error { return nil }}}
			ctx, stop := context.WithTimeout(context.Background(), time.Minute)
			defer stop()
			began := time.Now()
			err := r.Run(ctx)
			if took := time.Since(began); took != c.want || !errors.Is(err, c.err) {
				t.Errorf("ended after %v with %v", took, err)
			}
			if r.Ready() != nil {
				t.Errorf("ready says %v", r.Ready())
			}
			time.Sleep(5 * time.Minute)
			if r.Ready() == nil {
				t.Error("no tick for five minutes and it is ready")
			}
		})
	}
}

// part is a platform that ends as a test wants.
type part struct {
	Platform
	err   error
	after time.Duration
}

func (p part) Name() string { return "part" }
func (p part) Ready() error { return nil }
func (p part) Run(ctx context.Context, _ Inbox) error {
	if p.err != nil {
		time.Sleep(p.after)
		return p.err
	}
	<-ctx.Done()
	return nil
}

// nothing is a store with an empty outbox.
type nothing struct{ desk.Store }

func (nothing) Update(context.Context, func(desk.Tx) error) error { return nil }

type wall struct{}

func (wall) Now() time.Time { return time.Now() }
