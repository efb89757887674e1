// Package web is the desk's web server: is it alive, is it ready, its figures, and whatever page main
// mounts at the root (the playground in the demo).
package web

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options is what a server is made of.
type Options struct {
	Log   *slog.Logger
	Ready func(ctx context.Context) error // Nil error: ready. Several faults may be joined.
	Notes func() []string                 // What /readyz says beside, of a desk that is ready and not yet all there; nil: nothing.
	Page  http.Handler                    // Mounted at the root; nil: a plain sentence.
	// Mounts are the platforms' own ways in, by path, such as "/slack/".
	Mounts map[string]http.Handler
	// Figures are the desk's own, beside those of the process.
	Figures []prometheus.Collector
}

// Server serves until its context ends.
type Server struct {
	handler http.Handler
	log     *slog.Logger
}

// New makes a server.
func New(o Options) *Server {
	reg := prometheus.NewRegistry()
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, c := range o.Figures {
		reg.MustRegister(c)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Write([]byte("alive\n"))
	})
	mux.HandleFunc("GET /readyz", ready(o.Ready, o.Notes))
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	for path, h := range o.Mounts {
		mux.Handle(path, h)
	}
	if o.Page != nil {
		mux.Handle("/", o.Page)
	} else {
		mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
			w.Write([]byte("casebot is running. People use it in their chat.\n"))
		})
	}
	return &Server{handler: observe(mux, o.Log, reg), log: o.Log}
}

// readyTimeout bounds the look at the database and the platforms.
const readyTimeout = 3 * time.Second

// ready answers 200 when everything is in order and 503 with one line a fault when not.
func ready(check func(context.Context) error, notes func() []string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		answer := struct {
			Ready  bool     `json:"ready"`
			Faults []string `json:"faults,omitempty"`
			Notes  []string `json:"notes,omitempty"`
		}{Ready: true}
		if notes != nil {
			answer.Notes = notes()
		}
		if check != nil {
			if err := check(ctx); err != nil {
				answer.Ready, answer.Faults = false, strings.Split(err.Error(), "\n")
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !answer.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		json.NewEncoder(w).Encode(answer)
	}
}

// Handler gives the server's handler, for tests.
func (s *Server) Handler() http.Handler { return s.handler }

// Serve answers on a listener until ctx ends, then lets what is under way finish for a few seconds. A
// write time-out is left out on purpose: the playground's event stream stays open.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{Handler: s.handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 16,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	if err := srv.Shutdown(last); err != nil {
		srv.Close() // Event streams that did not end by themselves.
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
