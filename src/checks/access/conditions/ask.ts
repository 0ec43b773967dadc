import type { Identity } from '../../../cluster/session.ts';
import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { isIdentified } from '../target.ts';
import { type Judged, openInner, tally, tallyInner } from './judged.ts';
import type { Ledger } from './ledger.ts';
import { type Look, lookAtRows, type Rows, Vector } from './vector.ts';

/** Conditions to compute over rows, for one actor. */
export interface Question {
  readonly judged: readonly Judged[];
  readonly rows: Rows;
  readonly actor: Actor;
  /** Who computes them; null for the superuser. */
  readonly as: Identity | null;
}

/**
 * Asks all atoms first; then what is inside those that something hangs on, of these rows and as far as it has not been seen.
 * Where rows differ most, most is decided: what is asked there first need not be asked of everybody else.
 *
 * @returns how many classes of rows there are for each actor
 */
export async function ask(
  context: CheckContext,
  questions: readonly Question[],
  ledger: Ledger,
): Promise<ReadonlyMap<Actor, number>> {
  const answered: { readonly question: Question; readonly vector: Vector; readonly look: Look }[] = [];
  const variety = new Map<Actor, number>();
  for (const question of questions) {
    const { judged, actor } = question;
    if (judged.length === 0) continue;
    const vector = new Vector();
    for (const { condition } of judged.flat()) for (const { text } of condition.atoms) vector.place(text);
    const look = await lookAs(context, question, () => lookAtRows(context.session, vector, question.rows));
    tally(ledger, judged, vector, look, askedOf(question));
    answered.push({ question, vector, look });
    variety.set(actor, (variety.get(actor) ?? 0) + look.classes.length);
  }
  answered.sort((a, b) => b.look.classes.length - a.look.classes.length);
  for (const { question, vector, look } of answered) {
    const asked = askedOf(question);
    for (const part of question.judged.flat()) {
      const open = openInner(ledger, part, vector, look.classes, asked);
      if (open.classes.length === 0) continue;
      const found = await lookAs(context, question, () =>
        lookAtRows(context.session, open.vector, question.rows, open.classes),
      );
      tallyInner(ledger, part, open.vector, found, asked);
    }
  }
  return variety;
}

function lookAs(context: CheckContext, { as }: Question, work: () => Promise<Look>): Promise<Look> {
  return as === null ? work() : context.session.as(as, work);
}

function askedOf({ actor }: Question): { readonly actor: Actor; readonly identified: boolean } {
  return { actor, identified: isIdentified(actor) };
}
