// Package slackfake is Slack's service in one process, for tests: the Web API, Socket Mode, signed HTTP
// requests, views, files and response URLs, with people who act in it through a bottest.Workspace.
//
// It is as strict as the vendor. What Slack refuses is refused with Slack's own error code, trigger ids are
// used once and die after three seconds, an event that nobody acknowledged is sent again, and a payload over
// a documented limit is refused and noted in Problems, on which tests fail. It decodes JSON by itself and
// uses no client library, so that the adapter and its fake do not agree by sharing a mistake.
//
// Vendor pages followed: api.slack.com/methods, /events, /apis/socket-mode, /interactivity/handling,
// /surfaces/modals, /reference/block-kit, /authentication/verifying-requests-from-slack.
package slackfake
