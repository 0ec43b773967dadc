import type { Identity } from '../../cluster/session.ts';
import type { Actor } from '../../design/design.ts';
import type { AuditedTable, AuditRules } from '../../design/rules.ts';
import { reproduceAs } from '../access/reproduce.ts';
import { identityOf, literal, type Target } from '../access/target.ts';
import type { CheckContext } from '../check.ts';
import { allowedWrites } from './allowed-writes.ts';
import { changeRows, deleteRows, insertCopies, ownRows, someRows } from './operations.ts';
import {
  compareRecords,
  countRecords,
  type ExpectedRecord,
  trailContains,
  transactionMark,
} from './records.ts';

/** One operation that was done, and what was wrong with the records it left. */
export interface AuditTrial {
  readonly action: ExpectedRecord['action'];
  readonly relation: string;
  readonly way: string;
  readonly actor?: Actor;
  readonly asRequest: boolean;
  readonly statement: string;
  readonly expected: string;
  readonly wrong: readonly string[];
  readonly reproduce: string;
}

interface Scene {
  readonly context: CheckContext;
  readonly target: Target;
  readonly audit: AuditRules;
  readonly audited: AuditedTable;
  readonly mark: string;
}

/** Every operation, for every actor and partition, and the ways in which audit trails commonly fail; each undone. */
export async function* auditTrials(
  context: CheckContext,
  target: Target,
  audit: AuditRules,
  audited: AuditedTable,
): AsyncGenerator<AuditTrial, void, void> {
  const scene = { context, target, audit, audited, mark: await transactionMark(context.session) };
  const leaves = target.partitions
    .filter((relation) => relation.kind === 'table')
    .map(({ identity }) => identity);
  for (const relation of leaves.length === 0 ? [target.relation.identity] : leaves) {
    if ((await someRows(context, target, audited, relation, 1)).length === 0) continue;
    for (const actor of context.actors) {
      for (const action of ['INSERT', 'UPDATE', 'DELETE'] as const) {
        yield await operate(scene, relation, action, 1, settingsOf(context, actor), actor);
      }
    }
  }
  yield* failureModes(scene);
  for (const actor of context.actors) yield* throughRequestRole(scene, actor);
}

async function* failureModes(scene: Scene): AsyncGenerator<AuditTrial, void, void> {
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
  yield await rolledBack(scene);
  yield await nothingChanged(scene);
  if (scene.audited.secret.length > 0) yield await secretsLeftOut(scene);
  yield await truncated(scene);
}

