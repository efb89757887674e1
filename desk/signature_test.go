package desk

import (
	"regexp"
	"testing"
)

// codeForm is what errorCode reads, written as a pattern.
var codeForm = regexp.MustCompile(`\b(?:[A-Z]{2,}[-_][A-Z0-9_-]*[0-9A-Z]|[A-Z]{1,4}[0-9]{3,}|0x[0-9A-Fa-f]{4,})\b`)

func TestErrorCodes(t *testing.T) {
	for text, want := range map[string]string{
		"Card payments fail with HB-4012": "HB-4012", "E1205 on every till": "E1205", "it says 0x80070005.": "0x80070005", "ERR_NO_NET- again": "ERR_NO_NET",
		"first AB-1, then CD-2": "AB-1", "HB-4012s": "", "xHB-4012": "", "0x12": "", "A-1": "", "Till 17": "", "ABCDE123": "", "AB-": "", "éE1205": "E1205", "": "",
	} {
		if got := errorCode(text); got != want || got != codeForm.FindString(text) {
			t.Errorf("%q holds %q, want %q, and by the pattern %q", text, got, want, codeForm.FindString(text))
		}
	}
	if a, b := signature("Harbor Tills", "It fails", "Press pay, HB-4012"), signature(" harbor tills", "HB-4012 at the till", "E1205"); a != b || a != "harbor tills|hb-4012" {
		t.Errorf("one failure has the signatures %q and %q", a, b)
	}
}

// FuzzErrorCode holds what is read by hand against the pattern.
func FuzzErrorCode(f *testing.F) {
	for _, s := range []string{"HB-4012 E1205", "AB_-_1-", "0xFFFFg 0xABCD", "A12 AB123_ ABC-1\u00e9", "AB--CD-_ E1205\nX", "ABCD1234 ABCDE-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, want := errorCode(text), codeForm.FindString(text); got != want {
			t.Errorf("%q holds %q, and by the pattern %q", text, got, want)
		}
	})
}
