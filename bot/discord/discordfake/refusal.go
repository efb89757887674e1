package discordfake

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// refusal is an answer that is an error, in the vendor's form.
type refusal struct {
	status  int
	code    int
	message string
	faults  []fault
	address bool // The fault lies in the address and not in what was sent.
}

// fault is one thing wrong with a payload, and where: ["embeds", "0", "title"].
type fault struct {
	at         []string
	code, word string
}

// messages are the vendor's sentences for its error codes.
var messages = map[int]string{
	10003: "Unknown Channel", 10004: "Unknown Guild", 10007: "Unknown Member", 10008: "Unknown Message", 10011: "Unknown Role", 10013: "Unknown User",
	10014: "Unknown Emoji", 10015: "Unknown Webhook", 10062: "Unknown interaction", 10002: "Unknown Application", 10063: "Unknown application command",
	40060: "Interaction has already been acknowledged.", 50001: "Missing Access", 50005: "Cannot edit a message authored by another user",
	50006: "Cannot send an empty message", 50007: "Cannot send messages to this user", 50013: "Missing Permissions",
	50024: "Cannot execute action on this channel type", 50027: "Invalid Webhook Token", 50035: "Invalid Form Body", 50083: "Thread is archived",
	50109: "The request body contains invalid JSON.", 160004: "A thread has already been created for this message", 160005: "Thread is locked",
	30010: "Maximum number of reactions reached (20)", 50021: "Cannot execute action on a system message", 40005: "Request entity too large",
	30033: "Maximum number of thread participants has been reached", 20012: "You are not authorized to perform this action on this application",
}

func refuse(status, code int) *refusal {
	return &refusal{status: status, code: code, message: messages[code]}
}

// invalid is the refusal of a payload, code 50035 with a tree of errors.
func invalid(faults ...fault) *refusal {
	r := refuse(http.StatusBadRequest, 50035)
	r.faults = faults
	return r
}

func (r *refusal) json() map[string]any {
	out := map[string]any{"code": r.code, "message": r.message}
	if len(r.faults) > 0 {
		tree := map[string]any{}
		for _, f := range r.faults {
			node := tree
			for _, step := range f.at {
				next, _ := node[step].(map[string]any)
				if next == nil {
					next = map[string]any{}
					node[step] = next
				}
				node = next
			}
			node["_errors"] = append(items(node, "_errors"), map[string]any{"code": f.code, "message": f.word})
		}
		out["errors"] = tree
	}
	return out
}

// words tell the faults in one line, for Problems.
func (r *refusal) words() string {
	var out []string
	for _, f := range r.faults {
		out = append(out, fmt.Sprintf("%s: %s", strings.Join(f.at, "."), f.word))
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}
