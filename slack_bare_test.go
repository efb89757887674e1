package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"time"

	"github.com/mattn/go-sqlite3"
)

// bareDesk is the least that answers a signed /case new with the case durably written: no checks, no clocks, no events, no
// notices, one row. Those that wait share a transaction and a sync, as the desk's do. It is the measure of
// BenchmarkSlackNew and nothing else.
type bareDesk struct {
	queue chan bareCase
}

type bareCase struct {
	id, body string
	done     chan error
}

func runBareDesk() {
	c, err := (&sqlite3.SQLiteDriver{}).Open("file:bare.db?_journal_mode=WAL&_synchronous=FULL&_mutex=no")
	if err != nil {
		log.Fatal(err)
	}
	db := c.(*sqlite3.SQLiteConn)
	if _, err := db.Exec("create table cases (id text not null primary key, body text not null)", nil); err != nil {
		log.Fatal(err)
	}
	d := &bareDesk{queue: make(chan bareCase, 256)}
	go d.write(db)
	http.HandleFunc("POST /slack/commands", d.command)
	http.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	go http.ListenAndServe(os.Getenv("CASEBOT_LISTEN"), nil)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
}

// write commits what waits, all of it at once.
func (d *bareDesk) write(db *sqlite3.SQLiteConn) {
	for first := range d.queue {
		group := []bareCase{first}
		for more := true; more && len(group) < 64; {
			select {
			case one := <-d.queue:
				group = append(group, one)
			default:
				more = false
			}
		}
		_, err := db.Exec("begin immediate", nil)
		for _, one := range group {
			if err == nil {
				_, err = db.Exec("insert into cases (id, body) values (?, ?)", []driver.Value{one.id, one.body})
			}
		}
		if err == nil {
			_, err = db.Exec("commit", nil)
		}
		for _, one := range group {
			one.done <- err
		}
	}
}

func (d *bareDesk) command(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	m := hmac.New(sha256.New, []byte(os.Getenv("SLACK_SIGNING_SECRET")))
	fmt.Fprintf(m, "v0:%s:%s", r.Header.Get("X-Slack-Request-Timestamp"), body)
	form, err := url.ParseQuery(string(body))
	if err != nil || !hmac.Equal([]byte("v0="+hex.EncodeToString(m.Sum(nil))), []byte(r.Header.Get("X-Slack-Signature"))) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	one := bareCase{"NW-" + form.Get("trigger_id"), form.Get("text"), make(chan error, 1)}
	d.queue <- one
	if err := <-one.done; err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"response_type": "ephemeral", "text": one.id + " is filed as Sev 3 at " + time.Now().Format(time.RFC3339)})
}
