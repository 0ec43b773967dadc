package pgattest

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
)

const deckSchema = "pgattest.deck/1"

type deckHeader struct {
	Schema       string          `json:"schema"`
	Statements   []DeckStatement `json:"statements"`
	Role         *string         `json:"role"`
	SettingsLast string          `json:"settingsLast"`
}

type deckLine struct {
	Transaction string              `json:"transaction"`
	Tenant      string              `json:"tenant"`
	Settings    map[string]string   `json:"settings"`
	Calls       [][]json.RawMessage `json:"calls"`
}

type deckExpectation struct {
	Rows    *int64             `json:"rows"`
	AtLeast *int64             `json:"atLeast"`
	Own     [2]json.RawMessage `json:"own"`
}

var (
	decksLock sync.Mutex
	decks     = map[string]*deck{}
)

// openDeck reads a deck once per process.
func openDeck(path string, r *recorder) (*deck, error) {
	decksLock.Lock()
	defer decksLock.Unlock()
	if known := decks[path]; known != nil {
		return known, nil
	}
	file, err := os.Open(path) //nolint:gosec // the script names it
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // only read
	d, err := readDeck(file, path)
	if err != nil {
		return nil, err
	}
	for _, each := range d.statements {
		d.statementIDs = append(d.statementIDs, r.id(each.Name, each.Kind))
	}
	for _, name := range d.transactions {
		d.transactionIDs = append(d.transactionIDs, r.id(name, kindTransaction))
	}
	decks[path] = d
	return d, nil
}

// deckReader gathers what one pass finds.
type deckReader struct {
	deck   *deck
	role   string
	kindAt map[string]uint16
	owner  map[string]uint32
	// For one call, reused.
	scratch []byte
}

// readDeck says line and reason of what is wrong.
func readDeck(from io.Reader, path string) (*deck, error) {
	lines := bufio.NewReaderSize(from, 1<<20)
	reader := &deckReader{
		deck: &deck{path: path, offsets: []uint64{0}}, kindAt: map[string]uint16{}, owner: map[string]uint32{},
	}
	for number := 1; ; number++ {
		line, err := lines.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s: line %d: %w", path, number, err)
		}
		if len(strings.TrimSpace(string(line))) > 0 {
			read := reader.transaction
			if number == 1 {
				read = reader.header
			}
			if bad := read(line); bad != nil {
				return nil, fmt.Errorf("%s: line %d: %w", path, number, bad)
			}
		}
		if err != nil {
			break
		}
	}
	d := reader.deck
	if len(d.statements) == 0 {
		return nil, fmt.Errorf("%s: line 1: no header; this is not a deck", path)
	}
	if d.count() == 0 {
		return nil, fmt.Errorf("%s: no transactions in it", path)
	}
	d.data = slices.Clip(d.data)
	d.offsets = slices.Clip(d.offsets)
	return d, nil
}

func (r *deckReader) header(line []byte) error {
	var header deckHeader
	if err := json.Unmarshal(line, &header); err != nil {
		return plainJSON(err)
	}
	if header.Schema != deckSchema {
		return fmt.Errorf("the schema is %q and should be %q", header.Schema, deckSchema)
	}
	if len(header.Statements) == 0 {
		return errors.New("no statements")
	}
	for _, each := range header.Statements {
		if each.Name == "" || each.SQL == "" {
			return errors.New("a statement without a name or SQL")
		}
		if each.Kind != "read" && each.Kind != "write" {
			return fmt.Errorf("statement %s: kind %q is neither read nor write", each.Name, each.Kind)
		}
	}
	if header.SettingsLast != "transaction" && header.SettingsLast != "session" {
		return fmt.Errorf("settingsLast is %q and should be transaction or session", header.SettingsLast)
	}
	r.deck.statements = header.Statements
	r.deck.local = header.SettingsLast == "transaction"
	if header.Role != nil {
		r.role = *header.Role
	}
	return nil
}

