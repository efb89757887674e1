package web

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// slow is how long a request may take before its line is a warning. Event streams are open for as long
// as the page is and do not count.
const slow = 2 * time.Second

// observer gives each request an id, counts it, and writes one line when it went wrong or took long. The
// id stands in the answer's X-Request-Id, so that somebody who saw a fault can name its line.
type observer struct {
	next    http.Handler
	log     *slog.Logger
	took    *prometheus.HistogramVec
	classes [10]atomic.Value // Status class → prometheus.Observer, once there was an answer of it.
}

func observe(next http.Handler, log *slog.Logger, reg prometheus.Registerer) http.Handler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "casebot_http_request_seconds", Help: "How long requests took, by status class; event streams are left out.",
		Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
	}, []string{"class"})
	reg.MustRegister(took)
	return &observer{next: next, log: log, took: took}
}

func (o *observer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := requestID()
	w.Header().Set("X-Request-Id", id)
	answer, begun := &answered{ResponseWriter: w, code: http.StatusOK}, time.Now()
	defer func() {
		fault := recover()
		if fault == http.ErrAbortHandler {
			panic(fault)
		}
		if fault != nil {
			o.log.Error("a request panicked", "request", id, "method", r.Method, "path", r.URL.Path, "panic", fault, "stack", string(debug.Stack()))
			if answer.sent == 0 {
				http.Error(answer, "Something went wrong on our side. It was noted as "+id+".", http.StatusInternalServerError)
			}
		}
		spent := time.Since(begun)
		stream := answer.Header().Get("Content-Type") == "text/event-stream"
		if !stream {
			o.class(answer.code).Observe(spent.Seconds())
		}
		level := slog.LevelDebug
		switch {
		case answer.code >= 500 && answer.code != http.StatusServiceUnavailable:
			level = slog.LevelError
		case answer.code >= 500, spent > slow && !stream:
			level = slog.LevelWarn
		}
		ctx := context.WithoutCancel(r.Context())
		if !o.log.Enabled(ctx, level) {
			return
		}
		o.log.Log(ctx, level, "request", "request", id, "method", r.Method, "path", r.URL.Path, "status", answer.code, "bytes", answer.sent, "ms", spent.Milliseconds())
	}()
	o.next.ServeHTTP(answer, r)
}

// class is where answers of a status class are counted. It is looked up by its label once and then kept.
func (o *observer) class(code int) prometheus.Observer {
	kept := &o.classes[code/100%10]
	if c, ok := kept.Load().(prometheus.Observer); ok {
		return c
	}
	c := o.took.WithLabelValues(string('0'+rune(code/100)) + "xx")
	kept.Store(c)
	return c
}

// answered remembers what was answered.
type answered struct {
	http.ResponseWriter
	code int
	sent int64
}

func (a *answered) WriteHeader(code int) {
	a.code = code
	a.ResponseWriter.WriteHeader(code)
}

func (a *answered) Write(b []byte) (int, error) {
	n, err := a.ResponseWriter.Write(b)
	a.sent += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what an event stream needs.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func requestID() string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], rand.Uint64()) // It keeps no secret, it only tells requests apart.
	return hex.EncodeToString(b[:6])
}
