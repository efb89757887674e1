package bottest

// Few is how many pieces a fuzzer's message is given: n, from 0 to most, but of long texts no more than hold 64 KiB together,
// and one at least. Long texts and many pieces together are megabytes, and find nothing that either does not.
func Few(n, most int, texts ...string) int {
	size := 1
	for _, s := range texts {
		size += len(s)
	}
	return max(0, min(n, most, max(1, 64<<10/size)))
}
