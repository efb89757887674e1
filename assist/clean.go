package assist

import (
	"regexp"
	"strings"
)

// maxText is how many characters of an answer are kept; what the handbook's forms take is less.
const maxText = 6000

var (
	webLink   = regexp.MustCompile(`(?i)\b(?:https?://|www\.)[^\s<>"')\]]+`)
	manyLines = regexp.MustCompile(`\n{3,}`)
	thoughts  = regexp.MustCompile(`(?s)\A\s*<think>.*?</think>`)
	openFence = regexp.MustCompile("(?s)\\A```[a-zA-Z]*\\n(.*?)\\n?```\\z")
)

// clean makes plain text of an answer: nothing invisible, no thinking aloud, no code fence around it, no stray mark
// of the data. A link that does not stand in what was sent is taken out: the model made it up, or somebody's text
// made the model write it.
func clean(text, sent string) string {
	text = strings.TrimSpace(thoughts.ReplaceAllString(plainLetters(text), ""))
	if m := openFence.FindStringSubmatch(text); m != nil {
		text = m[1]
	}
	text = strings.NewReplacer("<"+fence(sent)+">", "", "</"+fence(sent)+">", "").Replace(text)
	text = webLink.ReplaceAllStringFunc(text, func(l string) string {
		bare := strings.TrimRight(l, ".,;:!?")
		if strings.Contains(sent, bare) {
			return l
		}
		return "(a link was taken out)" + l[len(bare):]
	})
	text = manyLines.ReplaceAllString(text, "\n\n")
	return strings.TrimSpace(firstRunes(text, maxText))
}

// oneLine makes a title.
func oneLine(s string, n int) string {
	return strings.TrimSpace(firstRunes(strings.Join(strings.Fields(s), " "), n))
}

// object is the JSON object in an answer, without what stands around it.
func object(text string) string {
	text = thoughts.ReplaceAllString(text, "")
	from, to := strings.IndexByte(text, '{'), strings.LastIndexByte(text, '}')
	if from < 0 || to < from {
		return ""
	}
	return text[from : to+1]
}
