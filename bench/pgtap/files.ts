import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ident, literal } from '../../src/checks/access/target.ts';
import type { Assertion } from './assertions.ts';

/** Writes the assertions as pgTAP files, spread over them; gives their paths. */
export async function writeFiles(
  folder: string,
  assertions: readonly Assertion[],
  count: number,
): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true });
  const files = Array.from({ length: count }, (_, n) => path.join(folder, `access-${n}.sql`));
  for (const [n, file] of files.entries()) {
    const own = assertions.filter((_, index) => index % count === n);
    const lines = ['SET search_path = tap;', 'BEGIN;', `SELECT plan(${own.length});`];
    await writeFile(file, `${[...lines, ...own.map(blockOf), 'ROLLBACK;'].join('\n')}\n`);
  }
  return files;
}

function blockOf({ table, command, actor, identity, statement, keys }: Assertion): string {
  const title = literal(`${actor.name}: ${command} of ${table}`);
  const test =
    keys === undefined
      ? `SELECT throws_ok(${literal(statement)}, '42501', NULL, ${title});`
      : `SELECT results_eq(${literal(statement)}, ARRAY[${keys.map(literal).join(', ')}]::text[], ${title});`;
  return [
    'SAVEPOINT one;',
    ...(identity.triggers === false ? ['SET LOCAL session_replication_role = replica;'] : []),
    ...Object.entries(identity.settings)
      .filter(([name]) => name !== 'search_path')
      .map(([name, value]) => `SET LOCAL ${name.split('.').map(ident).join('.')} = ${literal(value)};`),
    `SET LOCAL SESSION AUTHORIZATION ${ident(identity.role)};`,
    test,
    'ROLLBACK TO one;',
  ].join('\n');
}
