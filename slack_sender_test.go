package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// sender sends requests over some connections, each of which waits for its answer before it sends the next, and takes as
// little of the processors as it can: they are the measured program's too. One goroutine looks after all connections, and an
// answer is read only as far as its length and its text.
type sender struct {
	address  string
	requests [][]byte
	wanted   []byte          // What every answer says.
	took     []time.Duration // From a request to its answer, in order of the requests.
}

// pending is a connection, what it sent last, and as much of the answer as has come.
type pending struct {
	n     int
	begun time.Time
	in    []byte
}

// run sends every request and returns when the last one is answered, or at the first that is answered otherwise.
func (s *sender) run(connections int) error {
	conns := make([]pending, connections)
	polls := make([]unix.PollFd, 0, connections)
	defer func() {
		for _, p := range polls {
			unix.Close(int(p.Fd))
		}
	}()
	next := 0
	for i := range conns {
		fd, err := dialPlain(s.address)
		if err != nil {
			return err
		}
		polls = append(polls, unix.PollFd{Fd: int32(fd), Events: unix.POLLIN})
		conns[i].in = make([]byte, 0, 16<<10)
		if err := s.send(fd, &conns[i], &next); err != nil {
			return err
		}
	}
	for open := min(connections, len(s.requests)); open > 0; {
		switch n, err := unix.Poll(polls, 10_000); {
		case err != nil && err != unix.EINTR:
			return err
		case err == nil && n == 0:
			return errors.New("nothing was answered for ten seconds")
		}
		for i := range polls {
			if polls[i].Revents == 0 || conns[i].n < 0 {
				continue
			}
			c, fd := &conns[i], int(polls[i].Fd)
			n, err := unix.Read(fd, c.in[len(c.in):cap(c.in)])
			if err != nil || n == 0 {
				return fmt.Errorf("the connection ended: %w, after %q", err, c.in)
			}
			c.in = c.in[:len(c.in)+n]
			if !whole(c.in) {
				continue
			}
			s.took[c.n] = time.Since(c.begun)
			if !bytes.HasPrefix(c.in, []byte("HTTP/1.1 200 ")) || !bytes.Contains(c.in, s.wanted) {
				return fmt.Errorf("it said: %s", c.in)
			}
			if err := s.send(fd, c, &next); err != nil {
				return err
			}
			if c.n < 0 {
				open--
			}
		}
	}
	return nil
}

// send sends the next request, if there is one; else the connection has nothing more to do.
func (s *sender) send(fd int, c *pending, next *int) error {
	if c.n, c.in = -1, c.in[:0]; *next == len(s.requests) {
		return nil
	}
	c.n, c.begun = *next, time.Now()
	*next++
	for rest := s.requests[c.n]; len(rest) > 0; {
		n, err := unix.Write(fd, rest)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// whole says whether an answer has come to its end, which its length tells.
func whole(in []byte) bool {
	head, body, ok := bytes.Cut(in, []byte("\r\n\r\n"))
	if !ok {
		return false
	}
	_, rest, _ := bytes.Cut(head, []byte("\r\nContent-Length: "))
	digits, _, _ := bytes.Cut(rest, []byte("\r\n"))
	length, err := strconv.Atoi(string(digits))
	return err == nil && len(body) >= length
}

// dialPlain opens a connection that nothing but the caller looks after.
func dialPlain(address string) (int, error) {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return 0, err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err == nil {
		err = unix.Connect(fd, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()})
	}
	return fd, err
}
