import { z } from 'zod';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { around } from './around.ts';
import { pooledClient, requestLogin } from './clients.ts';
import { Notes } from './notes.ts';
import { inOrder, servedBy, serverNames, tooManyToMeet, whereSql } from './served-by.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Of [databases] of the pooler. */
  entry: z.string(),
  /** `primary`, or replicas by name. */
  servers: z.array(z.string()).min(1),
});

/** An entry of the pooler leads to these servers and no others; writes are taken at the primary alone. */
export const topologyEntry = defineCheck({
  kind: 'topology.entry',
  family: 'topology',
  says: 'an entry of the pooler leads to these servers and to no others; it takes writes if that is the primary',
  parameters,
  needs: ['superuser', 'pooler', 'replicas'],
  isolation: 'cluster',
  tables: () => [],
  run: runEntry,
  faults: (context, { entry, servers }) => {
    const others = [
      'primary',
      ...Array.from({ length: context.design.topology.replicas }, (_, n) => `replica_${n + 1}`),
    ];
    return others
      .filter((name) => !servers.includes(name))
      .slice(0, 2)
      .map((name) => faults['entry-misled'](entry, name));
  },
});

async function* runEntry(
  context: CheckContext,
  { entry, servers }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const there = around(context).topology.pooler?.entries.some(({ name }) => name === entry) === true;
  if (!there) return judge([], [`the pooler has no entry ${entry}`]);
  const unmet = tooManyToMeet(context, new Set(servers).size);
  if (unmet !== undefined) return judge([], [unmet]);
  const notes = new Notes();
  const object = `entry ${entry} of the pooler`;
  const login = await requestLogin(context);
  const expected = inOrder(servers);
  const actual = serverNames(await servedBy(context, login, entry));
  yield* notes.see(
    { subject: entry, way: 'who answers', statement: whereSql, expected, actual },
    actual === expected,
    object,
  );
  const client = pooledClient(context, login, entry);
  try {
    await client.connect();
    const { rows } = await client.query<{ transaction_read_only: string }>('SHOW transaction_read_only');
    const reads = rows[0]?.transaction_read_only;
    const wanted = servers.includes('primary') ? 'off' : 'on';
    yield* notes.see(
      {
        subject: entry,
        way: 'reads only',
        statement: 'SHOW transaction_read_only',
        expected: wanted,
        actual: String(reads),
      },
      reads === wanted,
      object,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
  return judge(notes.breaches, []);
}
