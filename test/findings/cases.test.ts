import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { startCluster } from '../../src/cluster/cluster.ts';
import { checkIds } from '../../src/findings/ids.ts';
import { findWith } from './support.ts';

const folder = new URL('./cases/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const common = readFileSync(new URL('./common.sql', import.meta.url), 'utf8');

/** Roles belong to the server, so all cases share them. A grant between roles is undone by the case that makes it. */
const rolesSql = `
  CREATE ROLE requests LOGIN;
  CREATE ROLE guests LOGIN;
  CREATE ROLE "Own er" LOGIN;
  CREATE ROLE "By pass" BYPASSRLS`;

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const client = await cluster.primary.connect();
  await client.query(rolesSql);
  await client.end();
  await cluster.primary.createDatabase('common');
  const maker = await cluster.primary.connect({ database: 'common' });
  await maker.query(common);
  await maker.end();
});

afterAll(() => cluster?.close());

/** Findings of a case, in a database of its own, as `id: object`. */
async function findingsOf(file: string): Promise<readonly string[]> {
  await cluster.primary.createDatabase('case', 'common');
  const client = await cluster.primary.connect({ database: 'case' });
  try {
    await client.query(read(file));
    return await findWith(client);
  } finally {
    await client.query('REVOKE "By pass" FROM requests');
    await client.end();
    await cluster.primary.dropDatabase('case');
  }
}

test('the ground that the cases stand on has no finding', async () => {
  const client = await cluster.primary.connect({ database: 'common' });
  expect(await findWith(client)).toEqual([]);
  await client.end();
});

test('every check has its two cases', () => {
  const wanted = checkIds.flatMap((id) => [`${id}.bad.sql`, `${id}.good.sql`]);
  expect(readdirSync(folder).sort()).toEqual(wanted.sort());
});

describe.each(checkIds)('%s', (id) => {
  test('is found, with its object, and nothing else is', async () => {
    const file = `${id}.bad.sql`;
    const [, object = ''] = /^-- names: (.*)$/m.exec(read(file)) ?? [];
    expect(await findingsOf(file)).toEqual([`${id}: ${object}`]);
  });

  test('is not found where it is put right', async () => {
    expect(await findingsOf(`${id}.good.sql`)).toEqual([]);
  });
});
