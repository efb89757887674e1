module casebot

go 1.26

require (
	github.com/kljensen/snowball v0.10.0
	golang.org/x/text v0.31.0
)
