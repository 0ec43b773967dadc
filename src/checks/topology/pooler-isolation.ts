import type pg from 'pg';
import { z } from 'zod';
import type { Actor } from '../../design/design.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { settingsOf } from '../access/target.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { poolerOf } from './around.ts';
import { pooledClient, requestLogin } from './clients.ts';

const parameters = z.strictObject({ kind: z.string() });

/** What one client says of its actor is gone when another gets its server connection. */
export const topologyPoolerIsolation = defineCheck({
  kind: 'topology.pooler-isolation',
  family: 'topology',
  says: 'no client of the pooler meets the actor of another: settings end with the transaction that made them',
  parameters,
  needs: ['superuser', 'pooler'],
  isolation: 'cluster',
  tables: () => [],
  run: runIsolation,
  faults: () => [faults['settings-outlive']()],
});

/** Rounds by each actor: the pooler hands the same few connections round. */
const rounds = 20;

async function* runIsolation(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const login = await requestLogin(context);
  const pooler = poolerOf(context);
  const writer = context.design.topology.pooler?.writer ?? '';
  const actors = context.actors.filter(
    (actor) => Object.keys(settingsOf(context, actor)).length > 0 && !actor.afterwards,
  );
  const names = [...new Set(actors.flatMap((actor) => Object.keys(settingsOf(context, actor))))];
  if (actors.length === 0) return judge([], ['no actor has a setting that could be left behind']);
  const speaker = pooledClient(context, login, writer);
  const listener = pooledClient(context, login, writer);
  const breaches: Breach[] = [];
  let shared = 0;
  try {
    await speaker.connect();
    await listener.connect();
    for (const actor of actors) {
      for (let round = 0; round < rounds; round++) {
        const server = await speak(context, speaker, actor);
        const heard = await listen(listener, names);
        if (heard.server === server) shared++;
        const left = Object.entries(heard.settings).filter(([, value]) => value !== null && value !== '');
        if (left.length === 0) continue;
        const actual = left.map(([name, value]) => `${name} = ${value}`).join(', ');
        breaches.push({
          says: `another client of the pooler meets the settings of ${actor.name}: ${actual}`,
          object: 'request.session',
          actor: actor.name,
          expected: 'every setting unset or empty',
          actual,
        });
        break;
      }
      yield {
        subject: 'pooler',
        actor: actor.name,
        way: `${rounds} transactions, each followed by one of another client`,
        statement: 'BEGIN; SELECT set_config(…); COMMIT; then, of the other: SELECT current_setting(…, true)',
        expected: 'every setting unset or empty',
        actual:
          breaches.at(-1)?.actor === actor.name
            ? (breaches.at(-1)?.actual ?? '')
            : 'every setting unset or empty',
        agrees: breaches.at(-1)?.actor !== actor.name,
      };
      if (context.stopAtFirstBreach && breaches.length > 0) break;
    }
  } finally {
    await Promise.allSettled([speaker.end(), listener.end()]);
    // A server connection that still carries settings must not be met by the next trial.
    if (breaches.length > 0) await pooler.restart();
  }
  return judge(
    breaches,
    shared === 0 ? ['no two clients were ever served by the same server connection'] : [],
  );
}

async function speak(context: CheckContext, client: pg.Client, actor: Actor): Promise<number> {
  const local = context.design.request.settingsLast !== 'session';
  await client.query('BEGIN');
  for (const [name, value] of Object.entries(settingsOf(context, actor))) {
    await client.query('SELECT set_config($1, $2, $3)', [name, value, local]);
  }
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await client.query('COMMIT');
  return Number(rows[0]?.pid);
}

async function listen(
  client: pg.Client,
  names: readonly string[],
): Promise<{ readonly server: number; readonly settings: Readonly<Record<string, string | null>> }> {
  const { rows } = await client.query<{ pid: number; settings: (string | null)[] }>(
    `SELECT pg_backend_pid() AS pid, array(SELECT current_setting(name, true) FROM unnest($1::text[]) WITH ORDINALITY AS given(name, n) ORDER BY n) AS settings`,
    [names],
  );
  const values = rows[0]?.settings ?? [];
  return {
    server: Number(rows[0]?.pid),
    settings: Object.fromEntries(names.map((name, n) => [name, values[n] ?? null])),
  };
}
