import { ident, literal } from '../access/target.ts';
import { eachColumn } from './each-column.ts';
import { operate } from './operate.ts';
import { changeRows, insertCopies, someRows } from './operations.ts';
import { otherLogins } from './other-logins.ts';
import { countRecords, trailContains } from './records.ts';
import { type AuditTrial, type Scene, settingNames, trial } from './scene.ts';

export async function* failureModes(scene: Scene): AsyncGenerator<AuditTrial, void, void> {
  const { context, target } = scene;
  const table = target.relation.identity;
  const names = settingNames(context);
  for (const [way, value] of [
    ['with the setting left empty by an earlier transaction', ''],
    ['with a malformed setting', 'not-an-id'],
  ] as const) {
    const settings = Object.fromEntries(names.map((name) => [name, value]));
    yield await operate(scene, table, 'UPDATE', 1, settings, undefined, way);
  }
  for (const action of ['INSERT', 'UPDATE', 'DELETE'] as const) {
    yield await operate(scene, table, action, 3, {}, undefined, `${action} of three rows at once`);
  }
  yield await eachColumn(scene);
  yield* otherLogins(scene);
  yield await trailRefuses(scene);
  yield await rolledBack(scene);
  yield await nothingChanged(scene);
  if (scene.audited.secret.length > 0) yield await secretsLeftOut(scene);
}

/** No change without its record: when the trail takes nothing, the change must fail too. */
async function trailRefuses(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited, audit } = scene;
  const { session } = context;
  return session.undone(async () => {
    await session.script(
      `ALTER TABLE ${audit.trail.table} ADD CONSTRAINT pgattest_refuses CHECK (false) NOT VALID`,
    );
    const [row] = await someRows(context, target, audited, target.relation.identity, 1);
    const statement = changeRows(target, audited, row === undefined ? [] : [row.key]);
    const attempt = await session.attempt(statement);
    return trial(scene, {
      action: 'UPDATE',
      relation: target.relation.identity,
      way: 'UPDATE while the trail takes no record',
      statement,
      wrong:
        attempt.status === 'error' ? [] : ['the change goes through although its record cannot be written'],
      expected: 'the change fails',
      settings: {},
    });
  });
}

async function rolledBack(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const statement = insertCopies(context, target, target.relation.identity, 1);
  await context.session.attempt(statement);
  const made = await countRecords(context.session, audit, audited, mark, 'INSERT');
  return trial(scene, {
    action: 'INSERT',
    relation: target.relation.identity,
    way: 'INSERT that is rolled back',
    statement,
    wrong: made === 0 ? [] : [`${made} records of a change that did not happen`],
    expected: 'no record',
    settings: {},
  });
}

async function nothingChanged(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  return session.undone(async () => {
    const [row] = await someRows(context, target, audited, target.relation.identity, 1);
    const same = {
      ...audited,
      change: { column: audited.change.column, to: `"row".${ident(audited.change.column)}` },
    };
    const statement = changeRows(target, same, row === undefined ? [] : [row.key]);
    const attempt = await session.attempt(statement, [], true);
    const made = await countRecords(session, audit, audited, mark, 'UPDATE');
    const wrong =
      attempt.status === 'error'
        ? [attempt.error.message]
        : made === 0
          ? []
          : [`${made} records of no change`];
    return trial(scene, {
      action: 'UPDATE',
      relation: target.relation.identity,
      way: 'UPDATE that changes nothing',
      statement,
      wrong,
      expected: 'no record',
      settings: {},
    });
  });
}

/** Changes each secret column to something known and looks for that in the trail. */
async function secretsLeftOut(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  return session.undone(async () => {
    const [row] = await someRows(context, target, audited, target.relation.identity, 1);
    const wrong: string[] = [];
    let statement = '';
    for (const column of audited.secret) {
      let refusal: string | undefined;
      for (const { sql, text } of await knownValues(scene, column)) {
        const change = { ...audited, change: { column, to: sql } };
        statement = changeRows(target, change, row === undefined ? [] : [row.key]);
        const attempt = await session.attempt(statement, [], true);
        refusal = attempt.status === 'error' ? attempt.error.message : undefined;
        if (refusal !== undefined) continue;
        if (await trailContains(session, audit, mark, text)) wrong.push(`${column} is copied into the trail`);
        else if ((await countRecords(session, audit, audited, mark, 'UPDATE')) === 0) {
          wrong.push(`a change of ${column} leaves no record`);
        }
        break;
      }
      if (refusal !== undefined) wrong.push(refusal);
    }
    return trial(scene, {
      action: 'UPDATE',
      relation: target.relation.identity,
      way: 'UPDATE of a secret column',
      statement,
      wrong,
      expected: 'a record without the secret',
      settings: {},
    });
  });
}

/**
 * Values for a secret column, and the text by which the trail would give each away: a text of our own; the values of other
 * rows, for columns whose type or constraint takes no such text.
 */
async function knownValues(
  { context, target }: Scene,
  name: string,
): Promise<readonly { readonly sql: string; readonly text: string }[]> {
  const own = 'pgattest-secret-7f3a';
  const column = target.columns.find((candidate) => candidate.name === name);
  const rows = await context.session.query(
    `SELECT DISTINCT ${ident(name)}::text AS value, to_jsonb(${ident(name)}) #>> '{}' AS text
     FROM ${target.relation.identity} WHERE length(${ident(name)}::text) > 3 ORDER BY 1 DESC LIMIT 3`,
  );
  const others = rows.map((row) => ({
    sql: `${literal(String(row.value))}::${column?.type ?? 'text'}`,
    text: String(row.text),
  }));
  return [{ sql: asColumn(target, name, own), text: own }, ...others];
}

/** A text as a value of the column: of a JSON column, as a JSON string. */
function asColumn(target: Scene['target'], name: string, text: string): string {
  const type = target.columns.find((column) => column.name === name)?.baseType ?? '';
  if (type === 'pg_catalog.jsonb' || type === 'pg_catalog.json')
    return `to_jsonb(${literal(text)}::text)::${type.slice(11)}`;
  return type === 'pg_catalog.bytea' ? `convert_to(${literal(text)}, 'UTF8')` : literal(text);
}

/** Emptying a table leaves its record, or is refused: either way nothing goes without a trace. */
export async function truncated(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const statement = `TRUNCATE ${target.relation.identity} CASCADE`;
  return session.undone(async () => {
    const attempt = await session.attempt(statement, [], true);
    const made = await countRecords(session, audit, audited, mark, 'TRUNCATE');
    const refused = attempt.status === 'error' && attempt.error.sqlstate === '42501';
    const wrong =
      attempt.status === 'error'
        ? refused
          ? []
          : [attempt.error.message]
        : made === 1
          ? []
          : [`${made} records instead of 1`];
    return trial(scene, {
      action: 'TRUNCATE',
      relation: target.relation.identity,
      way: 'TRUNCATE',
      statement,
      wrong,
      expected: 'one record, or refused',
      settings: {},
    });
  });
}
