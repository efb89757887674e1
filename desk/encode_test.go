package desk

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

// byReflection is what the encoding by hand must equal: encoding/json without HTML escaping.
func byReflection(v any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// variant is a value of a type with one thing set, and the name of that thing.
type variant struct {
	name string
	v    reflect.Value
}

// everything is the end of the name of a variant of a struct with all of its fields set.
const everything = " with everything set"

// variants gives values of a type that between them set every field there is, one at a time, then all
// together: zero, one element and several, and the edges of numbers, texts and times.
func variants(t reflect.Type) []variant {
	if t == reflect.TypeFor[time.Time]() {
		return instants()
	}
	out := []variant{{"", reflect.Zero(t)}}
	add := func(name string, set func(v reflect.Value)) {
		v := reflect.New(t).Elem()
		set(v)
		out = append(out, variant{name, v})
	}
	switch t.Kind() {
	case reflect.String:
		for _, s := range []string{"plain", "<b>&amp;\"quoted\" \\ \x00\x1f\x7f\b\f\n\r\t", "Grüße \u2028\u2029 \ufffd 🙂", `\ufffd and \\ufffd`} {
			add("", func(v reflect.Value) { v.SetString(s) })
		}
	case reflect.Bool:
		add("", func(v reflect.Value) { v.SetBool(true) })
	case reflect.Int, reflect.Int64:
		for _, n := range []int64{1, -7, math.MaxInt64, math.MinInt64} {
			add("", func(v reflect.Value) { v.SetInt(n) })
		}
	case reflect.Pointer:
		for _, e := range variants(t.Elem()) {
			add(e.name, func(v reflect.Value) { v.Set(reflect.New(t.Elem())); v.Elem().Set(e.v) })
		}
	case reflect.Slice:
		elems := variants(t.Elem())
		add("[]", func(v reflect.Value) { v.Set(reflect.MakeSlice(t, 0, 0)) })
		for _, e := range elems {
			add("[0]"+e.name, func(v reflect.Value) { v.Set(reflect.Append(v, e.v)) })
		}
		last := elems[len(elems)-1].v
		add("[…]", func(v reflect.Value) { v.Set(reflect.Append(v, last, elems[0].v, last)) })
	case reflect.Map:
		add("{}", func(v reflect.Value) { v.Set(reflect.MakeMap(t)) })
		all := reflect.MakeMap(t)
		for i, k := range variants(t.Key()) {
			for j, e := range variants(t.Elem()) {
				add("{"+k.v.String()+"}", func(v reflect.Value) { v.Set(reflect.MakeMap(t)); v.SetMapIndex(k.v, e.v) })
				all.SetMapIndex(reflect.ValueOf(fmt.Sprint(7*i%5, k.v, j)).Convert(t.Key()), e.v)
			}
		}
		add("{…}", func(v reflect.Value) { v.Set(all) })
	case reflect.Struct:
		full := reflect.New(t).Elem()
		for i := range t.NumField() {
			for _, e := range variants(t.Field(i).Type) {
				add("."+t.Field(i).Name+e.name, func(v reflect.Value) { v.Field(i).Set(e.v) })
				full.Field(i).Set(e.v)
			}
		}
		add(everything, func(v reflect.Value) { v.Set(full) })
	default:
		panic("a kind of field that no variant is made of: " + t.String())
	}
	return out
}

// instants gives times of every form: zero, zero in a zone (which is not left out of a struct that is left
// out when zero), with fractions, with offsets, the first and the last year.
func instants() []variant {
	at := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	west := time.FixedZone("west", -(9*60+30)*60)
	times := []time.Time{{}, time.Time{}.In(time.FixedZone("east", 3600)), at, at.Add(120 * time.Millisecond), at.Add(1).In(west),
		time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Now()}
	var out []variant
	for _, t := range times {
		out = append(out, variant{"", reflect.ValueOf(t)})
	}
	return out
}

// encodeByHand encodes any of the types that have a form by hand.
func encodeByHand(v any) (string, error) {
	switch v := v.(type) {
	case Case:
		return EncodeCase(&v)
	case Notice:
		return EncodeNotice(&v)
	}
	data, err := EncodeBody(v.(Body))
	return string(data), err
}

// A field that was added without its line in encode_case.go or encode_body.go is named here.
func TestEncodedByHandEveryFieldIsAsByReflection(t *testing.T) {
	types := []reflect.Type{reflect.TypeFor[Case](), reflect.TypeFor[Notice]()}
	for kind := range bodies {
		b, err := DecodeBody(kind, []byte("{}"))
		if err != nil {
			t.Fatal(err)
		}
		types = append(types, reflect.TypeOf(b))
	}
	for _, typ := range types {
		wrong, all := map[string]bool{}, variants(typ)
		for _, x := range all {
			want, err := byReflection(x.v.Interface())
			if err != nil {
				t.Fatalf("%s%s: %v", typ, x.name, err)
			}
			// Each field is named once, however many of its values are wrong; once one is, values with several
			// fields set say nothing new.
			several := strings.Contains(x.name, "…") || strings.HasSuffix(x.name, everything)
			if got, err := encodeByHand(x.v.Interface()); (err != nil || got != want) && !wrong[x.name] && (len(wrong) == 0 || !several) {
				wrong[x.name] = true
				t.Errorf("%s%s is encoded wrongly (%v):\n got %.300s\nwant %.300s", typ, x.name, err, got, want)
			}
		}
		if len(all) < 2 && typ.NumField() > 0 {
			t.Errorf("%s: %d variants", typ, len(all))
		}
	}
}

// What is common has a form by hand; what has none, or is given as a pointer, is still encoded.
func TestEncodeBodyKnowsWhatIsCommon(t *testing.T) {
	w := newJSON()
	defer w.free()
	for _, b := range []Body{Filed{}, ClockStarted{}, Said{}, Acknowledged{}, ClockStopped{}} {
		if !w.body(b) {
			t.Errorf("%s has no form by hand", b.Kind())
		}
	}
	before := len(w.buf)
	for _, b := range []Body{Undone{}, &Said{}, nil} {
		if w.body(b) || len(w.buf) != before {
			t.Errorf("%T: something was written", b)
		}
		want, _ := byReflection(b)
		if got, err := EncodeBody(b); string(got) != want || err != nil {
			t.Errorf("%T: %s (%v), want %s", b, got, err, want)
		}
	}
}

// A time that JSON cannot hold is an error wherever it stands, and the next value is encoded as if nothing
// had been.
func TestEncodeRefusesTimesOutsideRFC3339(t *testing.T) {
	good := time.Date(2026, 7, 1, 9, 0, 0, 0, time.UTC)
	for name, bad := range map[string]time.Time{"year 10000": good.AddDate(8000, 0, 0), "before year 0": good.AddDate(-2027, 0, 0),
		"a zone of a day": good.In(time.FixedZone("", 24*3600))} {
		for _, v := range []any{Case{FiledAt: bad, ClosedAt: good}, Case{Clocks: []Clock{{Warnings: []time.Time{good, bad, good}}}}, Notice{At: bad},
			Filed{ReportedAt: bad}, WaitStarted{Until: bad}, ClockStarted{Clock{Due: bad}}, Undone{Back: UndoPoint{At: bad}}} {
			if _, err := byReflection(v); err == nil {
				t.Fatalf("%s in %T: encoding/json takes it", name, v)
			}
			if got, err := encodeByHand(v); err == nil || errors.Is(err, ErrNotUTF8) || got != "" {
				t.Errorf("%s in %T: %q, %v", name, v, got, err)
			}
		}
	}
	for _, v := range []any{Case{FiledAt: good}, Undone{}, Said{Text: "still here"}} {
		want, _ := byReflection(v)
		if got, err := encodeByHand(v); got != want || err != nil {
			t.Errorf("afterwards: %s (%v), want %s", got, err, want)
		}
	}
}

// Any text is written as encoding/json writes it, as a value and as a key, and is called broken exactly when
// it is no UTF-8. Any instant in any zone comes out the same or is an error for both.
func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", "plain", "\xff", "a\xc3", "\xed\xa0\x80", "\u2027\u2028\u2029\u202a", "\ufffd", `\ufffd`, `\\ufffd\`, "\x00\x7f\"<&>", "🙂\xf0\x9f\x99"} {
		f.Add(s, "b", int64(0), int64(0), 0)
		f.Add("a", s, int64(253402300800), int64(999), -86400)
	}
	f.Fuzz(func(t *testing.T, a, b string, sec, nsec int64, offset int) {
		at := time.Unix(sec, nsec).In(time.FixedZone("", offset))
		c := Case{ID: a, Summary: b + a, Fields: map[Field]string{Field(a): b, Field(b): a, "c": ""}, Invited: []string{b}, FiledAt: at,
			Clocks: []Clock{{Party: b, Tell: Tell{Due: at}, Pauses: []Interval{{Reason: a, To: at}}}}}
		n := Notice{Key: a, Data: map[string]string{b: a, a: ""}, NotBefore: at}
		for _, v := range []any{c, n, Filed{Summary: a, Fields: c.Fields, ReportedAt: at}, Said{Text: b, Ref: Ref(a)}} {
			want, wantErr := byReflection(v)
			got, err := encodeByHand(v)
			_, stored := v.(Body)
			broken := strings.ToValidUTF8(a+"\x00"+b, "") != a+"\x00"+b
			switch {
			case wantErr != nil:
				if err == nil || errors.Is(err, ErrNotUTF8) || got != "" {
					t.Errorf("%T: %q, %v; encoding/json says %v", v, got, err, wantErr)
				}
			case broken && !stored:
				if !errors.Is(err, ErrNotUTF8) || got != "" {
					t.Errorf("%T: %q, %v; want it refused", v, got, err)
				}
			case err != nil || got != want:
				t.Errorf("%T: %v\n got %s\nwant %s", v, err, got, want)
			}
		}
		// What is refused above still has to be the right bytes: a body is judged by them.
		w := newJSON()
		defer w.free()
		w.snapshot(&c)
		if want, err := byReflection(c); err == nil && string(w.buf) != want {
			t.Errorf("snapshot:\n got %s\nwant %s", w.buf, want)
		}
	})
}

// The hash covers the same bytes whether the body fits the buffer on the stack or not, and one changed byte
// anywhere shows.
func TestSealedKnowsItsOwn(t *testing.T) {
	for _, size := range []int{0, 10, 900, 1024, 5000} {
		body := bytes.Repeat([]byte("x"), size)
		e := Event{Case: "NW-1001", Tenant: "northwind", Seq: 2, At: time.UnixMilli(1790000000123), Actor: "dana", Name: "Dana\nDemo",
			Side: Partner, Audience: Both, Body: Noted{}, Prev: "before"}
		e.Seal(body)
		head := "before\nNW-1001\n2\n1790000000123\ndana\n\"Dana\\nDemo\"\npartner\nboth\nnoted\nnorthwind\n"
		sum := sha256.Sum256(append([]byte(head), body...))
		if e.Hash != hex.EncodeToString(sum[:]) || !e.Sealed(body) {
			t.Errorf("%d bytes: hash is %s, want %x", size, e.Hash, sum)
		}
		other := e
		other.Actor = "eric"
		if e.Sealed(append(body, 'y')) || other.Sealed(body) {
			t.Errorf("%d bytes: a change does not show", size)
		}
	}
}
