package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"casebot/desk"
	"casebot/kb"
	"casebot/storage"
)

// kbImport reads articles from a folder of Markdown files, a JSON lines file, or standard input ("-"), and
// keeps them in the desk's database. Everything is read and checked first: with one mistake nothing is
// imported. An article whose source has not changed since its last import is left alone, so importing again is
// harmless, and what somebody has changed at the desk meanwhile stays.
func kbImport(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(errs, "casebot kb import: name a folder of Markdown files, a JSON lines file, or - for standard input.")
		return exitUsage
	}
	articles, err := readImport(args[0], in)
	if err == nil {
		err = checkImport(articles)
	}
	if err != nil {
		fmt.Fprintf(errs, "Nothing was imported.\n%s\n", firstLines(err.Error(), maxWrong))
		return exitFailed
	}
	store, err := openStore(ctx, errs)
	if err != nil {
		return exitOf(errs, "kb import", err)
	}
	defer store.Close()
	bar := newProgress(errs, "kb import")
	fresh, changed := 0, 0
	var over []string // Articles whose text at the desk was overtaken.
	err = store.Update(ctx, func(tx desk.Tx) error {
		fresh, changed, over = 0, 0, nil
		for i, a := range articles {
			bar.at(i+1, len(articles))
			old, err := desk.ReadArticle(tx, a.ID)
			had := err == nil
			if err != nil && desk.KindOf(err) != desk.KindNotFound {
				return err
			}
			last, err := desk.LastImported(tx, old)
			if err != nil {
				return err
			}
			a.Version, a.UpdatedAt = last.Version, last.UpdatedAt
			if had && a == last {
				continue
			}
			a.Version, a.UpdatedAt = old.Version+1, time.Now().UTC().Truncate(time.Millisecond)
			if had && old.By != "" {
				over = append(over, fmt.Sprintf("%s: changed both here and at the desk; the imported text is the newest, that of the desk is kept as version %d", a.ID, old.Version))
			}
			if had {
				changed++
			} else {
				fresh++
			}
			if err := desk.PutArticle(tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	bar.end()
	if err != nil {
		return exitOf(errs, "kb import", err)
	}
	for _, line := range over {
		fmt.Fprintln(errs, line)
	}
	fmt.Fprintf(out, "%d articles read: %d new, %d changed, %d as they were.\n", len(articles), fresh, changed, len(articles)-fresh-changed)
	return exitDone
}

// openStore opens the database of the settings; articles need no deployment.
func openStore(ctx context.Context, errs io.Writer) (*storage.Store, error) {
	s, err := loadSettings(os.Getenv)
	if err == nil {
		s, err = s.With(nil)
	}
	if err != nil {
		return nil, err
	}
	return storage.Open(ctx, s.DB, slog.New(slog.NewTextHandler(errs, &slog.HandlerOptions{Level: slog.LevelWarn})))
}

// readImport reads and checks everything. Several mistakes are told together.
func readImport(path string, in io.Reader) ([]desk.Article, error) {
	if path == "-" {
		return readArticleLines("standard input", in)
	}
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readArticleLines(path, f)
	}
	var out []desk.Article
	var wrong []error
	err = filepath.WalkDir(path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.EqualFold(filepath.Ext(p), ".md") {
			return err
		}
		rel, _ := filepath.Rel(path, p)
		if st, err := e.Info(); err == nil && st.Size() > 2*kb.MaxArticleBytes {
			wrong = append(wrong, fmt.Errorf("%s: the file has %.1f MB; the limit for an article is %d MB", filepath.ToSlash(rel), float64(st.Size())/(1<<20), kb.MaxArticleBytes>>20))
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		a, err := markdownArticle(filepath.ToSlash(rel), src)
		if err != nil {
			wrong = append(wrong, err)
		}
		out = append(out, a)
		return nil
	})
	if len(out)+len(wrong) == 0 && err == nil {
		err = fmt.Errorf("%s holds no .md file", path)
	}
	return out, errors.Join(append(wrong, err)...)
}

// frontMatter stands between two lines of --- at the top of a Markdown file. All of it may be left out but
// the title, which may also be the first heading.
type frontMatter struct {
	ID       string `yaml:"id"`
	Title    string `yaml:"title"`
	Product  string `yaml:"product"`
	Kind     string `yaml:"kind"`
	Audience string `yaml:"audience"`
	Party    string `yaml:"party"`
	Owner    string `yaml:"owner"`
	ReviewBy string `yaml:"review_by"`
}

// markdownArticle reads one file. Its id is its path without the ending, unless the front matter names one.
func markdownArticle(name string, src []byte) (desk.Article, error) {
	var m frontMatter
	body := strings.TrimPrefix(string(src), "\ufeff") // Some editors begin a file with a byte order mark.
	if rest, ok := strings.CutPrefix(strings.ReplaceAll(body, "\r\n", "\n"), "---\n"); ok {
		head, after, ok := strings.Cut(rest, "\n---\n")
		if !ok {
			return desk.Article{}, fmt.Errorf("%s:1: the front matter is not closed; expected a line of ---", name)
		}
		// The line before keeps the line numbers of the messages those of the file.
		if f := desk.ReadYAML(name, []byte("\n"+head), &m); f.Err() != nil {
			return desk.Article{}, f.Err()
		}
		body = after
	}
	body = strings.TrimSpace(body)
	if first, rest, _ := strings.Cut(body, "\n"); m.Title == "" && strings.HasPrefix(first, "# ") {
		m.Title, body = strings.TrimSpace(first[2:]), strings.TrimSpace(rest)
	}
	if m.ID == "" {
		m.ID = strings.TrimSuffix(name, filepath.Ext(name))
	}
	return article(name, m, body)
}

// article makes an article of what was read and has the index check it.
func article(place string, m frontMatter, body string) (desk.Article, error) {
	a := desk.Article{ID: m.ID, Title: m.Title, Body: body, Kind: m.Kind, Product: m.Product, Audience: m.Audience, Party: m.Party, Owner: m.Owner, Source: place}
	if a.Audience == "" {
		// A Partner's scripts and guides are its own (handbook §6).
		if a.Audience = a.Party; a.Party == "" {
			a.Audience = desk.ArticleForAll
		}
	}
	if m.ReviewBy != "" {
		t, err := time.Parse("2006-01-02", m.ReviewBy)
		if err != nil {
			return a, fmt.Errorf("%s: review_by is %q; expected a date such as 2027-03-31", place, m.ReviewBy)
		}
		a.ReviewBy = t
	}
	switch {
	case !utf8.ValidString(m.Title) || !utf8.ValidString(body) || strings.ContainsRune(body, 0):
		return a, fmt.Errorf("%s: the article is not text in UTF-8; save it as plain text or Markdown and import it again", place)
	case a.ID == "":
		return a, fmt.Errorf("%s: the article has no id", place)
	case len(a.ID) > maxImportID || strings.ContainsFunc(a.ID, unicode.IsControl):
		return a, fmt.Errorf("%s: the id %.40q is no word to name an article by; expected at most %d characters on one line", place, a.ID, maxImportID)
	case strings.TrimSpace(a.Title) == "":
		return a, fmt.Errorf("%s: the article has no title; write title: in the front matter or a first heading", place)
	}
	if strings.TrimSpace(body) == "" {
		return a, fmt.Errorf("%s: the article has no text", place)
	}
	if a.Kind != "" && !slices.Contains(desk.ArticleKinds, a.Kind) {
		return a, fmt.Errorf("%s: kind is %q; expected one of %s", place, a.Kind, strings.Join(desk.ArticleKinds, ", "))
	}
	if n := len(a.Steps()); a.Kind == desk.ArticleGuide && n == 0 {
		return a, fmt.Errorf("%s: a triage guide has a checklist; write each question on a line that begins with - [ ]", place)
	} else if n > desk.MaxSteps {
		return a, fmt.Errorf("%s: the checklist has %d questions; a guide takes %d", place, n, desk.MaxSteps)
	}
	if err := kb.New().Put(a); err != nil {
		return a, fmt.Errorf("%s: %s", place, sentence(err))
	}
	return a, nil
}

// checkImport finds what is wrong with the articles taken together: two of one id, which would take each other's place at
// every import, and, where the deployment can be read, parties, people and readers that it does not name.
func checkImport(articles []desk.Article) error {
	var wrong []error
	first := map[string]desk.Article{}
	dir := importDirectory()
	for _, a := range articles {
		if b, twice := first[a.ID]; twice {
			wrong = append(wrong, fmt.Errorf("%s: the id %q is also that of %s", a.Source, a.ID, b.Source))
			continue
		}
		first[a.ID] = a
		if dir == nil {
			continue
		}
		if _, ok := dir.Party(a.Party); a.Party != "" && !ok {
			wrong = append(wrong, fmt.Errorf("%s: party is %q; the deployment has no such party", a.Source, a.Party))
		}
		if _, ok := dir.Party(a.Audience); a.Audience != desk.ArticleForAll && a.Audience != desk.ArticleForProvider && !ok {
			wrong = append(wrong, fmt.Errorf("%s: audience is %q; expected %s, %s or the id of a party", a.Source, a.Audience, desk.ArticleForAll, desk.ArticleForProvider))
		}
		if _, ok := dir.Person(a.Owner); a.Owner != "" && !ok {
			wrong = append(wrong, fmt.Errorf("%s: owner is %q; the deployment has no such person", a.Source, a.Owner))
		}
	}
	return errors.Join(wrong...)
}

// firstLines gives the first lines of a text and how many more there are: ten thousand mistakes are one mistake made
// ten thousand times.
func firstLines(text string, most int) string {
	lines := strings.Split(text, "\n")
	if len(lines) <= most {
		return text
	}
	return strings.Join(lines[:most], "\n") + fmt.Sprintf("\nand %d more", len(lines)-most)
}

// maxLine is how long a line of JSON may be: an article with every letter escaped.
const maxLine = 8 << 20

// maxImportID is how long the id of an imported article may be, in bytes: people type it.
const maxImportID = 200

// maxWrong is how many mistakes are told at once.
const maxWrong = 50

// importDirectory is the deployment's directory; nil where there is none or it cannot be read: articles need none.
func importDirectory() *desk.Directory {
	s, err := loadSettings(os.Getenv)
	if err != nil {
		return nil
	}
	d, err := loadDeployment(s.Config)
	if err != nil {
		return nil
	}
	return d.Dir
}

// readArticleLines reads {"id","title","text"} a line, with kind, product, audience, party, owner and review_by if given.
func readArticleLines(name string, in io.Reader) ([]desk.Article, error) {
	var out []desk.Article
	var wrong []error
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, maxLine)
	n := 1
	for ; sc.Scan(); n++ {
		line := bytes.TrimSpace(sc.Bytes())
		if len(line) == 0 {
			continue
		}
		place := fmt.Sprintf("%s:%d", name, n)
		var x struct {
			ID, Title, Text, Body, Kind, Product, Audience, Party, Owner string
			ReviewBy                                                     string `json:"review_by"`
		}
		if err := json.Unmarshal(line, &x); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: this is no JSON object: %v", place, err))
			continue
		}
		a, err := article(place, frontMatter{x.ID, x.Title, x.Product, x.Kind, x.Audience, x.Party, x.Owner, x.ReviewBy}, x.Text+x.Body)
		if err != nil {
			wrong = append(wrong, err)
		}
		a.Source = name
		out = append(out, a)
	}
	err := sc.Err()
	if errors.Is(err, bufio.ErrTooLong) {
		err = fmt.Errorf("%s:%d: the line has more than %d MB; the limit for an article is %d MB", name, n, maxLine>>20, kb.MaxArticleBytes>>20)
	}
	return out, errors.Join(append(wrong, err)...)
}
