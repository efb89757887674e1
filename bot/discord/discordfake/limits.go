package discordfake

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// checker collects what is wrong with a payload, each with its place.
type checker struct{ faults []fault }

func (k *checker) bad(code, words string, place ...any) {
	var at []string
	for _, p := range place {
		at = append(at, fmt.Sprint(p))
	}
	k.faults = append(k.faults, fault{at, code, words})
}

// length holds a text against its limits, in characters.
func (k *checker) length(text string, least, most int, place ...any) {
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && least > 0:
		k.bad("BASE_TYPE_REQUIRED", "This field is required", place...)
	case n < least:
		k.bad("BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", least, most), place...)
	case n > most:
		k.bad("BASE_TYPE_MAX_LENGTH", fmt.Sprintf("Must be %d or fewer in length.", most), place...)
	}
}

func (k *checker) count(n, least, most int, place ...any) {
	if n < least || n > most {
		k.bad("BASE_TYPE_BAD_LENGTH", fmt.Sprintf("Must be between %d and %d in length.", least, most), place...)
	}
}

// checkMessage holds a message against every documented limit.
func checkMessage(body map[string]any, files int) []fault {
	k := &checker{}
	if v := body["content"]; v != nil {
		if text, ok := v.(string); !ok {
			k.bad("BASE_TYPE_STRING", "Could not interpret value as string.", "content")
		} else {
			k.length(strings.TrimSpace(text), 0, 2000, "content")
		}
	}
	k.embeds(items(body, "embeds"))
	k.rows(items(body, "components"))
	k.mentions(body)
	if num(body, "flags")&flagComponentsV2 != 0 {
		k.bad("FLAGS_UNKNOWN", "This fake shows no components of the second version.", "flags")
	}
	if files > 10 {
		k.count(files, 0, 10, "attachments")
	}
	return k.faults
}

// embeds: 10 at most, and 6,000 characters in all of them together.
func (k *checker) embeds(list []any) {
	if len(list) > 10 {
		k.count(len(list), 0, 10, "embeds")
	}
	total := 0
	sum := func(text string) string { total += utf8.RuneCountInString(text); return text }
	for i, e := range list {
		x, ok := e.(map[string]any)
		if !ok {
			k.bad("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType", "embeds", i)
			continue
		}
		k.length(sum(strings.TrimSpace(str(x, "title"))), 0, 256, "embeds", i, "title")
		k.length(sum(strings.TrimSpace(str(x, "description"))), 0, 4096, "embeds", i, "description")
		k.length(sum(str(x, "footer", "text")), 0, 2048, "embeds", i, "footer", "text")
		k.length(sum(str(x, "author", "name")), 0, 256, "embeds", i, "author", "name")
		k.count(len(items(x, "fields")), 0, 25, "embeds", i, "fields")
		for j, f := range objects(x, "fields") {
			k.length(sum(strings.TrimSpace(str(f, "name"))), 1, 256, "embeds", i, "fields", j, "name")
			k.length(sum(strings.TrimSpace(str(f, "value"))), 1, 1024, "embeds", i, "fields", j, "value")
		}
		for _, part := range []string{"image", "thumbnail"} {
			if obj(x, part) != nil {
				k.address(str(x, part, "url"), true, "embeds", i, part, "url")
			}
		}
		if str(x, "url") != "" {
			k.address(str(x, "url"), false, "embeds", i, "url")
		}
		if c := num(x, "color"); c < 0 || c > 0xFFFFFF {
			k.bad("NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.", "embeds", i, "color")
		}
		if emptyEmbed(x) {
			k.bad("BASE_TYPE_REQUIRED", "This field is required", "embeds", i, "description")
		}
	}
	if total > 6000 {
		k.bad("MAX_EMBED_SIZE_EXCEEDED", fmt.Sprintf("Embed size exceeds maximum size of 6000 (%d)", total), "embeds")
	}
}

func emptyEmbed(x map[string]any) bool {
	return strings.TrimSpace(str(x, "title")+str(x, "description")+str(x, "author", "name")+str(x, "footer", "text")) == "" && len(items(x, "fields")) == 0 &&
		obj(x, "image") == nil && obj(x, "thumbnail") == nil
}

func (k *checker) address(url string, attached bool, place ...any) {
	ok := strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") || attached && strings.HasPrefix(url, "attachment://")
	if !ok || strings.ContainsAny(url, " \n") {
		k.bad("URL_TYPE_INVALID_SCHEME", `Not a well formed URL.`, place...)
	}
	k.length(url, 0, 2048, place...)
}
