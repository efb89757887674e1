package assistfake

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"strings"
	"unicode"
)

// message is one of a conversation.
type message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// chat answers a chat completion. What it was not told to write it makes up from the question, so that the playground
// shows something that reads like a draft.
func (s *Server) chat(w http.ResponseWriter, body map[string]json.RawMessage) {
	var model string
	var messages []message
	json.Unmarshal(body["model"], &model)
	if err := json.Unmarshal(body["messages"], &messages); err != nil || len(messages) == 0 {
		refuse(w, http.StatusBadRequest, "invalid_request_error", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
		return
	}
	if model != Chat {
		refuse(w, http.StatusNotFound, "invalid_request_error", fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", model))
		return
	}
	for _, m := range messages {
		if m.Role != "system" && m.Role != "user" && m.Role != "assistant" {
			refuse(w, http.StatusBadRequest, "invalid_request_error", fmt.Sprintf("Invalid value: '%s'.", m.Role))
			return
		}
	}
	s.mu.Lock()
	text := ""
	if len(s.next) > 0 {
		if text = s.next[0]; len(s.next) > 1 {
			s.next = s.next[1:]
		}
	}
	s.mu.Unlock()
	if text == "" {
		text = usual(messages)
	}
	in := 0
	for _, m := range messages {
		in += len(m.Content) / 4
	}
	answer(w, http.StatusOK, map[string]any{"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": Chat,
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": text, "refusal": nil}}},
		"usage":   map[string]int{"prompt_tokens": in, "completion_tokens": len(text) / 4, "total_tokens": in + len(text)/4}})
}

// usual is what the fake writes untold: plain words with the summary of the case, or an object with its keys empty.
func usual(messages []message) string {
	system, data := messages[0].Content, messages[len(messages)-1].Content
	_, summary, _ := strings.Cut(data, "Summary: ")
	summary, _, _ = strings.Cut(summary, "\n")
	switch {
	case strings.Contains(system, "You read a message"):
		// The first sentence is the summary; the rest is for a real model.
		_, first, _ := strings.Cut(data, ">\n")
		first, _, _ = strings.Cut(first, "\n")
		out, _ := json.Marshal(map[string]string{"summary": first})
		return string(out)
	case strings.Contains(system, "knowledge article"):
		out, _ := json.Marshal(map[string]string{"title": summary, "text": "How it shows: " + summary + "\n\n1. Do what the case was resolved with."})
		return string(out)
	case strings.Contains(system, "hand-over summary"):
		return "What fails\n" + summary + "\nWho is affected\nNot known.\nSince when\nNot known.\nTried so far\nNot known.\nPromised\nNot known.\nOpen questions\nNot known."
	}
	return "We are working on this: " + summary + ". You can go on as you do now. We tell you what we find."
}

// dimensions is the length of a vector.
const dimensions = 64

// embed answers with vectors in which texts with the same words, or words set to mean the same, are close.
func (s *Server) embed(w http.ResponseWriter, body map[string]json.RawMessage) {
	var model string
	var input []string
	json.Unmarshal(body["model"], &model)
	if json.Unmarshal(body["input"], &input) != nil {
		var one string
		if json.Unmarshal(body["input"], &one) == nil {
			input = []string{one}
		}
	}
	switch {
	case model != Embed:
		refuse(w, http.StatusNotFound, "invalid_request_error", fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", model))
		return
	case len(input) == 0 || len(input) > 2048:
		refuse(w, http.StatusBadRequest, "invalid_request_error", "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")
		return
	}
	var data []any
	tokens := 0
	for i, text := range input {
		if text == "" {
			refuse(w, http.StatusBadRequest, "invalid_request_error", "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")
			return
		}
		tokens += len(text) / 4
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": s.vector(text)})
	}
	answer(w, http.StatusOK, map[string]any{"object": "list", "model": Embed, "data": data, "usage": map[string]int{"prompt_tokens": tokens, "total_tokens": tokens}})
}

func (s *Server) vector(text string) []float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := make([]float64, dimensions)
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		if to := s.same[word]; to != "" {
			word = to
		}
		if len(word) < 4 {
			continue
		}
		h := fnv.New32a()
		h.Write([]byte(word))
		v[h.Sum32()%dimensions]++
	}
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	if sum == 0 {
		v[0], sum = 1, 1
	}
	for i := range v {
		v[i] /= math.Sqrt(sum)
	}
	return v
}
