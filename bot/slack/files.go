package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"casebot/bot"
)

// maxFile bounds a file that is read from Slack: the desk keeps up to 25 MB.
const maxFile = 25<<20 + 1

// uploads are a message's files, sent to Slack and not yet shown anywhere.
type uploads struct {
	pictures map[string]string // File name → Slack's file id, for blocks that show them.
	others   []api.FileSummary
	refused  []string // Names of files that Slack does not take, now or later.
}

func (u uploads) image(name string) (string, bool) {
	id, ok := u.pictures[name]
	return id, ok
}

// pictureTime bounds how long a picture may take. A picture is an ornament of its words, which go without it.
const pictureTime = 8 * time.Second

// upload sends the files of a message: the pictures that its blocks show, and the others, which are shared
// when the message is there. Nothing of it is seen before, so a failure here sends nothing twice. Words are
// not held back: a picture that can't be sent is left out, its description stands in its place, and a file
// that Slack refuses is named beside the message.
func (p *Platform) upload(ctx context.Context, t *team, m bot.Message) (uploads, error) {
	u := uploads{pictures: map[string]string{}}
	for _, f := range m.Files {
		if slices.ContainsFunc(m.Blocks, func(b bot.Block) bool { return b.Kind == bot.Image && b.File == f.Name }) {
			id, err := p.uploadPicture(ctx, t, f)
			if err != nil {
				p.Log.Error("a picture could not be sent to Slack; its words go without it", "file", f.Name, "err", err)
				continue
			}
			u.pictures[f.Name] = id
			continue
		}
		s, err := p.uploadOne(ctx, t, f)
		if err == nil {
			u.others = append(u.others, s)
			continue
		}
		if kind, _ := bot.SendKindOf(early(err)); kind != bot.Permanent {
			return u, early(err)
		}
		p.Log.Error("a file was refused by Slack", "file", f.Name, "err", err)
		u.refused = append(u.refused, f.Name)
	}
	return u, nil
}

// uploadPicture sends a picture that a block will show, and gives Slack's id of it.
func (p *Platform) uploadPicture(ctx context.Context, t *team, f bot.File) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	var s api.FileSummary
	err := p.patient(ctx, func() (err error) {
		s, err = p.uploadOne(ctx, t, f)
		return err
	})
	if err == nil {
		err = p.patient(ctx, func() error {
			_, err := t.web().CompleteUploadExternalContext(ctx, api.CompleteUploadExternalParameters{Files: []api.FileSummary{s}})
			return err
		})
	}
	return s.ID, err
}

// uploadOne sends one file (files.getUploadURLExternal, the second edition of Slack's uploads).
func (p *Platform) uploadOne(ctx context.Context, t *team, f bot.File) (api.FileSummary, error) {
	name := f.Name
	if name == "" {
		name = "file"
	}
	if len(f.Data) == 0 {
		f.Data = []byte("\n") // Slack refuses an empty file.
	}
	where, err := t.web().GetUploadURLExternalContext(ctx, api.GetUploadURLExternalParameters{FileName: name, FileSize: len(f.Data)})
	if err != nil {
		return api.FileSummary{}, err
	}
	err = t.web().UploadToURL(ctx, api.UploadToURLParameters{UploadURL: where.UploadURL, Reader: bytes.NewReader(f.Data), Filename: name})
	return api.FileSummary{ID: where.FileID, Title: name}, err
}

// share shows uploaded files in a channel or thread. The message they belong to is there already, so what
// fails is said there instead of sending the message again.
func (p *Platform) share(ctx context.Context, t *team, channel, root string, files []api.FileSummary) {
	err := p.patient(ctx, func() error {
		_, err := t.web().CompleteUploadExternalContext(ctx, api.CompleteUploadExternalParameters{Files: files, Channel: p.today(channel), ThreadTimestamp: root})
		return err
	})
	if err == nil {
		return
	}
	p.refusedIn(ctx, t, channel, err)
	var names []string
	for _, f := range files {
		names = append(names, f.Title)
	}
	p.Log.Error("files could not be shared in Slack", "channel", channel, "files", names, "err", err)
	p.unshared(ctx, t, channel, root, names)
}

// unshared says beside a message which of its files are missing, and where they can be had.
func (p *Platform) unshared(ctx context.Context, t *team, channel, root string, names []string) {
	m := bot.Say(fmt.Sprintf("A file could not be shared here: %s. The case has it: /case show, then the file's name.", strings.Join(names, ", ")))
	m.Tone = bot.ToneWarn
	d := draw(m, reader{})
	options := []api.MsgOption{api.MsgOptionText(d.text, false), api.MsgOptionBlocks(d.blocks...)}
	if root != "" {
		options = append(options, api.MsgOptionTS(root))
	}
	if _, _, err := t.web().PostMessageContext(ctx, p.today(channel), options...); err != nil {
		p.refusedIn(ctx, t, channel, err) // Of a file Slack does not say for sure that the channel is the reason.
		p.Log.Error("nor could that be said", "channel", channel, "err", err)
	}
}

// fileIn is a file as Slack tells of it.
type fileIn struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Title    string `json:"title"`
	Mimetype string `json:"mimetype"`
	Size     int64  `json:"size"`
	URL      string `json:"url_private_download"`
	Private  string `json:"url_private"`
	Access   string `json:"file_access"`
}

// filesIn turns Slack's files into the desk's. Each is read with the workspace's own token when it is opened.
func (p *Platform) filesIn(t *team, files []fileIn) []bot.FileIn {
	var out []bot.FileIn
	for _, f := range files {
		name := f.Name
		if name == "" {
			name = f.Title
		}
		out = append(out, bot.FileIn{Name: name, Type: f.Mimetype, Size: f.Size, Open: func() ([]byte, error) { return p.download(t, f) }})
	}
	return out
}

// download reads a file. In a Slack Connect channel the event may carry only the file's id, which has to
// be looked up first.
func (p *Platform) download(t *team, f fileIn) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.http.Timeout)
	defer cancel()
	address := f.URL
	if address == "" {
		address = f.Private
	}
	if address == "" {
		info, _, _, err := t.web().GetFileInfoContext(ctx, f.ID, 1, 1)
		if err != nil {
			return nil, fmt.Errorf("asking for the file %s: %w", f.ID, err)
		}
		address = info.URLPrivateDownload
	}
	if err := p.slackAddress(address); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+t.token())
	res, err := p.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("reading a file of Slack: %s", res.Status)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxFile))
	if err != nil {
		return nil, err
	}
	// Without the scope files:read Slack answers with its sign-in page and a good status.
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if kind == "text/html" && !strings.Contains(f.Mimetype, "html") {
		return nil, errors.New("the sign-in page of Slack came instead of the file: the app lacks files:read or is not in the channel")
	}
	return data, nil
}

// slackAddress lets the token go only to Slack: to the API's own host, or to one of slack.com over TLS.
func (p *Platform) slackAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("the file's address can't be read")
	}
	base, _ := url.Parse(p.APIURL)
	host := u.Hostname()
	if base != nil && u.Host == base.Host && u.Scheme == base.Scheme || u.Scheme == "https" && (host == "slack.com" || strings.HasSuffix(host, ".slack.com")) {
		return nil
	}
	return fmt.Errorf("the file lies at %s, where the desk does not send its token", host)
}
