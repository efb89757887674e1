package main

import (
	"bufio"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// zoneRules names the version of the time zone rules in use, for the log: that of the system, where it says
// so, else those built into the program (SLA.md, section 1). Go looks in the same places in the same order.
func zoneRules() string {
	dirs := []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}
	if env := os.Getenv("ZONEINFO"); env != "" {
		dirs = append([]string{env}, dirs...)
	}
	for _, dir := range dirs {
		if _, err := os.Stat(filepath.Join(dir, "UTC")); err != nil {
			continue
		}
		return versionIn(dir)
	}
	return "built in (" + runtime.Version() + ")"
}

// versionIn reads the version a system's rules give themselves: "2026b" from tzdata.zi or +VERSION.
func versionIn(dir string) string {
	for _, name := range []string{"+VERSION", "tzdata.zi"} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		line, _ := bufio.NewReader(f).ReadString('\n')
		f.Close()
		if v := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(line, "# version"), "#")); v != "" && len(v) < 40 {
			return v + " (" + dir + ")"
		}
	}
	return "of the system (" + dir + "), which does not say its version"
}
