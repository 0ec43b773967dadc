import { describeOutcome, outcomeOf } from '../../checks/access/outcome.ts';
import { ident } from '../../checks/access/target.ts';
import { blameTriggers } from '../../checks/audit/blame-triggers.ts';
import { compareRecords, countRecords } from '../../checks/audit/records.ts';
import type { CheckContext } from '../../checks/check.ts';
import type { AuditedTable, AuditRules } from '../../design/rules.ts';
import { aligned } from '../failure-text.ts';
import { rulePlace } from '../rule-place.ts';
import { Statement } from '../statement.ts';
import type { Watch } from '../test-transaction.ts';
import { difference, roleText, rowsOf, type TouchedRow } from '../touched.ts';
import type { Matched } from './types.ts';

export interface ToBeAuditedOptions {
  /** As in the audit rules: `app.projects`. */
  readonly table: string;
  readonly action: 'INSERT' | 'UPDATE' | 'DELETE';
  /** Keys of the rows that it must change, and no others. Default: whichever it changes, and at least one. */
  readonly key?: string | readonly string[];
}

/** Compares the records that a statement leaves with the rows that it changes, by the design's audit rules. */
export async function toBeAudited(
  received: unknown,
  options: ToBeAuditedOptions,
  isNot = false,
): Promise<Matched> {
  if (!(received instanceof Statement)) {
    throw new TypeError(
      "expect(db.as('…').query('…')).toBeAudited(…): that is no statement; do not await it",
    );
  }
  const { design, from } = received.db;
  const { audit } = design;
  const audited = audit?.tables.find(({ table }) => table === options.table);
  if (audit === undefined || audited === undefined) {
    throw new Error(`${design.name} has no audit rules for ${options.table}`);
  }
  const { attempt, seen } = await received.run(auditWatch(received, audit, audited, options));
  // Denied without a record is not "unaudited": nothing happened.
  const failed = attempt.status === 'error' ? [`it failed: ${describeOutcome(outcomeOf(attempt))}`] : [];
  const wrong = [...failed, ...wrongRows(options, seen.changed), ...(failed.length > 0 ? [] : seen.wrong)];
  // A wrong record is a record: it does not make a statement unaudited.
  const pass = isNot ? seen.records > 0 || failed.length > 0 : wrong.length === 0;
  const rule = rulePlace(from, { kind: 'audit.recorded', table: options.table });
  const message = () => {
    const [first, ...more] = seen.changed;
    const head =
      isNot && failed.length === 0
        ? `${options.action} of ${options.table} by ${received.who} is audited, and should not be`
        : `${options.action} of ${options.table} by ${received.who}: ${wrong[0]}`;
    return `${head}\n${aligned({
      expected: isNot
        ? 'no record'
        : seen.changed.length < 2
          ? 'one right record'
          : `${seen.changed.length} right records`,
      actual: isNot && failed.length === 0 ? countOf(seen.records) : wrong.join('; '),
      row:
        first === undefined ? undefined : `${first.key}${more.length > 0 ? ` and ${more.length} more` : ''}`,
      statement: received.oneLine,
      as: seen.as,
      by: seen.triggers,
      trail: audit.trail.table,
      says: audited.says,
      rule: rule === undefined ? undefined : `${rule.file}:${rule.line}`,
    })}`;
  };
  return { pass, message };
}

function countOf(records: number): string {
  return records === 1 ? '1 record' : `${records} records`;
}

/** What is wrong with the rows themselves: none changed, or others than those named. */
function wrongRows({ key, table }: ToBeAuditedOptions, changed: readonly TouchedRow[]): readonly string[] {
  if (changed.length === 0) return [`it changed no row of ${table}`];
  if (key === undefined) return [];
  const named = [key].flat();
  const got = changed.map((row) => row.key);
  return [
    ...named.filter((each) => !got.includes(each)).map((each) => `row ${each} is not changed`),
    ...got.filter((each) => !named.includes(each)).map((each) => `row ${each} is changed too`),
  ];
}

interface Seen {
  readonly changed: readonly TouchedRow[];
  readonly wrong: readonly string[];
  readonly records: number;
  readonly triggers: string;
  readonly as?: string;
}

function auditWatch(
  { actor }: Statement,
  audit: AuditRules,
  audited: AuditedTable,
  { table, action }: ToBeAuditedOptions,
): Watch<ReadonlyMap<string, string>, Seen> {
  const rows = (context: CheckContext) => rowsOf(context, table, `"row".${ident(audited.key)}::text`);
  return {
    before: rows,
    async after(context, mark, before) {
      const { session } = context;
      const changed = difference(before, await rows(context)).filter(
        (row) => actionOf(row) === action && !onlyIgnored(row, audited.ignored),
      );
      const who = actor?.attributes[audit.actorAttribute] ?? null;
      const expected = changed.map(({ key, before: old, after }) => ({
        action,
        recordId: key,
        actor: who,
        before: old,
        after,
      }));
      return {
        changed,
        wrong: await compareRecords(session, audit, audited, mark, action, expected),
        records: await countRecords(session, audit, audited, mark, action),
        triggers: await blameTriggers(session, table, audited.triggers),
        ...(actor === undefined ? {} : { as: roleText(context, actor) }),
      };
    },
  };
}

function actionOf({ before, after }: TouchedRow): ToBeAuditedOptions['action'] {
  if (before === null) return 'INSERT';
  return after === null ? 'DELETE' : 'UPDATE';
}

/** True when nothing differs but columns whose change alone is none. */
function onlyIgnored({ before, after }: TouchedRow, ignored: readonly string[]): boolean {
  if (before === null || after === null) return false;
  const rest = (json: string) =>
    JSON.stringify(Object.entries(JSON.parse(json) as object).filter(([name]) => !ignored.includes(name)));
  return rest(before) === rest(after);
}
