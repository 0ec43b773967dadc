package pgattest

import hdr "github.com/HdrHistogram/hdrhistogram-go"

// The same for every histogram, so that any two can be added: 1 µs to an hour, three digits.
const (
	lowest  = 1
	highest = 3_600_000_000
	digits  = 3
)

func newHistogram() *hdr.Histogram { return hdr.New(lowest, highest, digits) }

// micros rounds a duration in nanoseconds up to what the histogram holds.
func micros(nanos int64) int64 { return min(max((nanos+999)/1000, lowest), highest) }

// encoded is V2, compressed, base64; empty for an empty histogram.
func encoded(h *hdr.Histogram) (string, error) {
	if h.TotalCount() == 0 {
		return "", nil
	}
	text, err := h.Encode(hdr.V2CompressedEncodingCookieBase)
	return string(text), err
}
