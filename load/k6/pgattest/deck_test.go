package pgattest

import (
	"fmt"
	"strings"
	"testing"
)

const small = `{"schema":"pgattest.deck/1","statements":[{"name":"a","kind":"read","sql":"SELECT $1"}],"role":null,"settingsLast":"transaction"}`

func TestBadDecks(t *testing.T) {
	fine := `{"transaction":"t","tenant":"x","settings":{},"calls":[[0,["1"]]]}`
	for _, each := range []struct{ lines, says string }{
		{"", "d: line 1: no header; this is not a deck"},
		{small, "d: no transactions in it"},
		{"{", "d: line 1: not JSON"},
		{`{"schema":"other/1"}`, `d: line 1: the schema is "other/1"`},
		{strings.Replace(small, "read", "look", 1), `d: line 1: statement a: kind "look"`},
		{strings.Replace(small, `"transaction"`, `"forever"`, 1), `d: line 1: settingsLast is "forever"`},
		{small + "\n" + fine + "\n{]", "d: line 3: not JSON"},
		{small + "\n" + strings.Replace(fine, "[0,", "[1,", 1), "d: line 2: call 0: no statement 1: the header has 1"},
		{small + "\n" + strings.Replace(fine, `["1"]`, `[1]`, 1), "d: line 2: call 0: parameters should be a list of texts"},
		{small + "\n" + strings.Replace(fine, `[[0,["1"]]]`, `[]`, 1), "d: line 2: transaction t calls no statement"},
		{small + "\n" + strings.Replace(fine, `["1"]]`, `["1"],{"rows":-1}]`, 1), "fewer than no rows"},
		{small + "\n" + strings.Replace(fine, `["1"]]`, `["1"],{"own":["a",[]]}]`, 1), "own should be [column, [texts]]"},
	} {
		_, err := readDeck(strings.NewReader(each.lines), "d")
		if err == nil {
			t.Errorf("%s: no error", each.lines)
			continue
		}
		contains(t, err.Error(), each.says)
	}
}

func bigDeck(t *testing.T, transactions, calls int) *deck {
	t.Helper()
	var text strings.Builder
	text.WriteString(small + "\n")
	for i := range transactions {
		fmt.Fprintf(&text, `{"transaction":"t%d","tenant":"x%d","settings":{"app.id":"%036d"},"calls":[`, i%3, i%7, i)
		for j := range calls {
			if j > 0 {
				text.WriteString(",")
			}
			fmt.Fprintf(&text, `[0,["%036d"],{"rows":1}]`, j)
		}
		text.WriteString("]}\n")
	}
	d, err := readDeck(strings.NewReader(text.String()), "d")
	must(t, err)
	d.statementIDs = []int32{0}
	return d
}

func TestADeckIsSmall(t *testing.T) {
	d := bigDeck(t, 10_000, 20)
	if d.bytes() > 20<<20 {
		t.Errorf("200,000 statements take %d bytes", d.bytes())
	}
	steps := d.steps(9999, nil)
	equal(t, "steps", len(steps), 23)
	equal(t, "settings", steps[1].sql, "SELECT set_config($1, $2, true)")
	equal(t, "sql", steps[2].sql, "SELECT $1")
}

func TestPartsOfADeck(t *testing.T) {
	d := bigDeck(t, 42, 1).whole()
	equal(t, "tenants", len(d.Tenants), 7)
	one, err := d.where(Which{Tenants: []string{"x3"}})
	must(t, err)
	equal(t, "length", one.Length, 6)
	for i := range one.Length {
		entry, err := one.At(i)
		must(t, err)
		equal(t, "tenant", entry.Tenant, "x3")
		equal(t, "calls", entry.Calls, 1)
	}
	others, err := d.where(Which{NotTenants: []string{"x3"}})
	must(t, err)
	equal(t, "others", others.Length, 36)
	both, err := others.where(Which{Transactions: []string{"t0"}})
	must(t, err)
	equal(t, "both", both.Length, 12)
	equal(t, "names", fmt.Sprint(both.Transactions), "[t0]")
	_, err = d.where(Which{Transactions: []string{"t9"}})
	contains(t, err.Error(), `no transaction "t9"`)
	_, err = one.where(Which{Tenants: []string{"x4"}})
	contains(t, err.Error(), "no transaction fits")
	equal(t, "pick", d.Pick(43), int64(1))
}
