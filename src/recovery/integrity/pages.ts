import type pg from 'pg';
import type { Seen } from '../model.ts';
import { borrowExtension } from './borrow-extension.ts';
import { type Looked, sightings, withinSavepoint } from './looked.ts';

/** All that has pages, whatever kind of index it is, with its maps of free space and visibility. */
const relations = `SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm', 't', 'i', 'S') AND c.relpersistence <> 't' ORDER BY c.oid`;

/**
 * Reads every page through the server, which compares its checksum. What the server has in memory already is not read again: of a server
 * that was just restored nearly nothing is.
 */
export async function seePages(client: pg.Client): Promise<Seen[]> {
  const { rows } = await client.query<{ on: boolean; ignored: boolean }>(
    `SELECT current_setting('data_checksums')::bool AS on, current_setting('ignore_checksum_failure')::bool AS ignored`,
  );
  const able = rows[0]?.on === true && rows[0].ignored === false;
  const first: Seen = {
    subject: 'server',
    way: 'checksums of pages',
    statement: 'SHOW data_checksums; SHOW ignore_checksum_failure',
    expected: 'on, and heeded',
    actual: able
      ? 'on, and heeded'
      : rows[0]?.on === true
        ? 'on, and ignored'
        : 'off: a damaged page goes unseen',
    agrees: able,
    object: rows[0]?.on === true ? 'ignore_checksum_failure' : 'data_checksums',
  };
  await client.query('BEGIN');
  try {
    const schema = await borrowExtension(client, 'pg_prewarm');
    // By its buffers: what the server reads for itself only is not looked at.
    const read = `SELECT ${schema}.pg_prewarm($1::oid::regclass, 'buffer', f.fork)
      FROM unnest(ARRAY['main', 'fsm', 'vm']) AS f(fork) WHERE pg_relation_size($1::oid::regclass, f.fork) > 0`;
    const looked: Looked[] = [];
    for (const { oid, name } of (await client.query<{ oid: string; name: string }>(relations)).rows) {
      const wrong = await withinSavepoint(client, async () => {
        await client.query(read, [oid]);
        return undefined;
      });
      looked.push({ object: name, wrong });
    }
    const way = {
      subject: 'relations',
      way: 'each page is read',
      statement: read,
      expected: 'nothing wrong',
    };
    return [first, ...sightings(way, looked)];
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}
