package kb

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"casebot/desk"
)

// Index holds the articles of one desk and finds them. It is safe for any number of readers while one
// or more goroutines add, change and remove: a search sees the index as it was between two changes.
// What it answers depends only on what it holds, never on the order in which that arrived.
type Index struct {
	mu sync.RWMutex
	p  Params

	words  []word            // Every folded word ever seen, by number.
	termOf []uint32          // The term of each word, with besideText for a whole or a join; apart, because it is read most.
	shapes []outline         // Of each word, apart for the same reason.
	wordNo map[string]uint32 // The inverse of words.
	terms  []term            // What words are found under: stems and wholes.
	termNo map[string]uint32
	grams  map[gram][]uint32 // Words by their trigrams, for correction and prefixes.

	docs  []doc // By slot; a slot whose doc is not live is on the free list.
	slots map[string]uint32
	free  []uint32
	held  map[string][]link // Linked cases of articles that are not (yet) here.

	live      int      // Articles.
	gone      int      // Articles removed since the dictionary was last made.
	total     [3]int64 // Words by field over all articles, and
	with      [3]int64 // how many articles have the field at all.
	threshold float64  // The confidence below which nothing is suggested.

	normed  atomic.Pointer[[]norms] // Of every slot, as the index is now; nil: to be computed by the next search.
	scratch sync.Pool
}

// The fields of an article, as the index counts them.
const (
	inBody = iota
	inTitle
	inLinks
)

// word is one spelling. Spellings are kept apart from stems because a slip of the finger is a slip in
// the word as it is spelled: "receitps" is near "receipts", but its stem is near nothing.
type word struct {
	text  string
	count uint32 // Occurrences now; 0: kept only for its number.
}

// outline is what tells most words apart from a mistyped one without looking at their letters in order. All zero: the
// word takes no part in correction.
type outline struct {
	mask    uint32 // The set of its letters.
	letters uint8  // How many they are.
}

// besideText marks a whole or a join in termOf: it stands beside the text, without a place in it.
const besideText = 1 << 31

// term gives the term of a word.
func (ix *Index) term(word uint32) uint32 { return ix.termOf[word] &^ besideText }

// term is one entry of the dictionary with its postings, in slot order.
type term struct {
	text string
	post []posting
}

// posting is 8 bytes, because there are some hundred of them per article. Counts stop at the largest
// value of their type; long before that BM25 has stopped counting.
type posting struct {
	slot  uint32
	body  uint16
	title uint8
	links uint8
}

// doc is an article with its text as numbers of words, two bytes each on average: what is needed to
// take it out again, and to see which words stand side by side.
type doc struct {
	art   desk.Article
	title []byte
	body  []byte
	links []link // By case ID.
	size  [3]uint32
	live  bool
}

// link is one past case that was resolved with the article.
type link struct {
	caseID string
	text   string // Folded away into seq as soon as the article is here.
	seq    []byte
}

// New gives an empty index with DefaultParams.
func New() *Index { return NewWith(DefaultParams()) }

// NewWith gives an empty index with other parameters, for measuring them.
func NewWith(p Params) *Index {
	return &Index{
		p: p, wordNo: map[string]uint32{}, termNo: map[string]uint32{}, grams: map[gram][]uint32{},
		slots: map[string]uint32{}, held: map[string][]link{}, threshold: DefaultThreshold,
	}
}

// Len is the number of articles.
func (ix *Index) Len() int {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	return ix.live
}

// Get gives an article as it was put.
func (ix *Index) Get(id string) (desk.Article, bool) {
	ix.mu.RLock()
	defer ix.mu.RUnlock()
	if s, ok := ix.slots[id]; ok {
		return ix.docs[s].art, true
	}
	return desk.Article{}, false
}

