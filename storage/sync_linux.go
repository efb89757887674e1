package storage

import (
	"os"
	"syscall"
)

// syncData brings a file's data to the disk, and of what the file system notes beside it no more than is needed to read them
// back: not the time of the change, for which some file systems would write their journal too (fdatasync(2)).
func syncData(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); err != syscall.EINTR {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
