import type { Session } from '../../cluster/session.ts';
import type { AuditedTable, AuditRules } from '../../design/rules.ts';
import { literal } from '../access/target.ts';

/** What the trail must hold for one changed row. */
export interface ExpectedRecord {
  readonly action: 'INSERT' | 'UPDATE' | 'DELETE' | 'TRUNCATE';
  readonly recordId: string | null;
  readonly actor: string | null;
  /** The row before and after, as jsonb text with every column; null where there is none. */
  readonly before: string | null;
  readonly after: string | null;
}

/** A record as it is, with each part compared on the server, where jsonb is compared as jsonb. */
interface FoundRecord {
  /** Where it lies: tells records apart that say the same. */
  readonly place: string;
  readonly recordId: string | null;
  readonly actor: string | null;
  readonly oldMatches: boolean;
  readonly newMatches: boolean;
  readonly changedMatches: boolean;
  readonly timely: boolean;
  readonly past: boolean;
}

/** The transaction's own id: rows as young as it are its own. */
export async function transactionMark(session: Session): Promise<string> {
  const [row] = await session.query('SELECT pg_current_xact_id()::xid::text AS mark');
  return String(row?.mark);
}

/**
 * Compares the records that this transaction made for a table and an action with what they must be. Gives sentences for
 * what is wrong; none when all is right.
 *
 * @param already how many records of that action were made before what is looked at
 */
export async function compareRecords(
  session: Session,
  audit: AuditRules,
  table: AuditedTable,
  mark: string,
  action: ExpectedRecord['action'],
  expected: readonly ExpectedRecord[],
  already = 0,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  const made = (await countRecords(session, audit, table, mark, action)) - already;
  if (made !== expected.length) {
    wrong.push(`${made} ${made === 1 ? 'record' : 'records'} instead of ${expected.length}`);
    if (made === 0) return wrong;
  }
  const taken = new Set<string>();
  for (const one of expected) {
    // Several changes of one row have a record each: every change takes the one that is most like it.
    const [best] = (await findRecords(session, audit, table, mark, one))
      .filter(({ place }) => !taken.has(place))
      .map((record) => ({ record, faults: differences(one, record, audit) }))
      .sort((a, b) => a.faults.length - b.faults.length);
    if (best === undefined) {
      wrong.push(`no record of ${one.action} for row ${one.recordId ?? '(none)'}`);
      continue;
    }
    taken.add(best.record.place);
    wrong.push(...best.faults);
  }
  return wrong;
}

/** How many records of an action this transaction made for a table. */
export async function countRecords(
  session: Session,
  audit: AuditRules,
  table: AuditedTable,
  mark: string,
  action: string,
): Promise<number> {
  const { trail } = audit;
  const [row] = await session.query(
    `SELECT count(*)::int AS made FROM ${trail.table} AS record
     WHERE age(record.xmin) <= age($1::text::xid) AND ${trail.tableName} = $2 AND ${trail.action} = $3`,
    [mark, table.name, action],
  );
  return Number(row?.made ?? 0);
}

/** True when a text occurs anywhere in the records that this transaction made. */
export async function trailContains(
  session: Session,
  audit: AuditRules,
  mark: string,
  text: string,
): Promise<boolean> {
  const [row] = await session.query(
    `SELECT EXISTS (SELECT 1 FROM ${audit.trail.table} AS record
       WHERE age(record.xmin) <= age($1::text::xid) AND strpos(record::text, $2) > 0) AS found`,
    [mark, text],
  );
  return row?.found === true;
}

async function findRecords(
  session: Session,
  { trail }: AuditRules,
  table: AuditedTable,
  mark: string,
  expected: ExpectedRecord,
): Promise<readonly FoundRecord[]> {
  const secret = `ARRAY[${table.secret.map(literal).join(', ')}]::text[]`;
  const ignored = `ARRAY[${table.ignored.map(literal).join(', ')}]::text[]`;
  const rows = await session.query(
    `SELECT record.tableoid::text || ' ' || record.ctid::text AS place, ${trail.recordId}::text AS id, ${trail.actor}::text AS actor,
            ${trail.oldValues} IS NOT DISTINCT FROM ($4::jsonb - ${secret}) AS old_matches,
            ${trail.newValues} IS NOT DISTINCT FROM ($5::jsonb - ${secret}) AS new_matches,
            CASE WHEN $3 <> 'UPDATE' THEN true ELSE
              (SELECT array_agg(field ORDER BY field) FROM unnest(${trail.changedFields}) AS field
               WHERE field <> ALL (${ignored}))
              IS NOT DISTINCT FROM
              (SELECT array_agg(key ORDER BY key) FROM jsonb_each($4::jsonb) AS before
               WHERE before.value IS DISTINCT FROM $5::jsonb -> before.key AND key <> ALL (${ignored})) END AS changed_matches,
            ${trail.at} >= now() AS timely, ${trail.at} <= clock_timestamp() AS past
     FROM ${trail.table} AS record
     WHERE age(record.xmin) <= age($1::text::xid) AND ${trail.tableName} = $2 AND ${trail.action} = $3
       AND ${trail.recordId}::text IS NOT DISTINCT FROM $6`,
    [mark, table.name, expected.action, expected.before, expected.after, expected.recordId],
  );
  return rows.map((row) => ({
    place: String(row.place),
    recordId: row.id as string | null,
    actor: row.actor as string | null,
    oldMatches: row.old_matches === true,
    newMatches: row.new_matches === true,
    changedMatches: row.changed_matches === true,
    timely: row.timely === true,
    past: row.past === true,
  }));
}

function differences(expected: ExpectedRecord, found: FoundRecord, { trail }: AuditRules): string[] {
  return [
    ...(found.actor === expected.actor
      ? []
      : [`${trail.actor} is ${found.actor ?? 'NULL'} instead of ${expected.actor ?? 'NULL'}`]),
    ...(found.oldMatches ? [] : [`${trail.oldValues} is not the row before without its secret columns`]),
    ...(found.newMatches ? [] : [`${trail.newValues} is not the row after without its secret columns`]),
    ...(found.changedMatches ? [] : [`${trail.changedFields} does not list the columns that differ`]),
    ...(found.timely ? [] : [`${trail.at} is before the transaction`]),
    ...(found.past ? [] : [`${trail.at} is in the future`]),
  ];
}
