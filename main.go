// Command casebot is a support desk that lives in chat, for software sold through partners.
package main

import "os"

func main() {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "kb":
			os.Exit(runKB(os.Args[2:], os.Stdout, os.Stderr))
		}
	}
}
