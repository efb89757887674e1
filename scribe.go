package main

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"casebot/bot"
	"casebot/desk"
)

const (
	lostAfter     = 5 * time.Minute    // What takes longer was interrupted: one request ends after 45 s.
	keepProposals = 7 * 24 * time.Hour // After this a proposal is thrown away; what was made of it is a draft or an act.
)

// scribe has the writing helper write for people. A model takes longer than a chat waits for an answer, so it writes
// in the background and the proposal goes out as any other message to one person does, by the outbox.
type scribe struct {
	desk   *desk.Desk
	helper desk.Assistant
	clock  bot.Clock
	log    *slog.Logger
	nudge  func()

	jobs   sync.WaitGroup
	ctx    context.Context
	cancel context.CancelFunc
}

func newScribe(d *desk.Desk, helper desk.Assistant, clock bot.Clock, log *slog.Logger, nudge func()) *scribe {
	s := &scribe{desk: d, helper: helper, clock: clock, log: log, nudge: nudge}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	return s
}

// close ends what is under way: whoever waits for it is told that it was interrupted.
func (s *scribe) close() {
	s.cancel()
	s.jobs.Wait()
}

// Offers says whether something may be given to the helper.
func (s *scribe) Offers(ctx context.Context, ask desk.AssistAsk) bool {
	return s.complete(ctx, &ask) == nil && s.helper.Refuses(ask) == nil
}

// mayOffer is Offers for a message to a whole side.
func (s *scribe) mayOffer(ctx context.Context, task desk.AssistTask, c *desk.Case) bool {
	return s.Offers(ctx, desk.AssistAsk{Task: task, Case: c})
}

// complete adds what the asker need not know of: the handbook, the directory, and every case this one is linked
// with. One that cannot be read counts as private.
func (s *scribe) complete(ctx context.Context, ask *desk.AssistAsk) error {
	ask.Dir, ask.Book = s.desk.Dir, s.desk.Book
	if ask.Case == nil {
		return nil
	}
	ask.Book = s.desk.BookOf(ctx, ask.Case)
	ids := append([]string{}, ask.Case.Linked...)
	if ask.Case.MergedInto != "" {
		ids = append(ids, ask.Case.MergedInto)
	}
	return s.desk.Store.View(ctx, func(r desk.Reader) error {
		kin := ask.Kin
		for _, id := range ids {
			c, err := r.Case(id)
			if desk.KindOf(err) == desk.KindNotFound {
				c, err = &desk.Case{ID: id, Restricted: true}, nil
			}
			if err != nil {
				return err
			}
			kin = append(kin, c)
		}
		ask.Kin = kin
		return nil
	})
}

// Ask has a proposal written. What may not leave is refused at once, in a sentence.
func (s *scribe) Ask(ctx context.Context, ask desk.AssistAsk) (again bool, err error) {
	if err := s.complete(ctx, &ask); err != nil {
		return false, err
	}
	if err := s.helper.Refuses(ask); err != nil {
		return false, err
	}
	id := ""
	if ask.Case != nil {
		id = ask.Case.ID
	}
	w, ok, err := s.desk.WantProposal(ctx, ask.By, ask.Task, id, s.clock.Now())
	if err != nil || !ok {
		return !ok, err
	}
	s.jobs.Add(1)
	go func() {
		defer s.jobs.Done()
		s.write(w, ask)
	}()
	return false, nil
}

// write asks the helper and has the person told how it ended, whatever that is.
func (s *scribe) write(w desk.Wanted, ask desk.AssistAsk) {
	p, err := s.propose(ask)
	sorry := ""
	if err != nil {
		var e *desk.Error
		if sorry = "The writing helper failed. Write it yourself, or ask again."; errors.As(err, &e) {
			sorry = e.Say
		}
	}
	// The program may be ending; the message still goes out, now or after the next start.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 5*time.Second)
	defer cancel()
	if err := s.desk.EndProposal(ctx, w, p, sorry, s.clock.Now()); err != nil {
		s.log.Error("a proposal could not be kept", "task", w.Task, "err", err)
		return
	}
	s.nudge()
}

// propose reads the case anew, as the asker may read it now, and asks. A panic is a failure like any other.
func (s *scribe) propose(ask desk.AssistAsk) (p desk.Proposal, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			s.log.Error("the writing helper panicked", "task", ask.Task, "panic", fault, "stack", string(debug.Stack()))
			err = errors.New("panic")
		}
	}()
	if ask.Case != nil {
		if ask.Case, ask.Events, err = s.desk.Timeline(s.ctx, ask.By, ask.Case.ID); err != nil {
			return p, err
		}
		ask.Kin = nil
		if err := s.complete(s.ctx, &ask); err != nil {
			return p, err
		}
	}
	return s.helper.Propose(s.ctx, ask)
}
