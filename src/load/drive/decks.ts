import path from 'node:path';
import type { World } from '../../data/cell.ts';
import type { ValidDesign } from '../../design/validate.ts';
import { writeCalibrationDeck } from '../deck/calibration-deck.ts';
import type { DeckOptions } from '../deck/make-deck.ts';
import { type WrittenDeck, writeDeck } from '../deck/write-deck.ts';

export type Altered = Pick<DeckOptions, 'more' | 'change'>;

/** Decks of one world in one folder. What is asked for again is not drawn again, unless it is altered. */
export class Decks {
  readonly #folder: string;
  readonly #world: World;
  readonly #drawn = new WeakMap<ValidDesign, Map<string, Promise<WrittenDeck>>>();
  #count = 0;

  constructor(folder: string, world: World) {
    this.#folder = folder;
    this.#world = world;
  }

  draw(design: ValidDesign, mix: string, transactions: number, altered?: Altered): Promise<WrittenDeck> {
    const write = () =>
      writeDeck(this.#file(), design, { world: this.#world, mix, transactions, ...altered });
    if (altered !== undefined) return write();
    const ofDesign = this.#drawn.get(design) ?? new Map<string, Promise<WrittenDeck>>();
    this.#drawn.set(design, ofDesign);
    const key = `${transactions} of ${mix}`;
    const deck = ofDesign.get(key) ?? write();
    ofDesign.set(key, deck);
    deck.catch(() => ofDesign.delete(key));
    return deck;
  }

  /** A deck that asks for nothing, as deep as another; see writeCalibrationDeck. */
  calibration(statement: 'no-op' | 'select-one', calls: number): Promise<string> {
    return writeCalibrationDeck(this.#file(), statement, calls);
  }

  #file(): string {
    return path.join(this.#folder, `deck-${++this.#count}.jsonl`);
  }
}
