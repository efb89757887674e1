package kb

import "math"

// idf is how much it says that an article has a term that df articles have.
func (ix *Index) idf(df int) float64 {
	return math.Log(1 + (float64(ix.live)-float64(df)+.5)/(float64(df)+.5))
}

// means are the average lengths of the fields, over the articles that have the field.
func (ix *Index) means() (m [3]float64) {
	for f := range m {
		m[f] = 1
		if ix.with[f] > 0 {
			m[f] = float64(ix.total[f]) / float64(ix.with[f])
		}
	}
	return m
}

// norms are a field's weight over its length correction.
type norms [3]float64

func (ix *Index) norms(d *doc, mean *[3]float64) norms {
	p := &ix.p
	return norms{
		inBody:  1 / (1 - p.BodyB + p.BodyB*float64(d.size[inBody])/mean[inBody]),
		inTitle: p.TitleWeight / (1 - p.TitleB + p.TitleB*float64(d.size[inTitle])/mean[inTitle]),
		inLinks: p.LinkWeight / (1 - p.LinkB + p.LinkB*float64(d.size[inLinks])/mean[inLinks]),
	}
}

// norms of every article, computed once after a change: in order and close together, where the articles themselves
// are far apart.
func (ix *Index) allNorms() []norms {
	if all := ix.normed.Load(); all != nil {
		return *all
	}
	mean := ix.means()
	all := make([]norms, len(ix.docs))
	for i := range all {
		if d := &ix.docs[i]; d.live {
			all[i] = ix.norms(d, &mean)
		}
	}
	ix.normed.Store(&all)
	return all
}

// saturate is BM25's curve: the second occurrence says less than the first.
func (ix *Index) saturate(tf float64) float64 { return tf * (ix.p.K1 + 1) / (ix.p.K1 + tf) }

// add adds one clause to the sums. With several readings an article counts the one that says most.
func (ix *Index) add(c *clause, all []norms, without *withheld, sc *scratch) {
	single := len(c.readings) == 1
	sc.touched = sc.touched[:0]
	for _, r := range c.readings {
		post := ix.terms[r.term].post
		w := c.weight * r.weight * ix.idf(len(post))
		for i := range post {
			p := &post[i]
			n := &all[p.slot]
			links := float64(p.links)
			if without != nil && p.slot == without.slot {
				links -= without.counts[r.term]
			}
			tf := float64(p.body)*n[inBody] + float64(p.title)*n[inTitle] + links*n[inLinks]
			v := w * ix.saturate(tf)
			if v <= 0 {
				continue
			}
			if single {
				if sc.sum[p.slot] == 0 {
					sc.seen = append(sc.seen, p.slot)
				}
				sc.sum[p.slot] += v
				continue
			}
			if sc.best[p.slot] == 0 {
				sc.touched = append(sc.touched, p.slot)
			}
			sc.best[p.slot] = max(sc.best[p.slot], v)
		}
	}
	for _, s := range sc.touched {
		if sc.sum[s] == 0 {
			sc.seen = append(sc.seen, s)
		}
		sc.sum[s] += sc.best[s]
		sc.best[s] = 0
	}
	sc.touched = sc.touched[:0]
}
