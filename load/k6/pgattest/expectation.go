package pgattest

import (
	"bytes"
	"encoding/binary"
)

// expectation is what must hold of a result. The zero value expects nothing.
type expectation struct {
	// So many rows, exactly or at least; looked at when counted is true.
	counted, atLeast bool
	rows             int64
	// Every row's column holds one of `own`: texts, each after its length as uvarint. Nil: not looked at.
	column int
	own    []byte
}

func (e *expectation) countHolds(rows int64) bool {
	if !e.counted {
		return true
	}
	return rows == e.rows || e.atLeast && rows > e.rows
}

func (e *expectation) rowHolds(values [][]byte) bool {
	if e.own == nil {
		return true
	}
	if e.column >= len(values) || values[e.column] == nil {
		return false
	}
	value := values[e.column]
	for left := e.own; len(left) > 0; {
		length, head := binary.Uvarint(left)
		to := head + int(length)
		if bytes.Equal(left[head:to], value) {
			return true
		}
		left = left[to:]
	}
	return false
}

func appendText(b []byte, text string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(text))), text...)
}
