package pgattest

import (
	"errors"
	"fmt"

	"github.com/grafana/sobek"
)

// deck is `deck(path)`.
func (i *instance) deck(path string) sobek.Value {
	if i.vu.State() != nil {
		i.throw(fmt.Errorf("deck: %w", errNotInit))
	}
	if path == "" {
		i.throw(errors.New("deck: give the path of a file"))
	}
	core, err := openDeck(i.env.GetAbsFilePath(path), i.module.recorder)
	if err != nil {
		i.throw(fmt.Errorf("deck: %w", err))
	}
	return i.deckObject(core.whole())
}

func (i *instance) deckObject(d *Deck) sobek.Value {
	d.owner = i
	return i.vu.Runtime().ToValue(d)
}

// DeckEntry is what a script sees of a transaction.
type DeckEntry struct {
	Transaction string `js:"transaction"`
	Tenant      string `js:"tenant"`
	Calls       int    `js:"calls"`
}

// Where is `deck.where({ tenant, notTenant, transaction })`.
func (d *Deck) Where(which sobek.Value) (sobek.Value, error) {
	rt := d.owner.vu.Runtime()
	o := optionsOf(rt, which, "tenant", "notTenant", "transaction")
	wanted := Which{
		Tenants: o.texts(rt, "tenant"), NotTenants: o.texts(rt, "notTenant"), Transactions: o.texts(rt, "transaction"),
	}
	if o.err != nil {
		return nil, o.err
	}
	part, err := d.where(wanted)
	if err != nil {
		return nil, err
	}
	return d.owner.deckObject(part), nil
}

// Only is `deck.only('browse', 'edit')`.
func (d *Deck) Only(names ...string) (sobek.Value, error) {
	part, err := d.where(Which{Transactions: names})
	if err != nil {
		return nil, err
	}
	return d.owner.deckObject(part), nil
}

// Pick is `deck.pick(i)`: decks go round.
func (d *Deck) Pick(i int64) int64 {
	length := int64(d.Length)
	return (i%length + length) % length
}

// At is `deck.at(index)`.
func (d *Deck) At(i int) (DeckEntry, error) {
	if i < 0 || i >= d.Length {
		return DeckEntry{}, fmt.Errorf("no transaction %d; the deck has %d", i, d.Length)
	}
	at := d.index(i)
	return DeckEntry{
		Transaction: d.core.transactions[d.core.kinds[at]], Tenant: d.core.tenants[d.core.owners[at]],
		Calls: d.core.calls(at),
	}, nil
}
