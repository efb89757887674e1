//go:build !linux

package kb

import "time"

var benchStart = time.Now()

// processorTime is the time passed, where a thread's own time cannot be told.
func processorTime() time.Duration { return time.Since(benchStart) }
