package playground

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"casebot/bot"
	"casebot/desk"
)

// request is what a page sends with every act: who, where and a nonce, so that an act sent twice
// because the line broke is done once.
type request struct {
	who
	at    where
	nonce string
	*http.Request
}

// actions mounts what a page can do.
func (p *Platform) actions(mux *http.ServeMux) {
	act := func(path string, f func(r request) (any, error)) {
		mux.HandleFunc("POST /api/"+path, func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, maxUpload)
			if err := r.ParseMultipartForm(8 << 20); err != nil {
				fail(w, desk.Errf(desk.KindInvalid, "That was more than the playground takes at once: %d MB. Send fewer or smaller files.", maxUpload>>20))
				return
			}
			defer r.MultipartForm.RemoveAll()
			// What a person has sent is carried through even when they close the page at once.
			req, err := p.request(r.WithContext(context.WithoutCancel(r.Context())))
			if err != nil {
				fail(w, err)
				return
			}
			answer, err := f(req)
			if err != nil {
				p.log.Info("an act in the playground was refused", "path", path, "err", err)
				fail(w, err)
				return
			}
			give(w, answer)
		})
	}
	act("say", p.doSay)
	act("press", func(r request) (any, error) {
		id, _ := strconv.ParseInt(r.FormValue("message"), 10, 64)
		button, err := strconv.Atoi(r.FormValue("i"))
		if err != nil {
			return nil, errNoButton
		}
		a, err := p.press(r.Context(), r.who, id, button, r.nonce)
		return p.reply(r, a), err
	})
	act("react", func(r request) (any, error) {
		id, _ := strconv.ParseInt(r.FormValue("message"), 10, 64)
		emoji := strings.TrimSpace(r.FormValue("emoji"))
		if emoji == "" || len(emoji) > 64 {
			return nil, desk.Errf(desk.KindInvalid, "That is no emoji.")
		}
		a, err := p.react(r.Context(), r.who, id, emoji, r.FormValue("on") != "false", r.nonce)
		return p.reply(r, a), err
	})
	act("edit", func(r request) (any, error) {
		id, _ := strconv.ParseInt(r.FormValue("message"), 10, 64)
		a, err := p.edit(r.Context(), r.who, id, r.FormValue("text"), r.FormValue("remove") == "true", r.nonce)
		return p.reply(r, a), err
	})
	act("dismiss", func(r request) (any, error) {
		id, _ := strconv.ParseInt(r.FormValue("message"), 10, 64)
		return p.reply(r, bot.Answer{}), p.dismiss(r.Context(), r.who, id)
	})
	act("submit", func(r request) (any, error) { return p.doForm(r, bot.Submit) })
	act("refresh", func(r request) (any, error) { return p.doForm(r, bot.Refresh) })
	act("complete", func(r request) (any, error) {
		options, err := p.complete(r.Context(), r.who, r.at, r.FormValue("text"))
		return map[string]any{"options": optionViews(options)}, err
	})
	act("clock", p.doClock)
}

// request reads who acts and where.
func (p *Platform) request(r *http.Request) (request, error) {
	w, err := p.play(r.FormValue("home"), r.FormValue("as"))
	if err != nil {
		return request{}, err
	}
	root, _ := strconv.ParseInt(r.FormValue("thread"), 10, 64)
	nonce := r.FormValue("nonce")
	if nonce == "" || len(nonce) > 64 || strings.Trim(nonce, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		nonce = token()
	}
	return request{who: w, at: where{channel: r.FormValue("channel"), root: root}, nonce: nonce, Request: r}, nil
}

// doSay takes what was typed: a command when it starts with "/case", else a message.
func (p *Platform) doSay(r request) (any, error) {
	text := r.FormValue("text")
	files, err := uploads(r.MultipartForm, "files")
	if err != nil {
		return nil, err
	}
	if rest, ok := commandLine(text); ok {
		a, err := p.command(r.Context(), r.who, r.at, rest, r.nonce)
		return p.reply(r, a), err
	}
	if strings.TrimSpace(text) == "" && len(files) == 0 {
		return nil, desk.Errf(desk.KindInvalid, "There is nothing to send yet.")
	}
	if strings.HasPrefix(strings.TrimSpace(text), "/") && !strings.Contains(strings.Fields(text)[0][1:], "/") {
		return nil, desk.Errf(desk.KindInvalid, "There is no command %s here. The desk's command is /case. Try /case help.", strings.Fields(text)[0])
	}
	a, err := p.say(r.Context(), r.who, r.at, text, files, r.nonce)
	return p.reply(r, a), err
}

// doForm takes a dialog: fields come as "f.<key>", what it carries unseen as "h.<key>", files as
// "file.<key>".
func (p *Platform) doForm(r request, kind bot.InteractionKind) (any, error) {
	in := formIn{Form: r.FormValue("form"), Case: r.FormValue("case"), Draft: r.FormValue("draft"), Values: map[string]string{}}
	for key, values := range r.MultipartForm.Value {
		name, ok := strings.CutPrefix(key, "h.")
		if !ok {
			name, ok = strings.CutPrefix(key, "f.")
		}
		if ok {
			// Browsers send line ends as CRLF; people mean one.
			in.Values[name] = strings.ReplaceAll(strings.Join(values, ","), "\r\n", "\n")
		}
	}
	for key := range r.MultipartForm.File {
		if !strings.HasPrefix(key, "file.") {
			continue
		}
		files, err := uploads(r.MultipartForm, key)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			in.Files = append(in.Files, bot.FileIn{Name: f.Name, Type: f.Type, Size: int64(len(f.Data)), Open: func() ([]byte, error) { return f.Data, nil }})
		}
	}
	a, err := p.form(r.Context(), r.who, r.at, kind, in, r.nonce)
	return p.reply(r, a), err
}

