import { blame } from '../../checks/access/blame.ts';
import { describeOutcome, isDenied, outcomeOf, type StatementOutcome } from '../../checks/access/outcome.ts';
import { reproduceAs } from '../../checks/access/reproduce.ts';
import type { CheckContext } from '../../checks/check.ts';
import { aligned } from '../failure-text.ts';
import { rulePlace } from '../rule-place.ts';
import { Statement } from '../statement.ts';
import type { Watch } from '../test-transaction.ts';
import { difference, keyOf, roleText, rowsOf, writtenTable } from '../touched.ts';
import type { Matched } from './types.ts';

/** `policy`, `privilege` and `guard` raise 42501, each from elsewhere; `rows`: no error, and no row. */
export type DeniedBy = 'policy' | 'privilege' | 'guard' | 'rows';

/** Tells a statement that was refused from one that was not, and by what. */
export async function toBeDenied(received: unknown, by?: DeniedBy, isNot = false): Promise<Matched> {
  if (!(received instanceof Statement)) {
    throw new TypeError("expect(db.as('…').query('…')).toBeDenied(): that is no statement; do not await it");
  }
  const { attempt, seen } = await received.run(deniedWatch(received));
  const outcome = outcomeOf(attempt);
  const kind = kindOf(outcome);
  // What neither was done nor denied is neither way what a test hoped for.
  const unfair = kind === undefined && outcome.kind !== 'done';
  const pass = unfair ? isNot : by === undefined ? isDenied(outcome) : kind === by;
  const rule =
    seen.table === undefined
      ? undefined
      : rulePlace(received.db.from, { kind: `access.${seen.command?.toLowerCase()}`, table: seen.table });
  const message = () => {
    const head = unfair
      ? `${received.who} was stopped by something that denies nobody: no fair try`
      : pass
        ? `${received.who} was denied by ${kind}, and should not be`
        : isDenied(outcome)
          ? `${received.who} was denied by ${kind}, not by ${by}`
          : `${received.who} was not denied`;
    const [first, ...more] = seen.rows;
    const body = aligned({
      expected: isNot ? 'done' : `denied${by === undefined ? '' : ` by ${by}`}`,
      actual: describeOutcome(outcome),
      row: first === undefined ? undefined : `${first}${more.length > 0 ? ` and ${more.length} more` : ''}`,
      statement: received.oneLine,
      as: seen.as,
      by: seen.policy,
      says: seen.says,
      rule: rule === undefined ? undefined : `${rule.file}:${rule.line}`,
    });
    return `${head}\n${body}${seen.script === undefined ? '' : `\n\n${seen.script}`}`;
  };
  return { pass, message };
}

function kindOf(outcome: StatementOutcome): DeniedBy | undefined {
  if (outcome.kind === 'untouched') return 'rows';
  return outcome.kind === 'policy' || outcome.kind === 'privilege' || outcome.kind === 'guard'
    ? outcome.kind
    : undefined;
}

interface Seen {
  readonly table?: string;
  readonly command?: string;
  readonly says?: string;
  /** Keys of rows that it touched all the same. */
  readonly rows: readonly string[];
  readonly policy?: string;
  readonly as?: string;
  readonly script?: string;
}

type Before = Awaited<ReturnType<typeof writtenTable>> & { readonly rows: ReadonlyMap<string, string> };

function deniedWatch({ text, values, actor }: Statement): Watch<Before | undefined, Seen> {
  const withoutTable = (context: CheckContext): Seen => ({
    rows: [],
    ...(actor === undefined ? {} : { as: roleText(context, actor) }),
    ...(actor === undefined || values.length > 0
      ? {}
      : { script: reproduceAs(context, actor, text, 'denied') }),
  });
  return {
    async before(context) {
      const written = await writtenTable(context, text, values);
      if (written === undefined) return undefined;
      const { target } = written;
      return { ...written, rows: await rowsOf(context, target.relation.identity, keyOf(target)) };
    },
    async after(context, _mark, before) {
      if (before === undefined) return withoutTable(context);
      const { target, command } = before;
      const { identity } = target.relation;
      const rule = target.rules[command.toLowerCase() as 'insert' | 'update' | 'delete'];
      const touched = difference(before.rows, await rowsOf(context, identity, keyOf(target)));
      return {
        ...withoutTable(context),
        table: identity,
        command,
        says: rule.says,
        rows: touched.map(({ key }) => key),
        policy: await blame(context.session, target, command, context.design.request.role, rule.by),
      };
    },
  };
}
