package assist

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sashabaranov/go-openai"

	"casebot/desk"
)

// question is one request for words: the prompt is the desk's own, the body is what was cleared to leave.
type question struct {
	system string
	body   clearance
	schema json.RawMessage // Of the answer, when it is to be JSON.
	name   string          // Of the schema.
	limit  int             // Tokens of the answer.
}

// ask sends a question and gives the answer's words. Servers that do not know JSON schemas or the newer name of
// the limit say so with a 400 or 422; the question is then put as they take it, and so are the next ones.
func (h *Helper) ask(ctx context.Context, q question) (string, error) {
	sent := guess(q.system) + guess(q.body.text)
	var text string
	err := h.guarded(ctx, 1, sent+q.limit, sent, func(ctx context.Context) (int, error) {
		for {
			d := h.speaks()
			res, err := h.api.CreateChatCompletion(ctx, h.request(q, d))
			if err != nil {
				if h.learn(err, d, q.schema != nil) {
					continue
				}
				return 0, err
			}
			text, err = wordsOf(res)
			return res.Usage.TotalTokens, err
		}
	})
	return text, err
}

func (h *Helper) speaks() dialect {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dialect
}

func (h *Helper) request(q question, d dialect) openai.ChatCompletionRequest {
	r := openai.ChatCompletionRequest{Model: h.opt.ChatModel, Messages: []openai.ChatCompletionMessage{
		{Role: openai.ChatMessageRoleSystem, Content: q.system}, {Role: openai.ChatMessageRoleUser, Content: q.body.text}}}
	if d.oldLimit {
		r.MaxTokens = q.limit //lint:ignore SA1019 Servers of one's own often know the old name only.
	} else {
		r.MaxCompletionTokens = q.limit
	}
	if q.schema == nil {
		return r
	}
	switch d.format {
	case 0:
		r.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: q.name, Schema: q.schema, Strict: true}}
	case 1:
		r.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return r
}

// learn takes a refusal of the form of the request as a lesson, and says whether to ask once more. Each lesson is
// learned once, so the asking ends.
func (h *Helper) learn(err error, with dialect, format bool) bool {
	var api *openai.APIError
	if s := status(err); s != http.StatusBadRequest && s != http.StatusUnprocessableEntity {
		return false
	}
	said := strings.ToLower(err.Error())
	if errors.As(err, &api) && api.Param != nil {
		said += " " + strings.ToLower(*api.Param)
	}
	next := with
	switch {
	case strings.Contains(said, "max_completion_tokens") && !with.oldLimit:
		next.oldLimit = true
	case format && with.format < 2 && (strings.Contains(said, "response_format") || strings.Contains(said, "json_schema") || strings.Contains(said, "json_object")):
		next.format++
	default:
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dialect = next
	return true
}

// wordsOf takes the words out of an answer. One that broke off at its limit, or that the service's own filter
// stopped, is no answer: half an update is worse than none.
func wordsOf(res openai.ChatCompletionResponse) (string, error) {
	if len(res.Choices) == 0 {
		return "", fmt.Errorf("%w: it has no choices", errAnswer)
	}
	c := res.Choices[0]
	switch {
	case c.FinishReason == openai.FinishReasonLength:
		return "", errTooLong
	case c.FinishReason == openai.FinishReasonContentFilter || c.Message.Refusal != "":
		return "", fmt.Errorf("%w: the service declined", errAnswer)
	case strings.TrimSpace(c.Message.Content) == "":
		return "", fmt.Errorf("%w: it is empty", errAnswer)
	}
	return c.Message.Content, nil
}

// maxTexts is how many texts one request for vectors carries.
const maxTexts = 64

// Model names what makes the vectors.
func (h *Helper) Model() string { return h.opt.EmbedModel }

// Embed gives a vector of length 1 for each text. The texts are articles and questions; secrets and personal data
// are taken out of them as of everything else.
func (h *Helper) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if h == nil || h.opt.EmbedModel == "" {
		return nil, Off()
	}
	var out [][]float32
	for len(texts) > 0 {
		n := min(maxTexts, len(texts))
		part, err := h.embed(ctx, texts[:n])
		if err != nil {
			return nil, forPerson(err)
		}
		out, texts = append(out, part...), texts[n:]
	}
	return out, nil
}

