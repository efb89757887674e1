package bot

import (
	"context"
	"log/slog"
	"runtime/debug"
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
	tried  atomic.Pointer[time.Time] // When the last tick began, good or not: what the watchdog watches.
	single atomic.Bool
	alarm  func(ctx context.Context) (stop func()) // Nil: the cron library.
}

// Run ticks until ctx ends.
func (s *Schedule) Run(ctx context.Context) {
	if s.Every == 0 {
		s.Every = 5 * time.Second
	}
	stamp(&s.tried)
	stamp(&s.last) // SinceTick counts from here until the first good tick.
	s.tick(ctx)    // What fell due while the desk was down is not left waiting for the alarm.
	start := s.alarm
	if start == nil {
		start = s.cron
	}
	stop := start(ctx)
	watch := time.NewTicker(max(s.Every, time.Second))
	defer watch.Stop()
	for {
		select {
		case <-ctx.Done():
			stop()
			return
		case <-watch.C:
			if time.Since(*s.tried.Load()) > 3*s.Every {
				s.Log.Warn("the alarm fell silent; the watchdog ticks")
				s.tick(ctx)
			}
		}
	}
}

// cron sets the alarm and gives what stops it and waits for a job under way.
func (s *Schedule) cron(ctx context.Context) (stop func()) {
	logger := cronLog{s.Log}
	// Recover stands inside: a panic that passes through SkipIfStillRunning leaves the job marked as
	// running, and it is skipped for ever (measured with v3.0.1).
	c := cron.New(cron.WithLocation(time.UTC), cron.WithLogger(logger),
		cron.WithChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)))
	c.Schedule(cron.Every(s.Every), cron.FuncJob(func() { s.tick(ctx) }))
	if s.Daily != nil {
		c.Schedule(cron.Every(time.Hour), cron.FuncJob(func() {
			if err := s.Daily(ctx); err != nil && ctx.Err() == nil {
				s.Log.Error("housekeeping failed", "err", err)
			}
		}))
	}
	c.Start()
	return func() { <-c.Stop().Done() }
}

// tick runs one sweep, never two at once.
func (s *Schedule) tick(ctx context.Context) {
	if ctx.Err() != nil || !s.single.CompareAndSwap(false, true) {
		return
	}
	defer s.single.Store(false)
	stamp(&s.tried)
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("the sweep panicked", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	if err := s.Tick(ctx); err != nil {
		if ctx.Err() == nil {
			s.Log.Error("the sweep failed", "err", err)
		}
		return
	}
	stamp(&s.last)
}

// stamp keeps an instant with its monotonic reading, which no change of the system's clock moves.
func stamp(at *atomic.Pointer[time.Time]) {
	now := time.Now()
	at.Store(&now)
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
