import pg from 'pg';
import { until } from '../../cluster/until.ts';
import type { Actor } from '../../design/design.ts';
import { literal, settingsOf } from '../access/target.ts';
import { sameBut } from './changes.ts';
import { type AuditedRow, changeRows, touchedRows } from './operations.ts';
import { compareRecords, countRecords, type ExpectedRecord } from './records.ts';
import type { Scene } from './scene.ts';

/** What several sessions did, and what was wrong with the records that they left. */
export interface ConcurrentTrial {
  readonly way: string;
  readonly script: string;
  readonly expected: string;
  readonly actual?: string;
  readonly wrong: readonly string[];
  /** Why it, and what follows, cannot show all that it should. */
  readonly unexercised?: string;
}

/** How long a statement may wait for another session's transaction before that is taken for a deadlock, in milliseconds. */
const patienceMs = 30_000;
const changesEach = 5;

/**
 * Two sessions: each changes a row of its own, then the second one the first one's, and waits; the first one commits, changes
 * it again and goes back. What the second one changed is what the first one left.
 */
export async function sideBySide(
  scene: Scene,
  [first, second]: readonly pg.Client[],
  one: AuditedRow,
  other: AuditedRow,
): Promise<ConcurrentTrial> {
  const { context, target, audited, audit, mark } = scene;
  if (first === undefined || second === undefined) throw new Error('two sessions are needed');
  const changeOne = changeRows(target, audited, [one.key]);
  const changeOther = changeRows(target, audited, [other.key]);
  const [a, b] = twoActors(scene);
  const begin = (actor: Actor | undefined) =>
    [
      'BEGIN',
      `SET LOCAL statement_timeout = ${patienceMs}`,
      ...Object.entries(actor === undefined ? {} : settingsOf(context, actor)).map(
        ([name, value]) => `SELECT set_config(${literal(name)}, ${literal(value)}, true)`,
      ),
    ].join('; ');
  const script = [
    `-- first: ${begin(a)}; ${changeOne};`,
    `-- second: ${begin(b)}; ${changeOther};`,
    `-- second: ${changeOne}; -- waits`,
    '-- first: COMMIT;',
    '-- second: COMMIT;',
    `-- first: BEGIN; ${changeOne}; ROLLBACK;`,
  ].join('\n');
  const look = async (row: AuditedRow) =>
    (await touchedRows(context, target, audited, mark, [row.id])).find(({ id }) => id === row.id)?.json ??
    null;
  const errors: string[] = [];
  const run = (client: pg.Client, who: string, sql: string) =>
    client.query(sql).catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError)) throw error;
      errors.push(`${who}: ${error.code}: ${error.message}`);
    });
  await run(first, 'the first session', begin(a));
  await run(second, 'the second session', begin(b));
  await run(first, 'the first session', changeOne);
  const secondPid = Number((await second.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid);
  const waits = async (ended: () => boolean) => {
    let waiting = false;
    await until(async () => {
      if (ended()) return true;
      const [row] = await context.session.query('SELECT cardinality(pg_blocking_pids($1)) > 0 AS waits', [
        secondPid,
      ]);
      waiting = row?.waits === true;
      return waiting;
    }, patienceMs);
    return waiting;
  };
  let done = 0;
  const changes = run(second, 'the second session', changeOther).then(() => {
    done = 1;
    return run(second, 'the second session', changeOne).then(() => {
      done = 2;
    });
  });
  changes.catch(() => {});
  // A trail that is written one transaction after the other makes it wait at its own row already.
  const waited = await waits(() => done === 2);
  const atOwnRow = waited && done === 0;
  await run(first, 'the first session', 'COMMIT');
  const committed = await look(one);
  await changes;
  await run(second, 'the second session', 'COMMIT');
  const [oneNow, otherNow] = [await look(one), await look(other)];
  await run(first, 'the first session', `${begin(a)}; ${changeOne}`);
  for (const client of [first, second]) await client.query('ROLLBACK');
  const record = (row: AuditedRow, actor: Actor | undefined, before: string | null, after: string | null) =>
    ({
      action: 'UPDATE',
      recordId: row.id,
      actor: actor?.attributes[audit.actorAttribute] ?? null,
      before,
      after,
    }) satisfies ExpectedRecord;
  // A rule may name a value that the second change finds already.
  const again = !sameBut(audited, committed ?? '', oneNow ?? '');
  const wrong = [...errors];
  if (wrong.length === 0) {
    wrong.push(
      ...(await compareRecords(context.session, audit, audited, mark, 'UPDATE', [
        record(one, a, one.json, committed),
        ...(again ? [record(one, b, committed, oneNow)] : []),
        record(other, b, other.json, otherNow),
      ])),
    );
  }
  return {
    way: 'two sessions change the same row and another one',
    script,
    expected: 'one right record for each change that was committed',
    ...(atOwnRow ? { actual: 'one right record each; the second session waits for the trail' } : {}),
    wrong,
    ...(again || errors.length > 0
      ? {}
      : { unexercised: `a second change of ${audited.change.column} changes nothing` }),
  };
}

/** Four sessions change two rows in turns, each change a transaction of its own: as many records, and no deadlock. */
export async function race(
  scene: Scene,
  clients: readonly pg.Client[],
  one: AuditedRow,
  other: AuditedRow,
): Promise<ConcurrentTrial> {
  const { context, target, audited, audit, mark } = scene;
  const [changeOne, changeOther] = [one, other].map((row) => changeRows(target, audited, [row.key]));
  const errors: string[] = [];
  let changed = 0;
  const results = await Promise.allSettled(
    clients.map(async (client, index) => {
      for (let turn = 0; turn < changesEach; turn++) {
        const sql = (turn + index) % 2 === 0 ? changeOne : changeOther;
        try {
          const { rowCount } = await client.query(sql ?? '');
          changed += rowCount ?? 0;
        } catch (error) {
          if (!(error instanceof pg.DatabaseError)) throw error;
          errors.push(`${error.code}: ${error.message}`);
        }
      }
    }),
  );
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  const made = await countRecords(context.session, audit, audited, mark, 'UPDATE');
  return {
    way: `${clients.length} sessions at once, ${changesEach} changes each`,
    script: `-- in ${clients.length} sessions at once, ${changesEach} times each, in turns\n${changeOne};\n${changeOther};`,
    expected: 'one record for each change',
    wrong: [
      ...new Set(errors),
      ...(made === changed ? [] : [`${made} records of ${changed} changes that were committed`]),
    ],
  };
}

/** Two actors that the trail can tell apart, or as many as there are. */
function twoActors({ context, audit }: Scene): readonly (Actor | undefined)[] {
  const named = new Map(
    context.actors.flatMap((actor) => {
      const name = actor.attributes[audit.actorAttribute] ?? null;
      return name === null ? [] : [[name, actor] as const];
    }),
  );
  return [...named.values()].slice(0, 2);
}