func (h *Helper) embed(ctx context.Context, texts []string) ([][]float32, error) {
	cleared := make([]clearance, len(texts))
	for i, t := range texts {
		cleared[i] = h.clearWords(t, "")
	}
	return h.vectors(ctx, inBackground, cleared)
}

// Ask gives the vector of a question. One that reads like a security or privacy event is refused.
func (h *Helper) Ask(ctx context.Context, question desk.Question) ([]float32, error) {
	if h == nil || h.opt.EmbedModel == "" {
		return nil, Off()
	}
	c, err := h.clearQuestion(question)
	if err != nil {
		h.counts.refused.Add(1)
		return nil, err
	}
	v, err := h.vectors(ctx, 1, []clearance{c})
	if err != nil {
		return nil, forPerson(err)
	}
	return v[0], nil
}

func (h *Helper) vectors(ctx context.Context, share float64, texts []clearance) ([][]float32, error) {
	input, cost := make([]string, len(texts)), 0
	for i, t := range texts {
		// An empty text is refused by the API.
		if input[i] = t.text; strings.TrimSpace(t.text) == "" {
			input[i] = "-"
		}
		cost += guess(input[i])
	}
	var out [][]float32
	err := h.guarded(ctx, share, cost, cost, func(ctx context.Context) (int, error) {
		res, err := h.api.CreateEmbeddings(ctx, openai.EmbeddingRequestStrings{Input: input, Model: openai.EmbeddingModel(h.opt.EmbedModel), EncodingFormat: openai.EmbeddingEncodingFormatFloat})
		if err != nil {
			return 0, err
		}
		out, err = vectorsOf(res, len(input))
		return res.Usage.TotalTokens, err
	})
	return out, err
}

// maxEmbedded is how many characters of a text are turned into a vector.
const maxEmbedded = 6000

// vectorsOf checks an answer with vectors: one for each text, all of one length, made of numbers.
func vectorsOf(res openai.EmbeddingResponse, n int) ([][]float32, error) {
	out := make([][]float32, n)
	for _, d := range res.Data {
		if d.Index < 0 || d.Index >= n || out[d.Index] != nil {
			return nil, fmt.Errorf("%w: a vector is out of place", errAnswer)
		}
		out[d.Index] = unit(d.Embedding)
	}
	for _, v := range out {
		if v == nil || len(v) != len(out[0]) {
			return nil, fmt.Errorf("%w: vectors are missing or of different lengths", errAnswer)
		}
	}
	return out, nil
}

// Refuses says why nothing of this may be given to the helper; nil where it may.
func (h *Helper) Refuses(ask desk.AssistAsk) error {
	if err := refusal(ask); err != nil {
		return err
	}
	if h == nil || h.opt.ChatModel == "" {
		return Off()
	}
	return nil
}

// Propose writes what is asked for.
func (h *Helper) Propose(ctx context.Context, ask desk.AssistAsk) (desk.Proposal, error) {
	if err := refusal(ask); err != nil {
		if h != nil {
			h.counts.refused.Add(1)
		}
		return desk.Proposal{}, err // Also where there is no helper: the reason that counts is said first.
	}
	if h == nil || h.opt.ChatModel == "" {
		return desk.Proposal{}, Off()
	}
	p, err := h.propose(ctx, ask)
	if err != nil {
		return desk.Proposal{}, forPerson(err)
	}
	p.Task, p.Prompt, p.Person = ask.Task, prompts[ask.Task].version, ask.By.ID
	if ask.Case != nil {
		p.Case = ask.Case.ID
	}
	return p, nil
}
