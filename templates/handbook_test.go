package templates

import (
	"testing"

	"casebot/desk"
)

// The default handbook passes its own strict reading.
func TestDefaultHandbook(t *testing.T) {
	h, err := desk.ParseHandbook("handbook.yaml", DefaultHandbook())
	if err != nil {
		t.Fatal(err)
	}
	if got := h.For(desk.Sev1).Tier2.String(); got != "30 minutes to 60 minutes" {
		t.Errorf("Sev 1 Tier 2 response is %q", got)
	}
	if len(h.RACI) < 12 {
		t.Errorf("the RACI matrix has %d rows", len(h.RACI))
	}
}
