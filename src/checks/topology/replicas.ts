import { z } from 'zod';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around, patience } from './around.ts';
import { hasReplayed } from './replayed.ts';

const parameters = z.strictObject({ kind: z.string(), count: z.int().positive() });

/** As many replicas as designed stream, each over a slot of its own, show what is committed, and take no writes. */
export const topologyReplicas = defineCheck({
  kind: 'topology.replicas',
  family: 'topology',
  says: 'as many replicas as designed stream over slots of their own, show what is committed, and take no writes',
  parameters,
  needs: ['superuser', 'replicas'],
  isolation: 'cluster',
  tables: () => [],
  run: runReplicas,
  faults: () => [faults['replica-killed'](0), faults['replay-delayed'](600)],
});

/** Far longer than a replica takes, and far shorter than one that does not follow. */
const visibleMs = 5_000;

async function* runReplicas(
  context: CheckContext,
  { count }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { topology } = around(context);
  const breaches: Breach[] = [];
  const streaming = await streamingNames(context, count);
  const expected = `${count} streaming, each over an active slot`;
  const actual = `${streaming.length} streaming${streaming.length === 0 ? '' : `: ${streaming.join(', ')}`}`;
  yield {
    subject: 'primary',
    way: 'pg_stat_replication and pg_replication_slots',
    statement: streamingSql,
    expected,
    actual,
    agrees: streaming.length === count,
  };
  if (streaming.length !== count) {
    breaches.push({
      says: `${streaming.length} of ${count} replicas stream from the primary`,
      object:
        topology.replicas.map(({ name }) => name).find((name) => !streaming.includes(name)) ?? 'primary',
      expected,
      actual,
      reproduce: `${streamingSql};`,
    });
  }
  for (const { name } of topology.replicas.filter((each) => streaming.includes(each.name))) {
    for (const seen of [await showsCommit(context, name), await refusesWrites(context, name)]) {
      yield seen.sighting;
      if (seen.breach !== undefined) breaches.push(seen.breach);
      if (seen.breach !== undefined && context.stopAtFirstBreach) return judge(breaches, []);
    }
  }
  return judge(breaches, []);
}

const streamingSql = `SELECT application_name FROM pg_stat_replication AS sender
JOIN pg_replication_slots AS slot ON slot.active_pid = sender.pid WHERE state = 'streaming' ORDER BY 1`;

/** A replica that was started a moment ago may still be on its way; one that died may still be in the list. */
async function streamingNames({ session }: CheckContext, count: number): Promise<readonly string[]> {
  let names: readonly string[] = [];
  await until(async () => {
    names = (await session.query(streamingSql)).map((row) => String(row.application_name));
    return names.length === count;
  }, 2_000);
  return names;
}

interface Seen {
  readonly sighting: Sighting;
  readonly breach?: Breach;
}

async function showsCommit(context: CheckContext, name: string): Promise<Seen> {
  await context.session.query("SELECT pg_logical_emit_message(true, 'pgattest', 'here')");
  const limitMs = patience(context, visibleMs);
  const server = around(context).topology.replicas.find((each) => each.name === name)?.server;
  const shown = server !== undefined && (await hasReplayed(context, server, limitMs));
  const expected = `what the primary wrote is replayed within ${limitMs} ms`;
  const actual = shown ? expected : `not replayed after ${limitMs} ms`;
  return {
    sighting: {
      subject: name,
      way: 'replay',
      statement: 'SELECT pg_last_wal_replay_lsn()',
      expected,
      actual,
      agrees: shown,
    },
    ...(shown
      ? {}
      : { breach: { says: `${name} does not follow the primary`, object: name, expected, actual } }),
  };
}

async function refusesWrites(context: CheckContext, name: string): Promise<Seen> {
  const { topology } = around(context);
  const client = await topology.replicas.find((each) => each.name === name)?.server.connect({ statementMs });
  const statement = 'CREATE TABLE public.pgattest_written_on_a_replica ()';
  const expected = 'error 25006: cannot execute in a read-only transaction';
  try {
    const actual = await client?.query(statement).then(
      () => 'done',
      (error: { code?: string; message: string }) => `error ${error.code}: ${error.message}`,
    );
    const agrees = actual?.startsWith('error 25006') === true;
    return {
      sighting: { subject: name, way: 'write', statement, expected, actual: actual ?? '', agrees },
      ...(agrees
        ? {}
        : { breach: { says: `${name} takes a write`, object: name, expected, actual: actual ?? '' } }),
    };
  } finally {
    await client?.end();
  }
}
