// Package assist is the optional helper behind desk.Assistant: any address that speaks the OpenAI chat and
// embeddings API. Without a key it does not exist, and when it is down the desk works as before.
//
// A guided tour, in the order in which a request passes:
//
// What may leave. gate.go is the one door: [clearance] is the only type the client sends, and only it makes
// one. It refuses everything of a security or privacy case (handbook §4) and takes secrets and personal data
// out of the rest by redact.go; people's names become roles and are put back into the answer.
//
// What is asked. prompts/*.txt hold one prompt a task with its version in the first line; tasks.go fills them
// from a case, fields.go makes the schema of the form and reads the answer strictly.
//
// Whether it is asked. budget.go counts tokens a day, breaker.go stops asking a service that fails, client.go
// bounds how many requests run at once, how long one takes and how much it may answer.
//
// What comes back. clean.go makes plain text of it. It is a proposal: a person reads, changes and sends it, so
// nothing in it can press a button or give a command, whatever the case's text has talked the model into.
//
// fuse.go is apart from all this: pure functions that put two rankings of articles together, with a weight
// fitted on past cases that is 0 when the second ranking does not help.
package assist
