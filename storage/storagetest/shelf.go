package storagetest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"strings"
	"testing"
	"time"

	"casebot/desk"
)

func testShelf(t *testing.T, open func(t *testing.T) desk.Store) {
	s := open(t)
	// do makes a change and checks what can be read after it.
	do := func(name string, write func(desk.Tx) error, check func(t *testing.T, r desk.Reader) error) {
		t.Run(name, func(t *testing.T) {
			update(t, s, write)
			view(t, s, func(r desk.Reader) error { return check(t, r) })
		})
	}
	draft := desk.Draft{ID: "dana/new/", Tenant: "northwind", Person: "dana", Form: "new",
		Values: map[string]string{"summary": "half a sen"}, UpdatedAt: Monday}
	do("drafts", func(tx desk.Tx) error {
		other := draft
		other.ID, other.UpdatedAt = "dana/resolve/NW-1", Monday.Add(time.Hour)
		if err := tx.PutDraft(other); err != nil {
			return err
		}
		draft.Values["summary"] = "half a sentence"
		if err := tx.PutDraft(draft); err != nil {
			return err
		}
		if err := tx.PutDraft(desk.Draft{ID: "gone", Person: "dana"}); err != nil {
			return err
		}
		return tx.DeleteDraft("gone")
	}, func(t *testing.T, r desk.Reader) error {
		got, err := r.Draft(draft.ID)
		if !reflect.DeepEqual(got, draft) {
			t.Errorf("draft is %+v", got)
		}
		all, _ := r.Drafts("dana")
		if len(all) != 2 || all[1].ID != draft.ID {
			t.Errorf("drafts are %+v", all)
		}
		_, missing := r.Draft("gone")
		wantKind(t, missing, desk.KindNotFound)
		return err
	})

	do("posts", func(tx desk.Tx) error {
		for _, p := range []desk.Post{
			{Ref: "h:1", Tenant: "northwind", Case: "NW-1", Side: desk.Partner, Purpose: desk.PurposeCard, Thread: "h:1"},
			{Ref: "h:3", Tenant: "northwind", Case: "NW-1", Side: desk.Partner, Purpose: desk.PurposeTold, Seq: 3},
			{Ref: "h:2", Tenant: "northwind", Case: "NW-1", Side: desk.Partner, Purpose: desk.PurposeTold, Seq: 2},
			{Ref: "p:1", Tenant: "northwind", Case: "NW-1", Side: desk.Provider, Purpose: desk.PurposeCard},
			{Ref: "p:1", Tenant: "northwind", Case: "NW-1", Side: desk.Provider, Purpose: desk.PurposeCard, Seq: 9},
			{Ref: "p:2", Tenant: "northwind", Case: "NW-1"},
		} {
			if err := tx.PutPost(p); err != nil {
				return err
			}
		}
		return tx.DeletePost("p:2")
	}, func(t *testing.T, r desk.Reader) error {
		told, err := r.Posts("NW-1", desk.Partner, desk.PurposeTold)
		if len(told) != 2 || told[0].Ref != "h:2" {
			t.Errorf("told: %+v", told)
		}
		p, _ := r.Post("p:1")
		if p.Seq != 9 || p.Side != desk.Provider {
			t.Errorf("post is %+v", p)
		}
		if all, _ := r.Posts("NW-1", "", ""); len(all) != 4 {
			t.Errorf("posts: %+v", all)
		}
		_, missing := r.Post("p:2")
		wantKind(t, missing, desk.KindNotFound)
		return err
	})

	data := bytes.Repeat([]byte{0, 255, 'a'}, 1000)
	sum := sha256.Sum256(data)
	sha := hex.EncodeToString(sum[:])
	do("files", func(tx desk.Tx) error {
		if err := tx.PutBlob(sha, data); err != nil {
			return err
		}
		return tx.PutBlob(sha, data)
	}, func(t *testing.T, r desk.Reader) error {
		got, err := r.Blob(sha)
		if !bytes.Equal(got, data) {
			t.Error("the file's bytes are not those that were put")
		}
		_, missing := r.Blob("00")
		wantKind(t, missing, desk.KindNotFound)
		return err
	})
	if err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutBlob(sha, []byte("other")) }); err == nil {
		t.Error("bytes were kept under a hash they do not have")
	}

	do("handbooks", func(tx desk.Tx) error {
		if err := tx.PutHandbook("h1", []byte("title: x\n"), Monday); err != nil {
			return err
		}
		return tx.PutHandbook("h1", []byte("title: x\n"), Monday.Add(time.Hour))
	}, func(t *testing.T, r desk.Reader) error {
		got, err := r.Handbook("h1")
		if string(got) != "title: x\n" {
			t.Errorf("handbook is %q", got)
		}
		_, missing := r.Handbook("h2")
		wantKind(t, missing, desk.KindNotFound)
		return err
	})
	err := s.Update(t.Context(), func(tx desk.Tx) error { return tx.PutHandbook("h1", []byte("title: y\n"), Monday) })
	wantKind(t, err, desk.KindConflict)

	do("action items", func(tx desk.Tx) error {
		for _, a := range []desk.Action{
			{ID: "2", Tenant: "northwind", Title: "Later", Due: Monday.Add(48 * time.Hour)},
			{ID: "1", Tenant: "northwind", Title: "Sooner", Due: Monday},
			{ID: "3", Tenant: "contoso", Title: "Done", Due: Monday, Done: Monday},
		} {
			if err := tx.PutAction(a); err != nil {
				return err
			}
		}
		return nil
	}, func(t *testing.T, r desk.Reader) error {
		titles := func(scope desk.Scope, open bool) string {
			as, err := r.Actions(scope, open)
			if err != nil {
				t.Error(err)
			}
			out := ""
			for _, a := range as {
				out += a.Title + " "
			}
			return out
		}
		if got := titles(desk.Scope{}, true); got != "Sooner Later " {
			t.Errorf("open: %q", got)
		}
		if got := titles(desk.Scope{Tenant: "contoso"}, false); got != "Done " {
			t.Errorf("contoso's: %q", got)
		}
		return nil
	})

	do("state", func(tx desk.Tx) error {
		for _, kv := range []string{"b=2", "=empty key", "a=old", "a=1", "c=3", "d=gone", "e=", "f=4"} {
			k, v, _ := strings.Cut(kv, "=")
			if err := tx.PutState("cursor", k, []byte(v)); err != nil {
				return err
			}
		}
		if err := tx.PutState("other", "a", nil); err != nil {
			return err
		}
		// What is not there, or is another value by now, is left alone.
		for _, kv := range []string{"d=gone", "e=", "f=3", "a=old", "b=", "g=5"} {
			k, v, _ := strings.Cut(kv, "=")
			if err := tx.DeleteStateIf("cursor", k, []byte(v)); err != nil {
				return err
			}
		}
		if err := tx.DeleteStateIf("other", "b", []byte("2")); err != nil {
			return err
		}
		return tx.DeleteState("cursor", "c")
	}, func(t *testing.T, r desk.Reader) error {
		got := ""
		err := r.EachState("cursor", func(k string, v []byte) error { got += k + "=" + string(v) + " "; return nil })
		if got != "=empty key a=1 b=2 f=4 " {
			t.Errorf("state is %q", got)
		}
		if v, err := r.State("other", "a"); len(v) != 0 || err != nil {
			t.Errorf("empty value: %q, %v", v, err)
		}
		_, missing := r.State("cursor", "c")
		wantKind(t, missing, desk.KindNotFound)
		return err
	})
}
