package desk

import (
	"fmt"
	"strconv"
	"time"
)

// NoticePager is an event for a pager outside of chat; ToPager is its place. Data: action, dedup, severity, case,
// step, called, at. One alert lives per escalation: its dedup key is the case with the number of the escalation.
const (
	NoticePager NoticeKind = "pager"
	ToPager     Place      = "pager"

	PagerTrigger = "trigger"
	PagerAck     = "acknowledge"
	PagerResolve = "resolve"
)

// pager writes what a party's pager is to be told of an event: a call of the ladder for Sev 1 and 2, the
// acknowledgement, and the end. Only a Provider that named a pager has one.
func (n *notices) pager(e Event) {
	provider := n.dir.Provider()
	if provider.PagerKey == "" || n.c.Escalations == 0 {
		return
	}
	put := func(action string, more map[string]string) {
		data := map[string]string{"action": action, "dedup": fmt.Sprintf("casebot/%s/%d", n.c.ID, n.c.Escalations)}
		for k, v := range more {
			data[k] = v
		}
		n.put(Notice{Kind: NoticePager, Place: ToPager, Party: provider.ID, Seq: e.Seq, Data: data})
	}
	switch b := e.Body.(type) {
	case Paged:
		if n.c.Severity <= Sev2 {
			put(PagerTrigger, map[string]string{"severity": strconv.Itoa(int(n.c.Severity)), "case": n.c.ID, "step": strconv.Itoa(b.Step),
				"called": b.Name, "at": e.At.UTC().Format(time.RFC3339)})
		}
	case Acknowledged:
		put(PagerAck, nil)
	case Resolved, Returned, TakenBack, Withdrawn, Merged, Closed:
		put(PagerResolve, nil)
	}
}
