package pgtest

import "syscall"

// dieWithParent has the kernel end the server when the test process dies, even where the guard was killed
// together with it.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