// Put adds an article or replaces the one with the same ID; its linked cases stay. It refuses, with an
// error of desk.KindInvalid and a sentence for the author, an article that is empty, binary or longer
// than MaxArticleBytes; what was there under the ID before then stays.
func (ix *Index) Put(a desk.Article) error {
	if err := check(a); err != nil {
		return err
	}
	// The costly part, cutting the text, needs nothing of the index and so delays no reader.
	title, body := tokenize(a.Title, maxSeqTokens), tokenize(a.Body, maxSeqTokens)
	if len(title)+len(body) == 0 {
		return desk.Errf(desk.KindInvalid, "The article %q has no words in it. Give it a title or a text.", a.ID)
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	links := ix.held[a.ID]
	delete(ix.held, a.ID)
	if s, ok := ix.slots[a.ID]; ok {
		links = ix.docs[s].links
		ix.drop(s)
	}
	d := doc{art: a, links: links, live: true}
	d.title, d.size[inTitle] = ix.encode(title)
	d.body, d.size[inBody] = ix.encode(body)
	ix.encodeLinks(&d)
	ix.post(ix.take(), d)
	return nil
}

// Remove takes an article out; an unknown ID is fine. Its linked cases are held, so that an article
// that is withdrawn and published again has learned what it had learned.
func (ix *Index) Remove(id string) {
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s, ok := ix.slots[id]
	if !ok {
		return
	}
	if links := ix.docs[s].links; len(links) > 0 {
		ix.held[id] = links
	}
	ix.drop(s)
	ix.free = append(ix.free, s)
	ix.gone++
	ix.compact()
}

// Link says that a past case with this text was resolved with the article: its words become a field of
// the article. A second Link of the same case replaces the first, an empty text takes it back. The
// article may come later. Never link a restricted case: its words would lead others to it.
func (ix *Index) Link(articleID, caseID, text string) {
	if len(text) > MaxLinkBytes {
		text = strings.ToValidUTF8(text[:MaxLinkBytes], "")
	}
	ix.mu.Lock()
	defer ix.mu.Unlock()
	s, here := ix.slots[articleID]
	if !here {
		if l := setLink(ix.held[articleID], link{caseID: caseID, text: text}); len(l) > 0 {
			ix.held[articleID] = l
		} else {
			delete(ix.held, articleID)
		}
		return
	}
	d := ix.docs[s]
	d.links = slices.Clone(d.links)
	ix.drop(s)
	d.links = setLink(d.links, link{caseID: caseID, text: text})
	ix.recount(d.title)
	ix.recount(d.body)
	ix.encodeLinks(&d)
	ix.post(s, d)
}

// setLink puts a link in its place by case ID and keeps the greatest MaxLinks.
func setLink(links []link, l link) []link {
	i, found := slices.BinarySearchFunc(links, l.caseID, func(a link, id string) int { return strings.Compare(a.caseID, id) })
	switch {
	case found && l.text == "":
		return slices.Delete(links, i, i+1)
	case found:
		links[i] = l
	case l.text != "":
		links = slices.Insert(links, i, l)
	}
	if len(links) > MaxLinks {
		links = links[len(links)-MaxLinks:]
	}
	return links
}

// check refuses what no search could use, in words for the person who wrote or imported it.
func check(a desk.Article) error {
	n := len(a.Title) + len(a.Body)
	switch {
	case a.ID == "":
		return desk.Errf(desk.KindInvalid, "The article %q has no id.", a.Title)
	case n > MaxArticleBytes:
		return desk.Errf(desk.KindInvalid, "The article %q is %.1f MB long. The limit is %d MB. Split it into several articles.",
			a.ID, float64(n)/(1<<20), MaxArticleBytes>>20)
	case !utf8.ValidString(a.Title) || !utf8.ValidString(a.Body) || strings.ContainsRune(a.Title+a.Body, 0):
		return desk.Errf(desk.KindInvalid, "The article %q is not text in UTF-8. Save it as plain text or Markdown and import it again.", a.ID)
	}
	return nil
}
