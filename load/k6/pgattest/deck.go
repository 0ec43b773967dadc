package pgattest

import (
	"encoding/binary"
	"fmt"
	"slices"
)

// deck is transactions ready to be sent, in one block of memory without pointers: hundreds of thousands of them cost the
// garbage collector nothing. It is not changed after it was read.
type deck struct {
	path       string
	statements []DeckStatement
	// is_local of set_config.
	local        bool
	transactions []string
	tenants      []string
	// Transaction i is data[offsets[i]:offsets[i+1]].
	data    []byte
	offsets []uint64
	kinds   []uint16
	owners  []uint32
	// In the recorder.
	statementIDs, transactionIDs []int32
	settingsSQL                  []string
}

// DeckStatement is what a script sees of one.
type DeckStatement struct {
	Name string `js:"name" json:"name"`
	Kind string `js:"kind" json:"kind"`
	SQL  string `js:"sql" json:"sql"`
}

const (
	hasRows = 1 << iota
	hasAtLeast
	hasOwn
)

// A transaction: uvarint number of settings, uvarint length, tail of Bind; uvarint number of calls; the calls.
// A call: uvarint statement, uvarint length, tail of Bind, flags, then what the flags say:
// uvarint rows; uvarint column, uvarint length, texts.

func (d *deck) count() int { return len(d.kinds) }

// steps puts transaction i into `into`, whose memory it reuses: BEGIN, settings, calls, COMMIT.
func (d *deck) steps(i int, into []step) []step {
	left := d.data[d.offsets[i]:d.offsets[i+1]]
	number := func() int {
		value, head := binary.Uvarint(left)
		left = left[head:]
		return int(value)
	}
	block := func() []byte {
		length := number()
		taken := left[:length:length]
		left = left[length:]
		return taken
	}
	into = append(into[:0], step{sql: "BEGIN", tail: emptyTail, statement: -1})
	settings := number()
	if tail := block(); settings > 0 {
		into = append(into, step{sql: d.settingsSQL[settings], tail: tail, statement: -1})
	}
	for calls := number(); calls > 0; calls-- {
		at := number()
		one := step{sql: d.statements[at].SQL, statement: d.statementIDs[at], tail: block()}
		flags := left[0]
		left = left[1:]
		if flags&(hasRows|hasAtLeast) != 0 {
			one.expect.counted, one.expect.atLeast = true, flags&hasAtLeast != 0
			one.expect.rows = int64(number())
		}
		if flags&hasOwn != 0 {
			one.expect.column = number()
			one.expect.own = block()
		}
		into = append(into, one)
	}
	return append(into, step{sql: "COMMIT", tail: emptyTail, statement: -1, tag: "COMMIT"})
}

func (d *deck) calls(i int) int { return len(d.steps(i, nil)) - 2 - min(1, d.settings(i)) }

func (d *deck) settings(i int) int {
	value, _ := binary.Uvarint(d.data[d.offsets[i]:])
	return int(value)
}

func (d *deck) bytes() int {
	return cap(d.data) + 8*cap(d.offsets) + 2*cap(d.kinds) + 4*cap(d.owners)
}

// settingsSQL makes n settings in one statement.
func settingsSQL(n int, local bool) string {
	sql := []byte("SELECT ")
	for i := range n {
		if i > 0 {
			sql = append(sql, ", "...)
		}
		sql = fmt.Appendf(sql, "set_config($%d, $%d, %t)", 2*i+1, 2*i+2, local)
	}
	return string(sql)
}

// Deck is what a script holds: a deck, or a part of it.
type Deck struct {
	Length       int             `js:"length"`
	Transactions []string        `js:"transactions"`
	Tenants      []string        `js:"tenants"`
	Statements   []DeckStatement `js:"statements"`
	Bytes        int             `js:"bytes"`

	core  *deck
	owner *instance
	// Nil: all of it.
	part []uint32
}

func (d *deck) whole() *Deck {
	return &Deck{
		Length: d.count(), Transactions: d.transactions, Tenants: d.tenants, Statements: d.statements,
		Bytes: d.bytes(), core: d,
	}
}

// Which names a part of a deck.
type Which struct {
	Tenants, NotTenants, Transactions []string
}

// where gives the part that fits; an unknown name is an error, since it is a mistake in the script.
func (d *Deck) where(which Which) (*Deck, error) {
	for _, name := range slices.Concat(which.Tenants, which.NotTenants) {
		if !slices.Contains(d.core.tenants, name) {
			return nil, fmt.Errorf("%s: no transaction of tenant %q in it; see its tenants", d.core.path, name)
		}
	}
	for _, name := range which.Transactions {
		if !slices.Contains(d.core.transactions, name) {
			return nil, fmt.Errorf("%s: no transaction %q in it; there are %q", d.core.path, name, d.core.transactions)
		}
	}
	tenant := membership(d.core.tenants, which.Tenants, true)
	notTenant := membership(d.core.tenants, which.NotTenants, false)
	kind := membership(d.core.transactions, which.Transactions, true)
	part := *d
	part.part = []uint32{}
	for i := range d.Length {
		at := d.index(i)
		if owner := d.core.owners[at]; tenant[owner] && !notTenant[owner] && kind[d.core.kinds[at]] {
			part.part = append(part.part, uint32(at))
		}
	}
	part.Length = len(part.part)
	if part.Length == 0 {
		return nil, fmt.Errorf("%s: no transaction fits", d.core.path)
	}
	part.Transactions = namesOf(&part, d.core.transactions, func(at int) int { return int(d.core.kinds[at]) })
	part.Tenants = namesOf(&part, d.core.tenants, func(at int) int { return int(d.core.owners[at]) })
	return &part, nil
}

func membership(names, wanted []string, otherwise bool) []bool {
	is := make([]bool, len(names))
	for i, name := range names {
		is[i] = len(wanted) == 0 && otherwise || slices.Contains(wanted, name)
	}
	return is
}

func namesOf(d *Deck, names []string, of func(int) int) []string {
	seen := make([]bool, len(names))
	list := []string{}
	for i := range d.Length {
		if at := of(d.index(i)); !seen[at] {
			seen[at] = true
			list = append(list, names[at])
		}
	}
	return list
}

func (d *Deck) index(i int) int {
	if d.part == nil {
		return i
	}
	return int(d.part[i])
}
