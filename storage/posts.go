package storage

import "casebot/desk"

const selectPosts = `select ref, tenant, case_id, side, purpose, seq, thread from posts `

func (r *reader) posts(where string, args ...any) ([]desk.Post, error) {
	var out []desk.Post
	err := r.db.query(r.ctx, selectPosts+where, args, func(scan scanner) error {
		var p desk.Post
		var ref, side, purpose, thread string
		err := scan(&ref, &p.Tenant, &p.Case, &side, &purpose, &p.Seq, &thread)
		p.Ref, p.Side, p.Purpose, p.Thread = desk.Ref(ref), desk.PartyKind(side), desk.Purpose(purpose), desk.Ref(thread)
		out = append(out, p)
		return err
	})
	return out, err
}

// Post implements desk.Reader.
func (r *reader) Post(ref desk.Ref) (desk.Post, error) {
	ps, err := r.posts(`where ref = $1`, string(ref))
	if err == nil && len(ps) == 0 {
		err = notFound("message")
	}
	if err != nil {
		return desk.Post{}, err
	}
	return ps[0], nil
}

// Posts implements desk.Reader, in order of the event they tell. An empty side or purpose means any.
func (r *reader) Posts(caseID string, side desk.PartyKind, purpose desk.Purpose) ([]desk.Post, error) {
	w := &where{}
	w.and("case_id = ?", caseID)
	if side != "" {
		w.and("side = ?", string(side))
	}
	if purpose != "" {
		w.and("purpose = ?", string(purpose))
	}
	return r.posts(`where `+w.String()+` order by seq, ref`, w.args...)
}

// PutPost implements desk.Tx. A post with the same ref is replaced.
func (t *tx) PutPost(p desk.Post) error {
	return t.put(`insert into posts (ref, tenant, case_id, side, purpose, seq, thread) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (ref) do update set tenant = excluded.tenant, case_id = excluded.case_id, side = excluded.side,
		purpose = excluded.purpose, seq = excluded.seq, thread = excluded.thread`,
		string(p.Ref), p.Tenant, p.Case, string(p.Side), string(p.Purpose), p.Seq, string(p.Thread))
}

// DeletePost implements desk.Tx. A post that is not there is no error.
func (t *tx) DeletePost(ref desk.Ref) error {
	return t.put(`delete from posts where ref = $1`, string(ref))
}
