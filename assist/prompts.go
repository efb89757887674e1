package assist

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"casebot/desk"
)

//go:embed prompts/*.txt
var promptFiles embed.FS

// prompt is one file of prompts/. Its first line is its name and version, "update v1": whoever changes the words
// raises the version, so that a kept proposal says which words it came from.
type prompt struct {
	version string
	body    *template.Template
}

// promptData is what a prompt may speak of: the handbook's words and the case's state, never anything that
// somebody typed into a case.
type promptData struct {
	Tone     []string
	Severity string
	Status   string
	Fields   []desk.FieldSpec
	Fence    string
}

// prompts are read at start; a file that can't be used stops the program at its first start after the change.
var prompts = func() map[desk.AssistTask]prompt {
	out := map[desk.AssistTask]prompt{}
	for _, task := range []desk.AssistTask{desk.AssistUpdate, desk.AssistHandover, desk.AssistFields, desk.AssistArticle} {
		src, err := promptFiles.ReadFile("prompts/" + string(task) + ".txt")
		if err != nil {
			panic(err)
		}
		version, body, _ := strings.Cut(strings.ReplaceAll(string(src), "\r", ""), "\n")
		if name, v, ok := strings.Cut(version, " "); !ok || name != string(task) || !strings.HasPrefix(v, "v") {
			panic(fmt.Sprintf("prompts/%s.txt: the first line is %q; write for example %q", task, version, string(task)+" v1"))
		}
		out[task] = prompt{version, template.Must(template.New(string(task)).Parse(body))}
	}
	return out
}()

func (p prompt) fill(d promptData) (string, error) {
	var b strings.Builder
	if err := p.body.Execute(&b, d); err != nil {
		return "", err
	}
	return strings.TrimSpace(b.String()), nil
}
