import { z } from 'zod';
import { until } from '../../cluster/until.ts';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** A switched segment is in the archive within so many milliseconds. */
  withinMs: z.int().positive().default(10_000),
});

/** WAL arrives in the archive, whole. */
export const topologyArchive = defineCheck({
  kind: 'topology.archive',
  family: 'topology',
  says: 'a segment of WAL that is full is in the archive soon after, byte for byte; archive_timeout bounds how long one stays open',
  parameters,
  needs: ['superuser', 'archive'],
  isolation: 'cluster',
  tables: () => [],
  run: runArchive,
  faults: () => [
    faults['primary-setting']('archive_command', 'true', 'the archive lies: it says yes and stores nothing'),
    faults['primary-setting']('archive_command', 'false', 'the archive takes nothing'),
    faults['primary-setting']('archive_timeout', '0', 'a segment stays open until it is full'),
  ],
});

async function* runArchive(
  context: CheckContext,
  { withinMs }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { cluster, topology } = around(context);
  const { session, host } = context;
  const breaches: Breach[] = [];
  const folder = topology.ground.archive?.folder ?? '';
  const [row] = await session.query(
    `SELECT pg_walfile_name(pg_switch_wal()) AS segment FROM pg_logical_emit_message(true, 'pgattest', 'archive')`,
  );
  const segment = String(row?.segment);
  const same = async () =>
    (await host.exec(['cmp', '-s', `${cluster.primary.data}/pg_wal/${segment}`, `${folder}/${segment}`]))
      .exitCode === 0;
  const arrived = await until(same, withinMs);
  const expected = `${segment} in the archive within ${withinMs} ms, byte for byte`;
  const actual = arrived ? expected : `not there, or not the same, after ${withinMs} ms`;
  yield {
    subject: 'archive',
    way: 'pg_switch_wal()',
    statement: 'SELECT pg_switch_wal()',
    expected,
    actual,
    agrees: arrived,
  };
  if (!arrived) {
    breaches.push({
      says: `segment ${segment} is not in the archive`,
      object: 'archive_command',
      expected,
      actual,
    });
  }
  const wanted = context.design.topology.archive?.timeout ?? '';
  const [setting] = await session.query(
    `SELECT setting::int AS now, extract(epoch FROM $1::interval)::int AS wanted
     FROM pg_settings WHERE name = 'archive_timeout'`,
    [wanted],
  );
  const now = Number(setting?.now);
  const agrees = now > 0 && now <= Number(setting?.wanted);
  const bound = `archive_timeout at most ${wanted}`;
  const is = now === 0 ? 'none: an idle database archives nothing' : `${now} s`;
  yield {
    subject: 'primary',
    way: 'archive_timeout',
    statement: 'SHOW archive_timeout',
    expected: bound,
    actual: is,
    agrees,
  };
  if (!agrees) {
    breaches.push({
      says: `archive_timeout is ${is}`,
      object: 'archive_timeout',
      expected: bound,
      actual: is,
    });
  }
  return judge(breaches, []);
}
