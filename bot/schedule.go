package bot

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule wakes the desk. The cron library is an alarm clock and no more: constant specs in UTC, no job
// twice at once, panics caught (SLA.md §4 has what was measured of it). What is due is computed from rows,
// so a tick that comes late, early or twice changes nothing. A watchdog on the monotonic clock ticks by
// itself when the alarm has fallen silent, as it may when the system's clock is set back.
type Schedule struct {
	Log   *slog.Logger
	Every time.Duration                   // 0 is 5 s.
	Tick  func(ctx context.Context) error // The sweep.
	Daily func(ctx context.Context) error // Pruning and other housekeeping, about once an hour.

	last   atomic.Pointer[time.Time] // When the last good tick was, with its monotonic reading.
	single atomic.Bool
}

// Run ticks until ctx ends.
func (s *Schedule) Run(ctx context.Context) {
	if s.Every == 0 {
		s.Every = 5 * time.Second
	}
	s.stamp() // The watchdog counts from here until the first good tick.
	logger := cronLog{s.Log}
	c := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(logger),
		cron.WithChain(cron.Recover(logger), cron.SkipIfStillRunning(logger)))
	c.Schedule(cron.Every(s.Every), cron.FuncJob(func() { s.tick(ctx) }))
	if s.Daily != nil {
		c.Schedule(cron.Every(time.Hour), cron.FuncJob(func() {
			if err := s.Daily(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("housekeeping failed", "err", err)
			}
		}))
	}
	s.tick(ctx) // What fell due while the desk was down is not left waiting for the alarm.
	c.Start()
	watch := time.NewTicker(max(s.Every, time.Second))
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			<-c.Stop().Done()
			return
		case <-watch.C:
			if s.SinceTick() > 3*s.Every {
				s.Log.Warn("the alarm fell silent; the watchdog ticks")
				s.tick(ctx)
			}
		}
	}
}

// tick runs one sweep, never two at once.
func (s *Schedule) tick(ctx context.Context) {
	if ctx.Err() != nil || !s.single.CompareAndSwap(false, true) {
		return
	}
	defer s.single.Store(false)
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("the sweep panicked", "panic", p)
		}
	}()
	if err := s.Tick(ctx); err != nil {
		if ctx.Err() == nil {
			s.Log.Error("the sweep failed", "err", err)
		}
		return
	}
	s.stamp()
}

func (s *Schedule) stamp() {
	now := time.Now()
	s.last.Store(&now)
}

// SinceTick is how long ago the last good tick was, by the monotonic clock. For /readyz.
func (s *Schedule) SinceTick() time.Duration {
	if last := s.last.Load(); last != nil {
		return time.Since(*last)
	}
	return 0
}

// cronLog passes the library's words on; its routine ones are noise.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(string, ...any) {}

func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("the alarm clock: "+msg, append(kv, "err", err)...)
}
