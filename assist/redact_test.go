package assist

import (
	"strings"
	"testing"
)

// What must never leave, in the ways people and programs write it. gone must not be in what is sent; stays must.
func TestRedaction(t *testing.T) {
	for _, c := range []struct {
		name, text string
		gone       []string
		stays      []string
	}{
		{"email", "Write to jo.demo+till@mail.example.com or to Jo <jo@demo.example>", []string{"jo.demo", "mail.example", "jo@"}, []string{"Write to [email]"}},
		{"email in disguise", "jo (at) demo (dot) example", []string{"demo (dot)"}, nil},
		{"international phone", "Call +1 (415) 555-0134 or +44 20 7946 0958 now", []string{"555", "7946"}, []string{"Call", "now"}},
		{"national phone", "Phone 415-555-0134, (020) 7946 0958, 030 1234567", []string{"555-0134", "7946", "1234567"}, nil},
		{"cued phone", "my mobile: 5550134", []string{"5550134"}, nil},
		{"card", "Card 4111 1111 1111 1111 was refused, 5500-0000-0000-0004 too", []string{"4111", "0004"}, []string{"was refused"}},
		{"card in a log", "pan=378282246310005&x", []string{"378282246310005"}, nil},
		{"card of full-width digits", "４１１１１１１１１１１１１１１１", []string{"1111", "４１"}, nil},
		{"card with nothing in between that can be seen", "4111\u200b1111\u200b1111\u200b1111", []string{"1111"}, nil},
		{"order number is no card", "order 4111111111111112 failed", nil, []string{"4111111111111112"}},
		{"iban", "Pay DE89 3704 0044 0532 0130 00 and GB29NWBK60161331926819 please", []string{"3704", "NWBK"}, []string{"please"}},
		{"no iban", "Part DE00 3704 0044 0532 0130 00", nil, []string{"DE00"}},
		{"ip", "till at 10.20.30.40 and 2001:db8::8a2e:370:7334, router fe80::1", []string{"10.20", "2001:db8", "fe80"}, []string{"till at"}},
		{"mac", "device 00:1A:2B:3C:4D:5E", []string{"1A:2B"}, nil},
		{"id number", "SSN 078-05-1120", []string{"078-05"}, nil},
		{"password", "password: hunter2, PIN=4321 and the pw is S3cret", []string{"hunter2", "4321", "S3cret"}, nil},
		{"password in JSON", `{"dbPassword": "a b c", "user": "till"}`, []string{"a b c"}, []string{`"user": "till"`}},
		{"password in XML", "<Password>hunter2</Password>", []string{"hunter2"}, nil},
		{"password in a command", "login --password hunter2 --verbose", []string{"hunter2"}, []string{"--verbose"}},
		{"password in other languages", "Passwort: geheim1, contraseña = abc9, mot de passe: xyz7", []string{"geheim1", "abc9", "xyz7"}, nil},
		{"password is wrong", "It says the password is wrong", nil, []string{"password is wrong"}},
		{"bearer", "Authorization: Bearer abc.def-123456", []string{"abc.def"}, nil},
		{"cookie", "Cookie: sid=31d4; theme=dark", []string{"31d4"}, nil},
		{"jwt", "got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl back", []string{"eyJ", "c2ln"}, []string{"got [token] back"}},
		{"address with credentials", "postgres://till:s3cret@db.example/pay", []string{"s3cret", "till:"}, []string{"db.example/pay"}},
		{"address with a key", "https://api.example/v1?user=7&api_key=zzz111&x=1", []string{"zzz111"}, []string{"user=7", "x=1"}},
		{"slack", "xoxb-" + "123456789012-abcdefGHIJ", []string{"xoxb"}, nil},
		{"github", "ghp_" + "abcdefghij0123456789ABCD", []string{"ghp_"}, nil},
		{"stripe", "sk_" + "live_abcdefghij0123456789", []string{"sk_live"}, nil},
		{"aws", "AKIA" + "ABCDEFGHIJKLMNOP", []string{"AKIA"}, nil},
		{"hook", "https://hooks.slack.com/" + "services/T0/B0/xyz", []string{"T0/B0"}, nil},
		{"private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\nDEF\n-----END RSA PRIVATE KEY-----\nafter", []string{"MII", "DEF"}, []string{"after"}},
		{"half a private key", "-----BEGIN PRIVATE KEY-----\nMIIabc\nDEF", []string{"MII", "DEF"}, nil},
		{"random secret", "value 9f8Kd02LmQpXz7Rb41TyWcVn5 end", []string{"9f8K"}, []string{"end"}},
		{"hex secret", "value 9f86d081884c7d659a2feaa0c55ad015 end", []string{"9f86"}, []string{"end"}},

		{"what a case is about", "Card payments fail with HB-4012 on tills 6.2.1 since 2026-11-17 09:40, 12 of 14 tills, 3.5 % of sales", nil,
			[]string{"HB-4012", "6.2.1", "2026-11-17 09:40", "12 of 14", "3.5 %"}},
		{"a path and a class", "C:/Program Files/HarborTills/logs and com.harbor.tills.PaymentGatewayConnectionFactory", nil,
			[]string{"HarborTills/logs", "PaymentGatewayConnectionFactory"}},
		{"a uuid", "request 6ba7b810-9dad-11d1-80b4-00c04fd430c8", nil, []string{"6ba7b810"}},
		{"a time", "at 12:30:45 it stopped", nil, []string{"12:30:45"}},
		{"case numbers", "see NW-1042 and SG-1001", nil, []string{"NW-1042", "SG-1001"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := newRedactor(false).take(c.text)
			for _, g := range c.gone {
				if strings.Contains(got, g) {
					t.Errorf("%q leaves in: %s", g, got)
				}
			}
			for _, s := range c.stays {
				if !strings.Contains(got, s) {
					t.Errorf("%q is lost from: %s", s, got)
				}
			}
		})
	}
}

