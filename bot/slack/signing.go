package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// signingAge is how old, or how far ahead, the time stamp of a signed request may be.
const signingAge = 5 * time.Minute

// signings check the signatures of requests. They keep the keyed hash of each signing secret, because to key one anew costs
// about as much as a whole request takes to be hashed. The zero value is ready.
type signings struct {
	hashes sync.Map // Secret → *sync.Pool of hash.Hash.
}

// good says whether a request bears the signature "v0=" and the HMAC-SHA256 of "v0:<time stamp>:<body>", made with a secret
// no more than five minutes ago (docs.slack.dev/authentication/verifying-requests-from-slack). No secret signs nothing.
func (s *signings) good(h http.Header, body []byte, secret string) bool {
	stamp := h.Get("X-Slack-Request-Timestamp")
	given, ok := strings.CutPrefix(h.Get("X-Slack-Signature"), "v0=")
	if secret == "" || stamp == "" || !ok {
		return false
	}
	var want, room [sha256.Size]byte
	if len(given) != hex.EncodedLen(len(want)) {
		return false
	}
	if _, err := hex.Decode(want[:], []byte(given)); err != nil {
		return false
	}
	at, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || time.Since(time.Unix(at, 0)).Abs() > signingAge {
		return false
	}
	pool := s.pool(secret)
	sum := pool.Get().(hash.Hash)
	defer pool.Put(sum)
	sum.Reset()
	var head [40]byte
	sum.Write(append(append(append(head[:0], "v0:"...), stamp...), ':'))
	sum.Write(body)
	return hmac.Equal(sum.Sum(room[:0]), want[:])
}

// pool gives the keyed hashes of a secret.
func (s *signings) pool(secret string) *sync.Pool {
	if p, ok := s.hashes.Load(secret); ok {
		return p.(*sync.Pool)
	}
	p, _ := s.hashes.LoadOrStore(secret, &sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(secret)) }})
	return p.(*sync.Pool)
}
