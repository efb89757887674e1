package pgtest

import (
	"io"
	"os"
	"os/exec"
	"syscall"
)

// guard is a small shell beside the test process. A killed process can clean up nothing, so somebody else
// must: the guard reads a pipe that ends when the test process does, ends the server and removes the folder.
type guard struct {
	cmd  *exec.Cmd
	pipe io.Closer
}

// The server's number is read from its own lock file, which goes when the server does, so that the guard
// never signals a stranger who was given the number since. Five seconds are for the server's processes to end.
const guardScript = `
cat >/dev/null
lock="$1/data/postmaster.pid"
read -r pid 2>/dev/null <"$lock" && kill -QUIT "$pid" 2>/dev/null
n=0
while [ -e "$lock" ] && kill -0 "$pid" 2>/dev/null && [ $n -lt 50 ]; do sleep 0.1; n=$((n+1)); done
rm -rf "$1"
`

// watch starts the guard of a cluster's folder. It stands in a process group of its own, so that Ctrl-C in a
// terminal ends the tests and not the guard. It shares the test's stderr and writes nothing there:
// whoever waits for that to close, as go test does, waits for the clean-up too.
func watch(dir string) (*guard, error) {
	cmd := exec.Command("sh", "-c", guardScript, "pgtest-guard", dir)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &guard{cmd: cmd, pipe: pipe}, nil
}

// dismiss lets the guard go by the same way as a death: it finds no server and no folder, and ends.
func (g *guard) dismiss() {
	g.pipe.Close()
	g.cmd.Wait()
}
