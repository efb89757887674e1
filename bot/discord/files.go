package discord

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"casebot/bot"
)

// maxFile bounds a file that is read from Discord: the desk keeps up to 25 MB.
const maxFile = 25<<20 + 1

// filesIn turns Discord's files into the desk's. Their addresses expire within a day, so each is read at
// once by whoever takes it for evidence; one that has expired is asked for again by the message it came with.
func (p *Platform) filesIn(a *app, channel, message string, files []upload) []bot.FileIn {
	var out []bot.FileIn
	for _, f := range files {
		out = append(out, bot.FileIn{Name: f.Name, Type: f.Type, Size: f.Size, Open: func() ([]byte, error) { return p.download(a, channel, message, f) }})
	}
	return out
}

// errExpired says that an address does not work any more.
var errExpired = errors.New("the address of the file at Discord has expired")

// download reads a file.
func (p *Platform) download(a *app, channel, message string, f upload) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.http.Timeout)
	defer cancel()
	var data []byte
	var err error
	for try := range 3 {
		data, err = p.fetch(ctx, f.URL)
		if err == nil {
			return data, nil
		}
		if errors.Is(err, errExpired) {
			break
		}
		if !pause(ctx, 200*time.Millisecond<<try) {
			return nil, err
		}
	}
	if message == "" || !errors.Is(err, errExpired) {
		return nil, err
	}
	var m messageIn
	if err := a.ask(ctx, "channels/"+channel+"/messages/"+message, &m); err != nil {
		return nil, fmt.Errorf("asking for a new address of %s: %w", f.Name, err)
	}
	m.forwarded()
	for _, x := range m.Files {
		if x.ID == f.ID {
			return p.fetch(ctx, x.URL)
		}
	}
	return nil, err
}

func (p *Platform) fetch(ctx context.Context, address string) ([]byte, error) {
	if err := p.discordAddress(address); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	res, err := p.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
		return io.ReadAll(io.LimitReader(res.Body, maxFile))
	case http.StatusNotFound, http.StatusForbidden, http.StatusGone:
		return nil, errExpired
	}
	return nil, fmt.Errorf("reading a file of Discord: %s", res.Status)
}

// discordAddress lets files be read only from Discord: its media hosts over TLS, or the API's own host.
func (p *Platform) discordAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("the file's address can't be read")
	}
	base, _ := url.Parse(p.APIURL)
	host := u.Hostname()
	own := host == "discordapp.com" || host == "discord.com" || strings.HasSuffix(host, ".discordapp.com") || strings.HasSuffix(host, ".discordapp.net") || strings.HasSuffix(host, ".discord.com")
	if base != nil && u.Host == base.Host && u.Scheme == base.Scheme || u.Scheme == "https" && own {
		return nil
	}
	return fmt.Errorf("the file lies at %s, where the desk does not look for Discord's files", host)
}
