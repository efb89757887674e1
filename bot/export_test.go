package bot

// Expected counts the cards that are waited for, so that tests see that nobody is left waiting.
func (d *Delivery) Expected() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.expected)
}

// TidyInSteps is Tidy with rounds and transactions as small as a test likes.
var TidyInSteps = tidyInSteps
