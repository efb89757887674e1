package assist

import (
	"net/netip"
	"regexp"
	"strings"
)

// networkKinds are addresses of machines: of the network, and the ones built into devices.
var networkKinds = []kind{
	{"ip address", false, placed(`\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b`, 0, isIPv4)},
	{"ip address", false, placed(`(?i)(?:[0-9a-f]{0,4}:){2,7}(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-f]{1,4})?(?:%[0-9a-z]+)?`, 0, isIPv6)},
	{"device address", false, pattern(`(?i)\b[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}\b`, 0, nil)},
	{"device address", false, pattern(`(?i)\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b`, 0, mixed)},
	{"device address", false, pattern(`(?i)\bmac(?:[ -]?(?:address|addr|id))?\b[\s:=]*([0-9a-f]{12})\b`, 1, nil)},
	{"device address", false, pattern(`(?i)\bime[iI](?:[ -]?(?:no|number))?\b[\s:=.]*([0-9](?:[ -]?[0-9]){13,15})\b`, 1, nil)},
}

// isIPv4 tells an address from a version of four numbers. Addresses that are the same on every machine stay.
func isIPv4(text string, from, to int) bool {
	a, err := netip.ParseAddr(text[from:to])
	if err != nil || a.IsUnspecified() || a.IsLoopback() || strings.HasPrefix(text[from:to], "255.255.") {
		return false
	}
	before, after := text[:from], text[to:]
	if strings.HasSuffix(before, ".") && from > 1 && isDigit(before[from-2]) || len(after) > 1 && after[0] == '.' && isDigit(after[1]) {
		return false // More than four numbers.
	}
	line := before[strings.LastIndexByte(before, '\n')+1:]
	line = line[max(0, len(line)-40):]
	if versionHere.MatchString(line) {
		return false
	}
	return a.As4()[0] > 9 || !versionNear.MatchString(line)
}

var (
	versionHere = regexp.MustCompile(`(?i)\b(?:v|ver|version|release|rel|build|firmware|fw|driver|patch|update|windows|android|ios)[ .:=-]{0,2}$`)
	versionNear = regexp.MustCompile(`(?i)\b(?:ver|versions?|releases?|builds?|firmware|drivers?|patch(?:ed)?|updated?|upgraded?)\b[^.!?]*$`)
)

// isIPv6 tells an address from a time of day and from names with colons in a program (RFC 4291 §2.2).
func isIPv6(text string, from, to int) bool {
	s := text[from:to]
	a, err := netip.ParseAddr(s)
	if err != nil || a.IsUnspecified() || a.IsLoopback() || len(s) < 4 {
		return false
	}
	if from > 0 && isNameByte(text[from-1]) || to < len(text) && isNameByte(text[to]) {
		return false
	}
	return digitsOf(s) > 0 || strings.Count(s, ":") > 3
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameByte(c byte) bool {
	return isDigit(c) || c == '_' || c == ':' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// afterProduct says whether the name of a product ends before a place: what follows it is its version.
func (r *redactor) afterProduct(before string) bool {
	before = strings.TrimRight(before, " ")
	for _, p := range r.products {
		if p != "" && len(before) >= len(p) && strings.EqualFold(before[len(before)-len(p):], p) {
			return true
		}
	}
	return false
}
