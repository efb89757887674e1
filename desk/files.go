package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// maxFile is the largest file the desk keeps, in bytes.
const maxFile = 25 << 20

// stamp is how the desk keeps an instant: UTC, in milliseconds, without a monotonic reading.
func stamp(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// attachmentOf describes a file that came in. Its id is made of the content and the moment, so that
// the same file given twice is two attachments with one stored body.
func attachmentOf(by Person, name, mime string, data []byte, now time.Time) Attachment {
	sum := sha256.Sum256(data)
	sha := hex.EncodeToString(sum[:])
	return Attachment{
		ID:   sha[:12] + strconv.FormatInt(now.UnixMilli(), 36),
		Name: name, Type: mime, Size: int64(len(data)), SHA256: sha, By: by.ID, At: stamp(now),
	}
}

// filesOf lists the attachments an event brought.
func filesOf(b Body) []Attachment {
	switch e := b.(type) {
	case Filed:
		return e.Evidence
	case Attached:
		return e.Files
	case Said:
		return e.Files
	case Replied:
		return e.Files
	}
	return nil
}
