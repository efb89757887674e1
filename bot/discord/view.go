package discord

// The vendor's limits of a modal and of choices (docs.discord.com/developers/components/reference).
const (
	maxModalTitle = 45
	maxModalParts = 5
	maxLabel      = 45
	maxHint       = 100
	maxExample    = 100
	maxTyped      = 4000
	maxIntro      = 4000
	maxOptions    = 25
	maxOption     = 100
	maxSelectHint = 150
)
