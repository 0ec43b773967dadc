import type { Actor } from '../../../design/design.ts';
import type { Condition } from './condition.ts';
import { atomKey, innerKey, type Ledger, type Place, wholeKey } from './ledger.ts';
import { type Look, Reading, type RowClass, Vector } from './vector.ts';

/** A condition that stands with others over the same rows: the policies of one command, or a rule alone. */
export interface Part {
  readonly place: Place;
  readonly condition: Condition;
  readonly permissive: boolean;
}

/** Policies that are asked together: a row passes by any permissive one and every restrictive one. */
export type Judged = readonly Part[];

/** Who a look at rows was for. */
export interface Asked {
  readonly actor: Actor;
  /** False for the actor without any attribute: every comparison with one refuses it, so that it says nothing of conditions on rows. */
  readonly identified: boolean;
}

/** Adds to the ledger how often the outcome hung on each policy or rule alone, and on each of its atoms. */
export function tally(
  ledger: Ledger,
  judged: readonly Judged[],
  vector: Vector,
  look: Look,
  asked: Asked,
): void {
  for (const row of look.classes) {
    const reading = new Reading(vector, row.vector);
    for (const parts of judged) {
      noteWholes(ledger, parts, reading, row, asked);
      for (const part of parts) noteAtoms(ledger, part, reading, row, asked);
    }
  }
  for (const { place, condition } of judged.flat()) {
    for (const atom of condition.atoms) {
      const message = look.failed.get(atom.text);
      if (message !== undefined) ledger.fail(atomKey(place, atom), message);
    }
  }
}

/** Adds how often it hung on each condition inside an atom. */
export function tallyInner(ledger: Ledger, part: Part, vector: Vector, look: Look, asked: Asked): void {
  const { place, condition } = part;
  for (const row of look.classes) noteInner(ledger, part, new Reading(vector, row.vector), row, asked);
  for (const atom of condition.atoms) {
    for (const { text, ifTrue, ifFalse } of atom.inner) {
      const message = look.failed.get(ifTrue) ?? look.failed.get(ifFalse);
      if (message !== undefined) ledger.fail(innerKey(place, atom, text), message);
    }
  }
}

/** What is to be computed of the conditions inside atoms: what has not been seen, where something hangs on the atom. */
export function openInner(
  ledger: Ledger,
  { place, condition }: Part,
  vector: Vector,
  classes: readonly RowClass[],
  { identified }: Asked,
): { readonly vector: Vector; readonly classes: readonly RowClass[] } {
  const more = new Vector(vector);
  const open = new Set<RowClass>();
  for (const [index, atom] of condition.atoms.entries()) {
    const decided = classes.filter((row) => new Reading(vector, row.vector).hangsOn(condition, index));
    for (const { text, ifTrue, ifFalse, rising } of atom.inner) {
      const key = innerKey(place, atom, text);
      for (const was of identified ? [true, false] : [true]) {
        if (!ledger.wants(key, was)) continue;
        // What could only make the atom more so changes nothing where it is so already.
        const turns = decided.filter(
          (row) => !rising || new Reading(vector, row.vector).value(atom.text) !== !was,
        );
        if (turns.length === 0) continue;
        more.place(was ? ifFalse : ifTrue);
        for (const row of turns) open.add(row);
      }
    }
  }
  return { vector: more, classes: [...open] };
}

/** Whether a policy decides alone, against all others that are asked with it. */
function noteWholes(
  ledger: Ledger,
  parts: Judged,
  reading: Reading,
  { rows, key }: RowClass,
  { actor, identified }: Asked,
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

/** Whether an atom decides what its own policy or rule says. */
function noteAtoms(
  ledger: Ledger,
  { place, condition }: Part,
  reading: Reading,
  { rows, key }: RowClass,
  { actor, identified }: Asked,
): void {
  const outcome = reading.passes(condition);
  for (const [index, atom] of condition.atoms.entries()) {
    const was = reading.value(atom.text) === true;
    if (!was && !identified && atom.aboutRow) continue;
    if (reading.passes(condition, { atom: index, to: !was }) !== outcome)
      ledger.note(atomKey(place, atom), was, rows, { actor: actor.name, key });
  }
}

/** Whether a condition inside an atom does. */
function noteInner(
  ledger: Ledger,
  { place, condition }: Part,
  reading: Reading,
  { rows, key }: RowClass,
  { actor }: Asked,
): void {
  const outcome = reading.passes(condition);
  for (const [index, atom] of condition.atoms.entries()) {
    const hangsOn = (forced: string) =>
      reading.has(forced) &&
      reading.passes(condition, { atom: index, to: reading.value(forced) }) !== outcome;
    for (const { text, ifTrue, ifFalse } of atom.inner) {
      const note = (was: boolean) =>
        ledger.note(innerKey(place, atom, text), was, rows, { actor: actor.name, key });
      if (hangsOn(ifFalse)) note(true);
      if (hangsOn(ifTrue)) note(false);
    }
  }
}
