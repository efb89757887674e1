package discordfake

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// upload is a file of a multipart body.
type upload struct {
	n          int // Of "files[n]".
	name, kind string
	data       []byte
}

// mostUpload is the vendor's size of one request's files, for bots in guilds without boosts.
const mostUpload = 10 << 20

// read decodes the body: JSON, or multipart with payload_json and files[n].
func (c *call) read(r *http.Request) *refusal {
	media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if media != "multipart/form-data" {
		b, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
		if err != nil || len(b) == 0 {
			return nil
		}
		if media != "application/json" {
			return invalid(fault{[]string{"_"}, "CONTENT_TYPE_INVALID", `Expected "Content-Type" header to be one of {'application/json'}.`})
		}
		return c.decode(b)
	}
	if params["boundary"] == "" || r.ParseMultipartForm(4*mostUpload) != nil {
		return refuse(http.StatusBadRequest, 50109)
	}
	defer func() { _ = r.MultipartForm.RemoveAll() }()
	for name, heads := range r.MultipartForm.File {
		for _, h := range heads {
			f, err := h.Open()
			if err != nil {
				return refuse(http.StatusBadRequest, 50109)
			}
			data, err := io.ReadAll(f)
			_ = f.Close()
			if err != nil {
				return refuse(http.StatusBadRequest, 50109)
			}
			n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(name, "files["), "]"))
			if err != nil {
				n = len(c.files)
			}
			c.files = append(c.files, upload{n, h.Filename, h.Header.Get("Content-Type"), data})
			if len(data) > mostUpload {
				return refuse(http.StatusRequestEntityTooLarge, 40005)
			}
		}
	}
	slices.SortFunc(c.files, func(a, b upload) int { return a.n - b.n })
	if p := r.MultipartForm.Value["payload_json"]; len(p) > 0 {
		return c.decode([]byte(p[0]))
	}
	return nil
}

func (c *call) decode(b []byte) *refusal {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return &refusal{status: http.StatusBadRequest, code: 50109, message: fmt.Sprintf("%s (%v)", messages[50109], err)}
	}
	c.body, _ = v.(map[string]any)
	c.list, _ = v.([]any)
	return nil
}
