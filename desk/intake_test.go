package desk

import (
	"testing"
)

// BenchmarkReadIntake is what a plain filing costs before it waits for its turn at the store.
func BenchmarkReadIntake(b *testing.B) {
	book, err := ParseHandbook("handbook.yaml", []byte(defaultBook(b)))
	if err != nil {
		b.Fatal(err)
	}
	now, la := fridayInLA(b)
	f := FileCase{Values: map[Field]string{FieldSeverity: "3", FieldCustomer: "Demo Outdoor", FieldProduct: book.Products[0], FieldCategory: "Defect",
		FieldSummary: "Till 17 prints no receipts", FieldImpact: "One store waits", FieldFirstSeen: "2026-11-20 08:30"}}
	b.ReportAllocs()
	for b.Loop() {
		if in := readIntake(f, book, now, la); len(in.wrong) > 0 {
			b.Fatal(in.wrong)
		}
	}
}

// BenchmarkReadWhen is one time as most people type it, and one that only the slower ways of reading know.
func BenchmarkReadWhen(b *testing.B) {
	now, la := fridayInLA(b)
	for _, text := range []string{"2026-11-20 08:30", "yesterday 9am"} {
		b.Run(text, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ParseWhen(text, now, la); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
