import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DeckHeader, DeckTransaction } from '../../../src/load/deck/model.ts';
import { pgbench, scriptsOf } from '../../../src/load/pgbench/index.ts';
import { type Bench, startBench } from './pgbench-support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(async () => {
  await bench?.cluster.close();
});

const header: DeckHeader = {
  schema: 'pgattest.deck/1',
  design: 'notes',
  mix: 'mixed',
  statements: [
    {
      name: 'note.add',
      kind: 'write',
      sql: "INSERT INTO note VALUES ($1, $2::jsonb, current_setting('app.user'))",
    },
    { name: 'one', kind: 'read', sql: 'SELECT 1' },
  ],
  role: 'clerk',
  settingsLast: 'transaction',
};

/** Texts that a script could spoil: variables, quotes, line ends, backslashes, blanks, NULL. */
const texts = [
  'plain',
  ':scale and :v1',
  "it's",
  'a\nb\r\n',
  'back\\slash \\n',
  '',
  ' blank ',
  null,
  '$1 ; -- $$',
  'ünï:cödé',
];
const transactions = texts.map(
  (text, at): DeckTransaction => ({
    transaction: text === null ? 'null' : 'add',
    tenant: 't',
    settings: { 'app.user': `user :${at}` },
    calls: [
      [0, [text, JSON.stringify({ at, is: true, text })]],
      [1, []],
    ],
  }),
);

test.each([
  ['literals', true],
  ['literals', false],
  ['table', true],
  ['table', false],
] as const)(
  'values as %s, in a pipeline: %s: what arrives is what the deck says',
  async (values, pipeline) => {
    const { cluster, program, connection } = bench;
    const name = await cluster.primary.copyDatabase('bench');
    const client = await cluster.primary.connect({ database: name });
    try {
      await client.query('CREATE TABLE note (body text, more jsonb, who text)');
      await client.query('DO $$ BEGIN CREATE ROLE clerk; EXCEPTION WHEN duplicate_object THEN NULL; END $$');
      await client.query('GRANT INSERT ON note TO clerk');
      const { scripts, protocol, table } = scriptsOf(header, transactions, { pipeline, values });
      if (table !== undefined) {
        await client.query(table.create);
        for (const sql of table.fill()) await client.query(sql);
      }
      const result = await pgbench({
        program,
        connection: { ...connection, database: name },
        scripts,
        protocol,
        transactions: 400,
        seed: 1,
      }).result;
      expect(result).toMatchObject({ status: 'complete', report: { transactions: 400, protocol } });
      const { rows } = await client.query<{ body: string | null; at: number; same: boolean; who: string }>(
        `SELECT DISTINCT body, (more ->> 'at')::int AS at, more ->> 'text' IS NOT DISTINCT FROM body AS same, who FROM note ORDER BY 2`,
      );
      expect(rows).toEqual(texts.map((body, at) => ({ body, at, same: true, who: `user :${at}` })));
      if (table !== undefined) await client.query(table.drop);
    } finally {
      await client.end();
      await cluster.primary.dropDatabase(name);
    }
  },
);
