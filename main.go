// Command casebot is a support desk that lives in chat, for software sold through partners.
package main

func main() {}
