package pgattest

import (
	"bufio"
	"encoding/json"
	"os"
	"time"
)

const recordingSchema = "pgattest.recording/1"

type recordingHeader struct {
	Schema    string `json:"schema"`
	Generator string `json:"generator"`
	StartedAt string `json:"startedAt"`
	Model     string `json:"model"`
	Segment   string `json:"segment,omitempty"`
}

type recordingBucket struct {
	Second    int64            `json:"second"`
	Statement string           `json:"statement"`
	Kind      string           `json:"kind"`
	Done      int64            `json:"done"`
	Errors    map[string]int64 `json:"errors,omitempty"`
	Wrong     int64            `json:"wrong,omitempty"`
	Latency   string           `json:"latency,omitempty"`
	Service   string           `json:"service,omitempty"`
}

type recordingEnd struct {
	End endLine `json:"end"`
}

type endLine struct {
	Seconds   float64 `json:"seconds"`
	Scheduled *int64  `json:"scheduled,omitempty"`
	Dropped   int64   `json:"dropped"`
	Complete  bool    `json:"complete"`
	Reason    string  `json:"reason,omitempty"`
}

// recordingFile is the recording on its way to the disk. The first error stays in err, and what was whole by then stays
// in the file.
type recordingFile struct {
	path   string
	file   *os.File
	out    *bufio.Writer
	header recordingHeader
	// Given by the script; nil: where the first iteration begins.
	startedAt *time.Time
	// Bytes up to the last flush that went well, and those since.
	safe, since int64
	begun       bool
	err         error
}

func createRecording(path string) (*recordingFile, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644) //nolint:gosec // the script names it
	if err != nil {
		return nil, err
	}
	return &recordingFile{path: path, file: file, out: bufio.NewWriterSize(file, 1<<18)}, nil
}

// begin writes the header and gives the instant of second 0.
func (f *recordingFile) begin(start int64) int64 {
	if f.begun {
		return start
	}
	f.begun = true
	if f.startedAt != nil {
		start = f.startedAt.UnixNano() - bornWall
	}
	f.header.StartedAt = wallOf(start).UTC().Format("2006-01-02T15:04:05.000000Z")
	if f.header.Model == "" {
		f.header.Model = "closed"
	}
	f.line(f.header)
	f.flush()
	return start
}

func (f *recordingFile) bucket(second int64, key statementKey, b *bucket, classes []string) {
	line := recordingBucket{Second: second, Statement: key.name, Kind: key.kind, Done: b.done, Wrong: b.wrong}
	if len(b.errors) > 0 {
		line.Errors = make(map[string]int64, len(b.errors))
		for class, count := range b.errors {
			line.Errors[classes[class]] = count
		}
	}
	var err error
	if line.Latency, err = encoded(b.latency); err == nil {
		line.Service, err = encoded(b.service)
	}
	if err != nil && f.err == nil {
		f.err = err
	}
	f.line(line)
}

func (f *recordingFile) line(value any) {
	if f.err != nil {
		return
	}
	text, err := json.Marshal(value)
	if err == nil {
		_, err = f.out.Write(append(text, '\n'))
		f.since += int64(len(text)) + 1
	}
	f.broke(err)
}

func (f *recordingFile) flush() {
	if f.err != nil {
		return
	}
	if err := f.out.Flush(); err != nil {
		f.broke(err)
		return
	}
	f.safe += f.since
	f.since = 0
}

// broke cuts off what is half a second, so that the rest can be read.
func (f *recordingFile) broke(err error) {
	if err == nil || f.err != nil {
		return
	}
	f.err = err
	_ = f.file.Truncate(f.safe)
}

// finish writes the end, even where no room was left for more: truncating may have made some.
func (f *recordingFile) finish(end endLine) error {
	first := f.err
	if first != nil {
		f.err = nil
		_, _ = f.file.Seek(f.safe, 0)
		f.out.Reset(f.file)
		f.since = 0
	}
	f.line(recordingEnd{end})
	f.flush()
	if err := f.file.Close(); f.err == nil {
		f.err = err
	}
	if first != nil {
		return first
	}
	return f.err
}
