// Package templates holds how things look: the words of messages, the default handbook, charts.
package templates

import _ "embed"

//go:embed handbook.yaml
var handbook []byte

// DefaultHandbook gives the source of the handbook that is used when the desk has none of its own.
func DefaultHandbook() []byte { return handbook }
