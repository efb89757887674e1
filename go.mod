module casebot

go 1.26

require (
	github.com/kljensen/snowball v0.10.0
	golang.org/x/text v0.31.0
)

require (
	github.com/robfig/cron/v3 v3.0.1 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
)
