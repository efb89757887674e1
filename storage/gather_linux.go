package storage

import "sync"

// int casebot_gather(void);
import "C"

// gatherVFS is the file system of SQLite's that the writer uses (gather_linux.c), or "" for the system's own.
var gatherVFS = sync.OnceValue(func() string {
	if C.casebot_gather() == 0 {
		return ""
	}
	return "gather"
})