/** Does one operation as the superuser with these settings, and compares the records. */
async function operate(
  scene: Scene,
  relation: string,
  action: 'INSERT' | 'UPDATE' | 'DELETE',
  rows: number,
  settings: Readonly<Record<string, string>>,
  actor: Actor | undefined,
  way: string = action,
): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const who = actor?.attributes[audit.actorAttribute] ?? null;
  return session.undone(async () => {
    await applySettings(scene, settings);
    const copies = insertCopies(context, target, relation, rows);
    let statement = copies;
    let expected: ExpectedRecord[] = [];
    const failed = await (async () => {
      if (action === 'UPDATE') {
        const before = await someRows(context, target, audited, relation, rows);
        statement = changeRows(
          target,
          audited,
          before.map((row) => row.key),
        );
        const attempt = await session.attempt(statement, [], true);
        if (attempt.status === 'error') return attempt.error.message;
        const after = new Map(
          (await ownRows(context, target, audited, mark)).map((row) => [row.id, row.json]),
        );
        expected = before.map((row) => ({
          action,
          recordId: row.id,
          actor: who,
          before: row.json,
          after: after.get(row.id) ?? null,
        }));
        return undefined;
      }
      const inserted = await session.attempt(copies, [], true);
      if (inserted.status === 'error') return inserted.error.message;
      const made = await ownRows(context, target, audited, mark);
      if (action === 'INSERT') {
        expected = made.map((row) => ({
          action,
          recordId: row.id,
          actor: who,
          before: null,
          after: row.json,
        }));
        return undefined;
      }
      statement = deleteRows(
        target,
        made.map((row) => row.key),
      );
      const deleted = await session.attempt(statement, [], true);
      if (deleted.status === 'error') return deleted.error.message;
      expected = made.map((row) => ({ action, recordId: row.id, actor: who, before: row.json, after: null }));
      return undefined;
    })();
    const wrong =
      failed !== undefined
        ? [`the ${action} failed: ${failed}`]
        : await compareRecords(session, audit, audited, mark, action, expected);
    return trial(scene, {
      action,
      relation,
      way,
      ...(actor === undefined ? {} : { actor }),
      statement,
      wrong,
      settings,
      expected: rows === 1 ? 'one right record' : `${rows} right records`,
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
      change: { column: audited.change.column, to: `"row".${audited.change.column}` },
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

/** Changes each secret column to a known text and looks for that text in the trail. */
async function secretsLeftOut(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const known = 'pgattest-secret-7f3a';
  return session.undone(async () => {
    const [row] = await someRows(context, target, audited, target.relation.identity, 1);
    const wrong: string[] = [];
    let statement = '';
    for (const column of audited.secret) {
      const change = { ...audited, change: { column, to: literal(known) } };
      statement = changeRows(target, change, row === undefined ? [] : [row.key]);
      const attempt = await session.attempt(statement, [], true);
      if (attempt.status === 'error') wrong.push(attempt.error.message);
      else if (await trailContains(session, audit, mark, known))
        wrong.push(`${column} is copied into the trail`);
      else if ((await countRecords(session, audit, audited, mark, 'UPDATE')) === 0) {
        wrong.push(`a change of ${column} leaves no record`);
      }
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

async function truncated(scene: Scene): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const statement = `TRUNCATE ${target.relation.identity} CASCADE`;
  return session.undone(async () => {
    const attempt = await session.attempt(statement, [], true);
    const made = await countRecords(session, audit, audited, mark, 'TRUNCATE');
    const wrong =
      attempt.status === 'error'
        ? [attempt.error.message]
        : made === 1
          ? []
          : [`${made} records instead of 1`];
    return trial(scene, {
      action: 'TRUNCATE',
      relation: target.relation.identity,
      way: 'TRUNCATE',
      statement,
      wrong,
      expected: 'one record',
      settings: {},
    });
  });
}

/** What the actor may do through the request role is recorded too: the trigger needs no privilege of the role. */
async function* throughRequestRole(scene: Scene, actor: Actor): AsyncGenerator<AuditTrial, void, void> {
  const { context, target, audited, audit } = scene;
  const { session } = context;
  for (const write of await allowedWrites(context, target, audited, actor)) {
    yield await session.undone(async () => {
      const who = actor.attributes[audit.actorAttribute] ?? null;
      await session.become(identityOf(context, actor));
      const attempt = await session.attempt(write.statement, [], true);
      await session.resume();
      const actors = await recordedActors(scene, write.action, write.id);
      const wrong =
        attempt.status === 'error'
          ? [`the ${write.action} failed: ${attempt.error.message}`]
          : actors.length !== 1
            ? [`${actors.length} records instead of 1`]
            : actors[0] === who
              ? []
              : [`${audit.trail.actor} is ${actors[0] ?? 'NULL'} instead of ${who ?? 'NULL'}`];
      return trial(scene, {
        action: write.action,
        relation: target.relation.identity,
        way: `${write.action} through the request role`,
        actor,
        asRequest: true,
        statement: write.statement,
        wrong,
        expected: 'one record by the actor',
        settings: settingsOf(context, actor),
      });
    });
  }
}

/** The actors in the records of one row; a cascade may leave records of other rows beside them. */
async function recordedActors(
  { context, audit, audited, mark }: Scene,
  action: string,
  id: string | null,
): Promise<(string | null)[]> {
  const { trail } = audit;
  const rows = await context.session.query(
    `SELECT ${trail.actor}::text AS actor FROM ${trail.table} AS record
     WHERE age(record.xmin) <= age($1::text::xid) AND ${trail.tableName} = $2 AND ${trail.action} = $3
       AND ${trail.recordId}::text IS NOT DISTINCT FROM $4`,
    [mark, audited.name, action, id],
  );
  return rows.map((row) => row.actor as string | null);
}

async function applySettings({ context }: Scene, settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) {
    await context.session.query('SELECT set_config($1, $2, true)', [name, value]);
  }
}

function settingsOf(context: CheckContext, actor: Actor): Identity['settings'] {
  return context.design.request.session(actor);
}

/** Settings that any actor sets. */
function settingNames(context: CheckContext): readonly string[] {
  return [...new Set(context.actors.flatMap((actor) => Object.keys(settingsOf(context, actor))))];
}

function trial(
  scene: Scene,
  parts: Omit<AuditTrial, 'reproduce' | 'asRequest'> & {
    asRequest?: boolean;
    settings: Readonly<Record<string, string>>;
  },
): AuditTrial {
  const { settings, asRequest = false, ...rest } = parts;
  const sets = Object.entries(settings).map(
    ([n, v]) => `SELECT set_config(${literal(n)}, ${literal(v)}, true);`,
  );
  const look = `SELECT * FROM ${scene.audit.trail.table} AS record WHERE xmin = pg_current_xact_id()::xid`;
  const reproduce =
    asRequest && parts.actor !== undefined
      ? reproduceAs(scene.context, parts.actor, parts.statement, parts.expected)
      : [
          'BEGIN;',
          ...sets,
          `${parts.statement};`,
          `${look}; -- expected: ${parts.expected}`,
          'ROLLBACK;',
        ].join('\n');
  return { ...rest, asRequest, reproduce };
}
