package templates

import (
	"testing"

	"casebot/desk"
)

func TestDefaultHandbookIsWhole(t *testing.T) {
	h, err := desk.ParseHandbook("handbook.yaml", DefaultHandbook())
	if err != nil {
		t.Fatal(err)
	}
	if len(h.RACI) < 12 || len(h.Updates) < 6 || len(h.Products) == 0 {
		t.Errorf("%d RACI rows, %d templates, %d products", len(h.RACI), len(h.Updates), len(h.Products))
	}
	// Handbook §3, word for word.
	for s, want := range map[desk.Severity]string{
		1: "Production down or critical with no workaround.",
		2: "Major degradation or key feature impaired; workaround possible but significant impact.",
		3: "Limited impact; workaround available.",
		4: "Questions, cosmetic, or enhancement.",
	} {
		if got := h.For(s).Definition; got != want {
			t.Errorf("%s is defined as %q, want %q", s, got, want)
		}
	}
	// SLA.md §3, the table of defaults.
	for _, want := range []struct {
		sev                         desk.Severity
		tier1, tier2, update, relay string
	}{
		{1, "1 hour", "30 minutes to 60 minutes", "1 hour", "15 minutes"},
		{2, "1 hour", "2 business hours to 4 business hours", "4 hours", "1 hour"},
		{3, "4 business hours", "1 business day", "1 business day", "off"},
		{4, "1 business day", "1 business day", "5 business days", "off"},
	} {
		p := h.For(want.sev)
		got := []string{p.Tier1.String(), p.Tier2.String(), p.Update.String(), p.Relay.String()}
		for i, w := range []string{want.tier1, want.tier2, want.update, want.relay} {
			if got[i] != w {
				t.Errorf("%s: target %d is %q, want %q", want.sev, i, got[i], w)
			}
		}
		if worst := want.sev <= 2; p.AfterHours != worst || len(p.Warnings) == 1 == worst {
			t.Errorf("%s: after hours %v, warnings %v", want.sev, p.AfterHours, p.Warnings)
		}
	}
}
