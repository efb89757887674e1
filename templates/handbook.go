// Package templates holds how things look: the texts of messages and pages, and the data the program
// ships with.
package templates

import _ "embed"

//go:embed handbook.yaml
var defaultHandbook []byte

// DefaultHandbook gives the source of the handbook that is built in. It is used when no handbook.yaml
// is there, and it is the example people start their own from.
func DefaultHandbook() []byte { return append([]byte(nil), defaultHandbook...) }
