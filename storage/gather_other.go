//go:build !linux

package storage

// gatherVFS is the file system of SQLite's that the writer uses: the system's own.
func gatherVFS() string { return "" }
