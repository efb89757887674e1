package discord

import (
	"fmt"
	"path"
	"strings"

	"casebot/bot"
)

// maxRequest bounds the files of one message together, in bytes; the rest follows in another one.
const maxRequest = 24 << 20

// wholeName is the file in which a message stands that was too long to be shown.
const wholeName = "whole-message.txt"

// attach sorts a message's files: what goes with it, what follows in messages of its own, and what is too
// large for Discord, which the sentence that it gives back names.
func (d *drawing) attach(m bot.Message) (tooLarge string) {
	d.sent = map[string]string{}
	about := map[string]string{}
	for _, b := range m.Blocks {
		if b.Kind == bot.Image {
			about[b.File] = b.Alt
		}
	}
	most := d.most
	if most <= 0 {
		most = maxUpload
	}
	var large []string
	total := 0
	for _, f := range m.Files {
		switch {
		case int64(len(f.Data)) > most:
			large = append(large, f.Name)
		case len(d.out.files) >= maxFiles-1 || total+len(f.Data) > maxRequest && total > 0:
			// One place is left for the whole of a message that has to be cut.
			d.out.more = append(d.out.more, f)
		default:
			total += len(f.Data)
			alt, shown := about[f.Name]
			if shown {
				d.sent[f.Name] = d.add(f, fileName(f.Name), alt)
			} else {
				d.add(f, plainName(f.Name), "")
			}
		}
	}
	if len(large) == 0 {
		return ""
	}
	return fmt.Sprintf("A file could not be shared here, because it is too large for Discord: %s. The case has it: /case show, then the file's name.", strings.Join(large, ", "))
}

// add puts a file to the message, under a name that no other one bears.
func (d *drawing) add(f bot.File, name, about string) string {
	f.Name = name
	ext := path.Ext(f.Name)
	for n, base := 2, strings.TrimSuffix(f.Name, ext); d.named(f.Name); n++ {
		f.Name = fmt.Sprintf("%s-%d%s", base, n, ext)
	}
	if len(f.Data) == 0 {
		f.Data = []byte("\n") // Discord refuses an empty file.
	}
	alt, _ := clip(clean(oneLine(about)), maxAlt)
	d.out.Attachments = append(d.out.Attachments, attached{len(d.out.files), f.Name, alt})
	d.out.files = append(d.out.files, f)
	return f.Name
}

func (d *drawing) named(name string) bool {
	for _, f := range d.out.files {
		if f.Name == name {
			return true
		}
	}
	return false
}

// fileName writes a name with the characters that Discord leaves alone in one: letters, digits, dots, dashes
// and underscores. An address of an attachment must spell it the same.
func fileName(name string) string {
	var b strings.Builder
	for _, c := range name {
		switch {
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	out := strings.Trim(b.String(), "._")
	if len(out) > 100 {
		ext := path.Ext(out)
		out = out[:100-min(len(ext), 12)] + ext[:min(len(ext), 12)]
	}
	if out == "" {
		return "file"
	}
	return out
}

// plainName is a file's own name without what could make it a path or break the request that carries it.
func plainName(name string) string {
	name = strings.Map(func(c rune) rune {
		if c == '/' || c == '\\' || c == '"' || c == '\n' || odd(c) {
			return '_'
		}
		return c
	}, clean(name))
	if short, cut := clip(name, 200); cut {
		name = strings.TrimSuffix(short, "…") + path.Ext(name)
	}
	if strings.Trim(name, ". _") == "" {
		return "file"
	}
	return name
}

// isPicture says whether Discord shows a file in an embed.
func isPicture(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp":
		return true
	}
	return false
}

// whole puts a message that was cut in full beside what is shown of it, so that nobody has to guess the rest.
func (d *drawing) whole(m bot.Message) {
	data := []byte(bot.PlainText(m, d.zoneOr()))
	if len(data) > maxUpload {
		data = append(data[:maxUpload-len("\n…")], "\n…"...)
	}
	d.add(bot.File{Name: wholeName, Type: "text/plain", Data: data}, wholeName, "The message in full")
}
