package main

import (
	"context"

	"casebot/assist"
	"casebot/assist/assistfake"
)

// played is the writing helper of a story: a server on the loopback that writes what the story says. It starts when
// the story first speaks of it; the program is started anew with its address, as after a change of the settings.
type played struct {
	*assistfake.Server
	restart func(ctx context.Context) error
}

// SetUp starts the server and the program with it.
func (p *played) SetUp(ctx context.Context) error {
	p.Server = assistfake.New()
	return p.restart(ctx)
}

func (p *played) Write(texts ...string) {
	if p.Server != nil {
		p.Server.Write(texts...)
	}
}

func (p *played) Down(down bool) {
	if p.Server != nil {
		p.Server.Down(down)
	}
}

// Heard gives what was sent; nothing can be sent before there is a helper.
func (p *played) Heard() []string {
	if p.Server == nil {
		return nil
	}
	return p.Server.Heard()
}

// options are the settings that the program is started with.
func (p *played) options() assist.Options {
	if p.Server == nil {
		return assist.Options{}
	}
	return assist.Options{BaseURL: p.URL(), Key: assistfake.Key, ChatModel: assistfake.Chat}
}

func (p *played) end() {
	if p.Server != nil {
		p.Server.Close()
	}
}