// Names become roles and come back; secrets do not.
func TestNamesComeBack(t *testing.T) {
	r := newRedactor(false)
	r.addName("Dana Demo", roleAgent, true)
	r.addName("Erin Example", roleEngineer, true)
	r.addName("Demo Bakery", roleCustomer, false)
	text := "DANA DEMO told Erin that Demo Bakery (jo@demo.example, password: x9 ) waits. Dana and Example agree. Danang is a town."
	sent := r.take(text)
	want := "[agent] told [engineer] that [customer] ([email], password: [password] ) waits. [agent] and [engineer] agree. Danang is a town."
	if sent != want {
		t.Errorf("sent %q\nwant %q", sent, want)
	}
	back := r.put("[agent] asks [engineer] about [customer], [customer 2], [email] and [password].", false)
	if want := "Dana Demo asks Erin Example about Demo Bakery, [customer 2], [email] and [password]."; back != want {
		t.Errorf("came back %q, want %q", back, want)
	}
	if back := r.put("[email] [password]", true); back != "jo@demo.example [password]" {
		t.Errorf("with addresses: %q", back)
	}
}

// What somebody typed that looks like a placeholder must not bring a name out.
func TestTypedPlaceholders(t *testing.T) {
	r := newRedactor(false)
	r.addName("Dana Demo", roleAgent, true)
	sent := r.take("Write to [agent] and [error] now")
	if strings.Contains(sent, "[agent]") || !strings.Contains(sent, "[error]") {
		t.Errorf("sent %q", sent)
	}
}

// Whatever is typed: no crash, no card, no address left, and a second look finds nothing new.
func FuzzRedaction(f *testing.F) {
	for _, s := range []string{"4111 1111 1111 1111", "a@b.co", "DE89370400440532013000", "password: x", "[agent]", "https://a:b@c/", "\xff\u200b4", "+1 415 555 0134", "10.0.0.1"} {
		f.Add(s)
	}
	for _, lines := range goneTable {
		for _, l := range lines {
			f.Add(l.text)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1000 {
			return
		}
		r := newRedactor(false)
		r.addName("Dana Demo", roleAgent, true)
		sent := r.take(text)
		if found := cards(sent); len(found) > 0 {
			t.Fatalf("a card number is left in %q", sent)
		}
		for _, k := range kinds {
			for _, at := range k.find(sent) {
				if rest := strings.Trim(placeholder.ReplaceAllString(sent[at[0]:at[1]], ""), " "); k.role == "email" && rest != "" {
					t.Fatalf("%s is left in %q", k.role, sent)
				}
			}
		}
		r.put(sent, true)
		// Whatever stands around them, these do not leave.
		secrets := []string{"4111 1111 1111 1111", "jo@demo.example", "DE89 3704 0044 0532 0130 00", "password: hunter2", "xoxb-" + "123456789012-abcdefGHIJ", "+1 415 555 0134"}
		sent = newRedactor(false).take(text + "\n\n" + strings.Join(secrets, "\n\n") + "\n\n" + text)
		for _, secret := range secrets {
			if secret = strings.TrimPrefix(secret, "password: "); strings.Contains(sent, secret) && !strings.Contains(plainLetters(text), secret) {
				t.Fatalf("%q leaves in %q", secret, sent)
			}
		}
	})
}
