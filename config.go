package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"

	"go.yaml.in/yaml/v4"

	"casebot/desk"
	"casebot/templates"
)

// Deployment is casebot.yaml: which companies share this desk, where each lives in chat, who works
// there, when they are open and who is on call. It holds no secret: tokens stand in the environment
// and the file names their variables. casebot.example.yaml explains every key.
type Deployment struct {
	Settings  FileSettings         `yaml:"settings"`
	Parties   []desk.Party         `yaml:"parties"`
	Homes     []desk.Home          `yaml:"homes"`
	People    []desk.Person        `yaml:"people"`
	Calendars map[string]yaml.Node `yaml:"calendars"` // By name; read by whoever keeps business time.
	Rotas     map[string]yaml.Node `yaml:"rotas"`     // By name; read by whoever keeps the on-call rota.

	Dir  *desk.Directory `yaml:"-"` // Made of the parties, homes and people.
	file *desk.YAMLFile
	name string // Path of the file it was read from.
}

// FileSettings are the settings that casebot.yaml may give. The environment wins over each of them.
type FileSettings struct {
	DB       string `yaml:"db"`
	Handbook string `yaml:"handbook"`
	Listen   string `yaml:"listen"`
}

// errNoDeployment says that there is no casebot.yaml and none was asked for, so the caller may go on
// with the built-in one.
var errNoDeployment = errors.New("there is no casebot.yaml")

// loadDeployment reads the deployment of the settings. A file named by CASEBOT_CONFIG must be there; when
// none is named and there is no casebot.yaml the error is errNoDeployment. What is wrong in the file is
// *desk.Problems: each with its line.
func loadDeployment(path string) (*Deployment, error) {
	name := path
	if name == "" {
		name = "casebot.yaml"
	}
	src, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path == "":
		return nil, errNoDeployment
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: there is no such file; mend CASEBOT_CONFIG, or copy casebot.example.yaml there", name)
	case err != nil:
		return nil, fmt.Errorf("%s can't be read: %w", name, err)
	}
	return parseDeployment(name, src)
}

// parseDeployment reads the source of a casebot.yaml.
func parseDeployment(name string, src []byte) (*Deployment, error) {
	// Secrets are looked for before anything else, so that no other message can quote one.
	if err := literalSecrets(name, src); err != nil {
		return nil, err
	}
	d := &Deployment{name: name}
	d.file = desk.ReadYAML(name, src, d)
	if d.file.Err() == nil {
		d.check()
	}
	if err := d.file.Err(); err != nil {
		return nil, err
	}
	dir, err := desk.NewDirectory(d.Parties, d.Homes, d.People)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	d.Dir = dir
	return d, nil
}

// secretLike finds what the platforms' tokens look like: Slack's xoxb-…, xapp-… and hook addresses, a
// Discord bot token (three parts), an OpenAI key, a private key.
var secretLike = regexp.MustCompile(`xox[a-z]-[A-Za-z0-9-]{8,}|xapp-\d-[A-Za-z0-9-]{8,}|xoxe\.[A-Za-z0-9.-]{8,}|hooks\.slack\.com/services/\S+|` +
	`\b[MNO][A-Za-z0-9_-]{22,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}|\bsk-[A-Za-z0-9_-]{16,}|BEGIN [A-Z ]*PRIVATE KEY|://[^/\s:@"']+:[^/\s@"']+@`)

// rotate is what everybody must do whose secret was in a file: files are copied, mailed and committed.
const rotate = "write the name of an environment variable instead, keep the value there, and make a new one: this one must be taken as known to others"

// literalSecrets refuses a file that holds a secret. The message never repeats it.
func literalSecrets(name string, src []byte) error {
	f := &desk.Problems{}
	line := 1
	start := 0
	for i := 0; i <= len(src); i++ {
		if i < len(src) && src[i] != '\n' {
			continue
		}
		if secretLike.Match(src[start:i]) {
			if len(f.List) < 10 {
				f.List = append(f.List, desk.Problem{File: name, Line: line, Found: "a secret stands in the file", Expected: rotate})
			} else {
				f.More++
			}
		}
		start, line = i+1, line+1
	}
	if len(f.List) > 0 {
		return f
	}
	return nil
}

// Calendar reads a named calendar into a value, strictly. Problems name the line in casebot.yaml.
func (d *Deployment) Calendar(name string, into any) error {
	return d.part("calendars."+name, d.Calendars[name], into)
}

// Rota reads a named rota into a value, strictly.
func (d *Deployment) Rota(name string, into any) error {
	return d.part("rotas."+name, d.Rotas[name], into)
}

func (d *Deployment) part(path string, n yaml.Node, into any) error {
	if n.Kind == 0 {
		return fmt.Errorf("there is no %s in the deployment", path)
	}
	d.file.Decode(path, n, into)
	return d.file.Err()
}

// loadHandbook reads the handbook of the settings: the file named, else handbook.yaml where there is
// one, else the built-in handbook. It gives the source too, which is stored under its version so that
// a case can always be held against the text it was opened under.
func loadHandbook(path string) (*desk.Handbook, []byte, error) {
	name := path
	if name == "" {
		name = "handbook.yaml"
	}
	src, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && path == "":
		name, src = "the built-in handbook", templates.DefaultHandbook()
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("%s: there is no such file; mend CASEBOT_HANDBOOK or the handbook setting", name)
	case err != nil:
		return nil, nil, fmt.Errorf("%s can't be read: %w", name, err)
	}
	book, err := desk.ParseHandbook(name, src)
	return book, src, err
}
