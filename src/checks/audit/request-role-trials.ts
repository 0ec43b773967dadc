import type { Actor } from '../../design/design.ts';
import { identityOf, settingsOf } from '../access/target.ts';
import { allowedWrites } from './allowed-writes.ts';
import { type AuditTrial, type Scene, trial } from './scene.ts';

/** What the actor may do through the request role is recorded too: the trigger needs no privilege of the role. */
export async function* throughRequestRole(
  scene: Scene,
  actor: Actor,
): AsyncGenerator<AuditTrial, void, void> {
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
       AND ($4::text IS NULL OR ${trail.recordId}::text = $4)`,
    [mark, audited.name, action, id],
  );
  return rows.map((row) => row.actor as string | null);
}
