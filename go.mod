module casebot

go 1.26
