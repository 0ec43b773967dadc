package pgattest

import "encoding/binary"

// Messages of the extended query protocol, appended to a buffer: a whole transaction leaves in one write.
// https://www.postgresql.org/docs/15/protocol-message-formats.html

func appendParse(b []byte, name, sql string) []byte {
	b, at := begin(b, 'P')
	b = append(append(b, name...), 0)
	b = append(append(b, sql...), 0)
	// No types: the server finds them.
	b = append(b, 0, 0)
	return end(b, at)
}

// appendBind takes the tail of the message, as bindTail makes it.
func appendBind(b []byte, name string, tail []byte) []byte {
	b, at := begin(b, 'B')
	b = append(b, 0)
	b = append(append(b, name...), 0)
	b = append(b, tail...)
	return end(b, at)
}

func appendDescribePortal(b []byte) []byte { return append(b, 'D', 0, 0, 0, 6, 'P', 0) }
func appendExecute(b []byte) []byte        { return append(b, 'E', 0, 0, 0, 9, 0, 0, 0, 0, 0) }
func appendSync(b []byte) []byte           { return append(b, 'S', 0, 0, 0, 4) }

func appendQuery(b []byte, sql string) []byte {
	b, at := begin(b, 'Q')
	b = append(append(b, sql...), 0)
	return end(b, at)
}

// bindTail appends what follows the statement's name: parameters as text, results as text.
func bindTail(b []byte, count int, text func(int) (value string, null bool)) []byte {
	b = binary.BigEndian.AppendUint16(append(b, 0, 0), uint16(count))
	for i := range count {
		value, null := text(i)
		if null {
			b = append(b, 0xff, 0xff, 0xff, 0xff)
			continue
		}
		b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
		b = append(b, value...)
	}
	return append(b, 0, 0)
}

// What most control statements have: no parameters.
var emptyTail = bindTail(nil, 0, nil)

func begin(b []byte, kind byte) ([]byte, int) { return append(b, kind, 0, 0, 0, 0), len(b) + 1 }

func end(b []byte, at int) []byte {
	binary.BigEndian.PutUint32(b[at:], uint32(len(b)-at))
	return b
}
