//go:build !linux

package pgtest

import "syscall"

// dieWithParent does nothing where the kernel has no death signal; the guard ends the server there.
func dieWithParent(*syscall.SysProcAttr) {}
