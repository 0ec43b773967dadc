import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { migrate } from '../../src/cluster/migrate.ts';
import { ConfigError } from '../../src/design/config-error.ts';
import { exitCodes } from '../../src/evidence/verdict.ts';
import { renderFindingsSarif, reviewDatabase } from '../../src/findings/index.ts';
import { exitCodeOfError } from '../../src/scenarios/failure.ts';

const version = '0.0.0';
const folder = fileURLToPath(new URL('./migrations', import.meta.url));

let cluster: Cluster;
let url: string;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const client = await cluster.primary.connect();
  await client.query('CREATE ROLE requests LOGIN');
  await migrate(client, folder);
  await client.end();
  const { socketFolder, place } = cluster.primary;
  url = `postgresql:///postgres?host=${encodeURIComponent(socketFolder)}&port=${place.port}&user=postgres`;
});

afterAll(() => cluster?.close());

describe('--migrations', () => {
  test('gives findings the file and line of the statement that made or last altered the object', async () => {
    const { findings } = await reviewDatabase(url, { version, migrations: [folder] });
    const placed = findings.map(({ id, object, place }) => [
      id,
      object.name,
      place === undefined ? '' : `${path.relative(folder, place.file)}:${place.line}`,
    ]);
    expect(placed).toEqual([
      // A DO block is not looked into: the line is that of the table's last change.
      ['policies.constant', 'anybody on shop.bills', '002_policies.sql:2'],
      // A table made once, and never altered.
      ['rls.disabled', 'shop.notes', '001_tables.sql:10'],
      // Its search_path, and EXECUTE for PUBLIC.
      ['functions.definer', 'shop.total(tenant integer)', '001_tables.sql:15'],
      ['functions.definer', 'shop.total(tenant integer)', '001_tables.sql:15'],
      // By ALTER POLICY, not by what made it.
      ['settings.unset', 'own on shop.orders', '002_policies.sql:14'],
      // A column has the line of what made the table.
      ['tenant.nullable', 'shop.orders.tenant_id', '001_tables.sql:5'],
    ]);
  });

  test('gives a report that fits the published schema', async () => {
    const file = new URL('../../reports/schema/findings.schema.json', import.meta.url);
    const validate = new Ajv2020({ strict: true }).compile(JSON.parse(await readFile(file, 'utf8')));
    const report = await reviewDatabase(url, { version, migrations: [folder] });
    expect(validate(JSON.parse(JSON.stringify(report))), JSON.stringify(validate.errors)).toBe(true);
    expect(validate({ ...report, findings: [{ id: 'no.such-check' }] })).toBe(false);
  });

  test('gives SARIF its regions', async () => {
    const report = await reviewDatabase(url, { version, migrations: [folder], only: ['rls.disabled'] });
    const sarif = JSON.parse(renderFindingsSarif(report));
    const [{ physicalLocation }] = sarif.runs[0].results[0].locations;
    expect(physicalLocation.artifactLocation.uri).toMatch(/001_tables\.sql$/);
    expect(physicalLocation.region.startLine).toBe(10);
  });

  test('changes no finding: without it the same are told', async () => {
    const bare = ({
      id,
      severity,
      object,
      says,
    }: Awaited<ReturnType<typeof reviewDatabase>>['findings'][number]) => ({ id, severity, object, says });
    const placed = await reviewDatabase(url, { version, migrations: [folder] });
    const plain = await reviewDatabase(url, { version });
    expect(plain.findings.every(({ place }) => place === undefined)).toBe(true);
    expect(plain.findings.map(bare)).toEqual(placed.findings.map(bare));
  });

  test.each<[string, string, RegExp]>([
    [
      'a folder that is not there',
      'nowhere',
      /^--migrations \S+nowhere: no such folder; give a folder of \*\.sql files$/,
    ],
    ['a file', 'file.txt', /^--migrations \S+file\.txt: is no folder; /],
    ['a folder without SQL', 'empty', /^--migrations \S+empty: holds no \*\.sql; /],
    ['a folder in which a name of SQL is a folder', 'odd', /^--migrations \S+1\.sql: cannot be read; /],
    ['a file that is no UTF-8', 'latin', /^--migrations \S+1\.sql: is not UTF-8; /],
  ])('refuses %s in one line, with exit code 2', async (_, name, message) => {
    const scratch = await mkdtemp(path.join(tmpdir(), 'pgt-findings-'));
    onTestFinished(() => rm(scratch, { recursive: true, force: true }));
    await writeFile(path.join(scratch, 'file.txt'), '');
    await mkdir(path.join(scratch, 'empty'));
    await mkdir(path.join(scratch, 'odd', '1.sql'), { recursive: true });
    await mkdir(path.join(scratch, 'latin'));
    await writeFile(path.join(scratch, 'latin', '1.sql'), Buffer.from([0x2d, 0x2d, 0xe9]));
    const migrations = [path.join(scratch, name)];
    const error = await reviewDatabase(url, { version, migrations }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('\n');
    expect(exitCodeOfError(error)).toBe(exitCodes.usage);
  });
});