// uploads reads the files of one field.
func uploads(form *multipart.Form, field string) ([]bot.File, error) {
	var out []bot.File
	for _, h := range form.File[field] {
		if h.Size > maxFile {
			return nil, desk.Errf(desk.KindInvalid, "The file %q is %s. The desk keeps files up to 25 MB. Share a link to it instead.", h.Filename, size(h.Size))
		}
		f, err := h.Open()
		if err != nil {
			return nil, fmt.Errorf("reading an upload: %w", err)
		}
		data, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("reading an upload: %w", err)
		}
		kind := h.Header.Get("Content-Type")
		if kind == "" {
			kind = http.DetectContentType(data)
		}
		out = append(out, bot.File{Name: h.Filename, Type: kind, Data: data})
	}
	return out, nil
}

// replyView is what an act gives back to the page; what it changed comes as events.
type replyView struct {
	Form *formView `json:"form,omitempty"`
	Done bool      `json:"done,omitempty"`
	Say  string    `json:"say,omitempty"` // HTML for the dialog that stays open.
}

// formView is a dialog as the page builds it. Its introduction is drawn here, where text is escaped.
type formView struct {
	Name   string            `json:"name"`
	Title  string            `json:"title"`
	Intro  string            `json:"intro"`
	Submit string            `json:"submit"`
	Case   string            `json:"case"`
	Draft  string            `json:"draft"`
	Hidden map[string]string `json:"hidden"`
	Fields []fieldView       `json:"fields"`
}

type fieldView struct {
	Key      string       `json:"key"`
	Label    string       `json:"label"`
	Hint     string       `json:"hint"`
	Example  string       `json:"example"`
	Kind     string       `json:"kind"`
	Options  []optionView `json:"options"`
	Required bool         `json:"required"`
	Value    string       `json:"value"`
	Error    string       `json:"error"`
	Live     bool         `json:"live"`
	Rows     int          `json:"rows"`
	Ahead    bool         `json:"ahead"`
}

type optionView struct {
	Value string `json:"value"`
	Label string `json:"label"`
	Note  string `json:"note,omitempty"`
}

func optionViews(options []bot.Option) []optionView {
	out := make([]optionView, 0, len(options))
	for _, o := range options {
		out = append(out, optionView(o))
	}
	return out
}

func (p *Platform) reply(r request, a bot.Answer) replyView {
	v := replyView{Done: a.Done}
	if a.Message != nil && !a.Public && !a.Done {
		v.Say = Render(*a.Message, p.reader(r.who, nil))
	}
	if a.Form == nil {
		return v
	}
	f := a.Form
	v.Form = &formView{Name: f.Name, Title: f.Title, Intro: RenderBlocks(f.Intro, p.reader(r.who, nil)), Submit: f.Submit, Case: f.Case, Draft: f.Draft, Hidden: f.Hidden}
	for _, q := range f.Fields {
		v.Form.Fields = append(v.Form.Fields, fieldView{Key: q.Key, Label: q.Label, Hint: q.Hint, Example: q.Example, Kind: string(q.Kind),
			Options: optionViews(q.Options), Required: q.Required, Value: q.Value, Error: q.Error, Live: q.Live, Rows: q.Rows, Ahead: q.Ahead})
	}
	return v
}

// doClock moves the time: by a span, to what falls due next, to a time of the working week, or to
// what somebody typed.
func (p *Platform) doClock(r request) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), moveLimit)
	defer cancel()
	now, zone := p.clock.Now(), p.dir.ZoneOf(r.Person)
	var to time.Time
	switch word := r.FormValue("to"); word {
	case "15m":
		to = now.Add(15 * time.Minute)
	case "1h":
		to = now.Add(time.Hour)
	case "9":
		to = nextAt(now, zone, 9, -1)
	case "monday":
		// The weekly review is sent on the provider's Monday morning.
		if loc, err := time.LoadLocation(p.dir.Provider().Zone); err == nil {
			zone = loc
		}
		to = nextAt(now, zone, 9, time.Monday)
	case "due":
		due, ok, err := p.clock.nextDue(ctx)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, desk.Errf(desk.KindInvalid, "Nothing falls due at the moment. File or escalate a case first.")
		}
		to = due
		if !to.After(now) {
			to = now.Add(time.Second) // Due already: one step lets it happen.
		}
	default:
		t, err := desk.ParseWhenAhead(word, now, zone)
		if err != nil {
			return nil, err
		}
		to = t
	}
	if to.Sub(now) > longestMove {
		return nil, desk.Errf(desk.KindInvalid, "The clock moves at most %d days at once.", int(longestMove.Hours()/24))
	}
	if err := p.clock.MoveTo(ctx, to); err != nil {
		return nil, err
	}
	return json.RawMessage(fmt.Sprintf(`{"now":%d}`, p.clock.Now().UnixMilli())), nil
}
