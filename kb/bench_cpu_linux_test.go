package kb

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is what the calling thread has used of the processor (clock_gettime(2), CLOCK_THREAD_CPUTIME_ID). On a
// machine that is shared it says what a search costs; the wall clock says how long the others let it wait.
func processorTime() time.Duration {
	var ts unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts) != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}
