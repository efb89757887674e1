package desk

import (
	"strconv"
	"strings"
)

// Severity is 1 (worst) to 4; 0 means not yet chosen. The definitions are the handbook's §3.
type Severity int

// The four severities of the handbook.
const (
	Sev1 Severity = 1 // Production down or critical with no workaround.
	Sev2 Severity = 2 // Major degradation or key feature impaired; workaround possible but significant impact.
	Sev3 Severity = 3 // Limited impact; workaround available.
	Sev4 Severity = 4 // Questions, cosmetic, or enhancement.
)

// Severities lists them, worst first.
var Severities = []Severity{Sev1, Sev2, Sev3, Sev4}

// String is how people say it: "Sev 2".
func (s Severity) String() string {
	if !s.Valid() {
		return "no severity"
	}
	return "Sev " + strconv.Itoa(int(s))
}

// Valid says whether the severity is one of the four.
func (s Severity) Valid() bool { return s >= Sev1 && s <= Sev4 }

// ParseSeverity reads what a person types: "2", "sev2", "Sev 2", "S2", "severity 2".
func ParseSeverity(text string) (Severity, error) {
	t := strings.ToLower(strings.TrimSpace(text))
	for _, p := range []string{"severity", "sev", "s", "p"} {
		t = strings.TrimSpace(strings.TrimPrefix(t, p))
	}
	t = strings.TrimLeft(t, "-_ ")
	if len(t) == 1 && t[0] >= '1' && t[0] <= '4' {
		return Severity(t[0] - '0'), nil
	}
	return 0, Errf(KindInvalid, "%q is not a severity. Use 1, 2, 3 or 4; /case severity explains them.", clip(text, 30))
}
