package rules

// maxEchoed is how much of an author's own words a message repeats, in
// characters.
const maxEchoed = 64

// clip shortens what an author wrote for use in a message.
func clip(text string) string {
	count := 0
	for i := range text {
		if count == maxEchoed {
			return text[:i] + "…"
		}
		count++
	}
	return text
}