func (r *deckReader) transaction(line []byte) error {
	var one deckLine
	if err := json.Unmarshal(line, &one); err != nil {
		return plainJSON(err)
	}
	if one.Transaction == "" {
		return errors.New("no transaction name")
	}
	if len(one.Calls) == 0 {
		return fmt.Errorf("transaction %s calls no statement", one.Transaction)
	}
	d := r.deck
	data := r.settings(d.data, one.Settings)
	data = binary.AppendUvarint(data, uint64(len(one.Calls)))
	for number, parts := range one.Calls {
		var err error
		if data, err = r.call(data, parts); err != nil {
			return fmt.Errorf("call %d: %w", number, err)
		}
	}
	kind, known := r.kindAt[one.Transaction]
	if !known {
		kind = uint16(len(d.transactions))
		r.kindAt[one.Transaction] = kind
		d.transactions = append(d.transactions, one.Transaction)
	}
	owner, known := r.owner[one.Tenant]
	if !known {
		owner = uint32(len(d.tenants))
		r.owner[one.Tenant] = owner
		d.tenants = append(d.tenants, one.Tenant)
	}
	d.data = data
	d.kinds = append(d.kinds, kind)
	d.owners = append(d.owners, owner)
	d.offsets = append(d.offsets, uint64(len(data)))
	return nil
}

// settings are made in the order of their names, the role last: it may be one that may not make them.
func (r *deckReader) settings(data []byte, settings map[string]string) []byte {
	names := make([]string, 0, len(settings)+1)
	for name := range settings {
		names = append(names, name)
	}
	slices.Sort(names)
	texts := make([]string, 0, 2*len(names)+2)
	for _, name := range names {
		texts = append(texts, name, settings[name])
	}
	if r.role != "" {
		texts = append(texts, "role", r.role)
	}
	count := len(texts) / 2
	for len(r.deck.settingsSQL) <= count {
		r.deck.settingsSQL = append(r.deck.settingsSQL, settingsSQL(len(r.deck.settingsSQL), r.deck.local))
	}
	r.scratch = bindTail(r.scratch[:0], len(texts), func(i int) (string, bool) { return texts[i], false })
	data = binary.AppendUvarint(data, uint64(count))
	return appendBlock(data, r.scratch)
}

func (r *deckReader) call(data []byte, parts []json.RawMessage) ([]byte, error) {
	if len(parts) != 2 && len(parts) != 3 {
		return nil, fmt.Errorf("%d parts; there should be statement, parameters and perhaps what is expected", len(parts))
	}
	var statement int
	if err := json.Unmarshal(parts[0], &statement); err != nil || statement < 0 || statement >= len(r.deck.statements) {
		return nil, fmt.Errorf("no statement %s: the header has %d", parts[0], len(r.deck.statements))
	}
	var parameters []*string
	if err := json.Unmarshal(parts[1], &parameters); err != nil {
		return nil, errors.New("parameters should be a list of texts and nulls")
	}
	if len(parameters) > 65535 {
		return nil, fmt.Errorf("%d parameters; PostgreSQL takes 65535", len(parameters))
	}
	r.scratch = bindTail(r.scratch[:0], len(parameters), func(i int) (string, bool) {
		if parameters[i] == nil {
			return "", true
		}
		return *parameters[i], false
	})
	data = binary.AppendUvarint(data, uint64(statement))
	data = appendBlock(data, r.scratch)
	if len(parts) == 2 {
		return append(data, 0), nil
	}
	return r.expectation(data, parts[2])
}

func (r *deckReader) expectation(data []byte, part json.RawMessage) ([]byte, error) {
	var expected deckExpectation
	if err := json.Unmarshal(part, &expected); err != nil {
		return nil, fmt.Errorf("what is expected: %w", plainJSON(err))
	}
	var flags byte
	rows := expected.Rows
	switch {
	case rows != nil:
		flags |= hasRows
	case expected.AtLeast != nil:
		flags |= hasAtLeast
		rows = expected.AtLeast
	}
	if rows != nil && *rows < 0 {
		return nil, errors.New("what is expected: fewer than no rows")
	}
	if expected.Own[0] != nil {
		flags |= hasOwn
	}
	data = append(data, flags)
	if rows != nil {
		data = binary.AppendUvarint(data, uint64(*rows))
	}
	if flags&hasOwn == 0 {
		return data, nil
	}
	var column int
	var texts []string
	if json.Unmarshal(expected.Own[0], &column) != nil || column < 0 || json.Unmarshal(expected.Own[1], &texts) != nil {
		return nil, errors.New("what is expected: own should be [column, [texts]]")
	}
	r.scratch = r.scratch[:0]
	for _, text := range texts {
		r.scratch = appendText(r.scratch, text)
	}
	data = binary.AppendUvarint(data, uint64(column))
	return appendBlock(data, r.scratch), nil
}

func appendBlock(data, block []byte) []byte {
	return append(binary.AppendUvarint(data, uint64(len(block))), block...)
}

func plainJSON(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("not JSON: %w", err)
	}
	return err
}
