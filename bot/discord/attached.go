package discord

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"casebot/bot"
)

// An edit of Discord's leaves on a message what its list of attachments names by the id that it has there, takes away
// the rest and adds what comes along (docs.discord.com/developers/resources/message#edit-message). So that evidence of
// megabytes is not sent again with every word that changes, what was sent is noted beside the message: the ids, and what
// the content was. A picture that a message shows in its card has no id that Discord would tell; it is small, and is sent
// again.

// sentFile is a file as it lies at Discord.
type sentFile struct {
	ID   string `json:"id"`
	Name string `json:"name"` // Under which it was sent; Discord may spell it otherwise.
	Sum  string `json:"sum"`
}

// sentIn is a message as the answer to its sending or editing has it.
type sentIn struct {
	ID    string   `json:"id"`
	Files []upload `json:"attachments"`
}

func filesKey(channel, id string) string { return "files/" + channel + "/" + id }

func sumOf(f bot.File) string {
	sum := sha256.Sum256(f.Data)
	return hex.EncodeToString(sum[:16])
}

// shows says whether a file is shown in a card of the message. Discord does not count it among the attachments then.
func (d drawn) shows(name string) bool {
	return slices.ContainsFunc(d.Embeds, func(e embed) bool { return e.Image != nil && e.Image.URL == "attachment://"+name })
}

// beside are the files that stand beside the message.
func (d drawn) beside() []bot.File {
	return slices.DeleteFunc(slices.Clone(d.files), func(f bot.File) bool { return d.shows(f.Name) })
}

// keeping is the message for an edit of one that has files: what is there already stays and is not sent, and so does
// what the message has not got any more, for files of a case that can't be read at the moment are no reason to take them
// away. The text in full goes with the words that it belongs to.
func (d drawn) keeping(there []sentFile) drawn {
	list, files := []attached{}, []bot.File{}
	for i, f := range d.files {
		a := d.Attachments[i]
		at := slices.IndexFunc(there, func(x sentFile) bool { return x.Name == f.Name && x.Sum == sumOf(f) })
		if at >= 0 && !d.shows(f.Name) {
			a.ID, a.Filename = there[at].ID, ""
		} else {
			a.ID = len(files)
			files = append(files, f)
		}
		list = append(list, a)
	}
	for _, x := range there {
		drawn := slices.ContainsFunc(d.files, func(f bot.File) bool { return f.Name == x.Name })
		if !drawn && x.Name != wholeName && len(list) < maxFiles {
			list = append(list, attached{ID: x.ID})
		}
	}
	d.Attachments, d.files = list, files
	return d
}

// kept says whether a message has all that the edit left there.
func (d drawn) kept(now sentIn) bool {
	for _, a := range d.Attachments {
		id, there := a.ID.(string)
		if there && !slices.ContainsFunc(now.Files, func(f upload) bool { return f.ID == id }) {
			return false
		}
	}
	return true
}

// filesAt are the files of a message, as they are noted.
func (p *Platform) filesAt(ctx context.Context, at place) (out []sentFile) {
	if p.State == nil {
		return nil
	}
	raw, err := p.State.Get(ctx, filesKey(at.channel, at.id))
	if err != nil || json.Unmarshal(raw, &out) != nil {
		return nil // They are sent again then, which costs time and nothing else.
	}
	return out
}

// noteFiles notes which files a message has after it was sent or edited as drawn; had are those it had before.
func (p *Platform) noteFiles(ctx context.Context, at place, d drawn, had []sentFile, now sentIn) {
	fresh := d.beside()
	if p.State == nil || len(had) == 0 && len(fresh) == 0 {
		return
	}
	var note []sentFile
	added := []upload{}
	for _, f := range now.Files {
		if i := slices.IndexFunc(had, func(x sentFile) bool { return x.ID == f.ID }); i >= 0 {
			note = append(note, had[i])
		} else {
			added = append(added, f)
		}
	}
	same := len(added) == len(fresh)
	for i := range added {
		same = same && added[i].Size == int64(len(fresh[i].Data)) && isSnowflake(added[i].ID)
	}
	if same {
		for i, f := range fresh {
			note = append(note, sentFile{added[i].ID, f.Name, sumOf(f)})
		}
	}
	raw, _ := json.Marshal(note)
	var err error
	if len(note) == 0 {
		err = p.State.Delete(ctx, filesKey(at.channel, at.id))
	} else {
		err = p.State.Put(ctx, filesKey(at.channel, at.id), raw)
	}
	if err != nil {
		p.Log.Warn("the files of a message could not be noted", "err", err)
	}
}
