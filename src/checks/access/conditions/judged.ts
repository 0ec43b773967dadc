import type { Actor } from '../../../design/design.ts';
import type { Condition } from './condition.ts';
import { atomKey, innerKey, type Ledger, type Place, wholeKey } from './ledger.ts';
import { type Look, Reading, type RowClass, type Vector } from './vector.ts';

/** A condition that stands with others over the same rows: the policies of one command, or a rule alone. */
export interface Part {
  readonly place: Place;
  readonly condition: Condition;
  readonly permissive: boolean;
}

/** Policies that are asked together: a row passes by any permissive one and every restrictive one. */
export type Judged = readonly Part[];

/**
 * Adds to the ledger what a look at rows shows of each condition: how often the outcome hung on it alone.
 *
 * @param identified false for the actor without any attribute: it is refused by every comparison with an attribute, so that it says
 *   nothing of conditions on rows
 */
export function tally(
  ledger: Ledger,
  judged: readonly Judged[],
  vector: Vector,
  look: Look,
  actor: Actor,
  identified: boolean,
): void {
  for (const row of look.classes) {
    const reading = new Reading(vector, row.vector);
    for (const parts of judged) {
      noteWholes(ledger, parts, reading, row, actor, identified);
      for (const part of parts) noteAtoms(ledger, part, reading, row, actor, identified);
    }
  }
  for (const { place, condition } of judged.flat()) {
    for (const atom of condition.atoms) {
      const own = look.failed.get(atom.text);
      if (own !== undefined) ledger.fail(atomKey(place, atom), own);
      for (const { text, ifTrue, ifFalse } of atom.inner) {
        const message = look.failed.get(ifTrue) ?? look.failed.get(ifFalse);
        if (message !== undefined) ledger.fail(innerKey(place, atom, text), message);
      }
    }
  }
}

/** Whether a policy decides alone, against all others that are asked with it. */
function noteWholes(
  ledger: Ledger,
  parts: Judged,
  reading: Reading,
  { rows, key }: RowClass,
  actor: Actor,
  identified: boolean,
): void {
  const passes = parts.map(({ condition }) => reading.passes(condition));
  const outcome = access(parts, passes);
  for (const [n, { place, condition }] of parts.entries()) {
    const was = passes[n] === true;
    if (!was && !identified && condition.atoms.some(({ aboutRow }) => aboutRow)) continue;
    const other = access(parts, passes.with(n, !was));
    if (other !== outcome) ledger.note(wholeKey(place), was, rows, { actor: actor.name, key });
  }
}

function access(parts: Judged, passes: readonly boolean[]): boolean {
  const allowed = parts.some(({ permissive }, n) => permissive && passes[n] === true);
  return allowed && parts.every(({ permissive }, n) => permissive || passes[n] === true);
}

/** Whether an atom, or a condition inside one, decides what its own policy or rule says. */
function noteAtoms(
  ledger: Ledger,
  { place, condition }: Part,
  reading: Reading,
  { rows, key }: RowClass,
  actor: Actor,
  identified: boolean,
): void {
  const outcome = reading.passes(condition);
  const note = (entry: string, was: boolean) => ledger.note(entry, was, rows, { actor: actor.name, key });
  for (const [index, atom] of condition.atoms.entries()) {
    const hangsOn = (to: boolean | null) => reading.passes(condition, { atom: index, to }) !== outcome;
    const was = reading.value(atom.text) === true;
    if ((was || identified || !atom.aboutRow) && hangsOn(!was)) note(atomKey(place, atom), was);
    for (const { text, ifTrue, ifFalse } of atom.inner) {
      if (!reading.has(ifTrue)) continue;
      const entry = innerKey(place, atom, text);
      if (hangsOn(reading.value(ifFalse))) note(entry, true);
      if (identified && hangsOn(reading.value(ifTrue))) note(entry, false);
    }
  }
}
