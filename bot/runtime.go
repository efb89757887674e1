package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// Runtime is the running bot: the platforms, what they hand in, what goes out, and the alarm clock.
// Build it, Run it, and it ends with its context.
type Runtime struct {
	Platforms []Platform
	Inbox     Inbox
	Delivery  *Delivery
	Schedule  *Schedule
}

// Run runs every part until ctx ends or a platform fails for good; it returns when all have stopped and
// what was being sent is recorded.
func (r *Runtime) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if held, ok := r.Inbox.(interface{ Stop() }); ok {
		defer context.AfterFunc(ctx, held.Stop)()
	}
	var wg sync.WaitGroup
	errs := make(chan error, len(r.Platforms))
	for _, p := range r.Platforms {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := p.Run(ctx, r.Inbox); err != nil && ctx.Err() == nil {
				errs <- fmt.Errorf("platform %s: %w", p.Name(), err)
				cancel()
			}
		}()
	}
	for _, part := range []func(context.Context){r.Delivery.Run, r.Schedule.Run} {
		wg.Add(1)
		go func() { defer wg.Done(); part(ctx) }()
	}
	wg.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(all...)
}

// Ready gives nil when every platform is connected and the alarm has ticked lately.
func (r *Runtime) Ready() error {
	var all []error
	for _, p := range r.Platforms {
		if err := p.Ready(); err != nil {
			all = append(all, fmt.Errorf("platform %s: %w", p.Name(), err))
		}
	}
	if quiet := r.Schedule.SinceTick(); quiet > time.Minute {
		all = append(all, fmt.Errorf("the last tick was %s ago", quiet.Round(time.Second)))
	}
	return errors.Join(all...)
}
