import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Stand } from '../hostile/bench.ts';
import { expectBroken, expectHeld, expectProved, openShop, tryCheck } from './shop/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openShop();
});
afterAll(() => stand?.close());

/** A file with one piece replaced; the piece must be there. */
const patched = (file: string, from: string, to: string) => ({
  design: (design: ValidDesign): ValidDesign => {
    const text = design.config[file] ?? '';
    if (!text.includes(from)) throw new Error(`${from} is not in ${file}`);
    return { ...design, config: { ...design.config, [file]: text.replace(from, to) } };
  },
});

describe('pooler', () => {
  const file = 'pgbouncer.ini';
  const check = {
    kind: 'structure.pooler',
    file,
    mode: 'transaction',
    clients: 10_000,
    serverConnections: { atMost: 'max_connections' },
    auth: 'scram-sha-256',
    databases: ['shop', 're port'],
    noResetQueryInTransactionMode: true,
  };

  test('holds, and each expectation is noticed when it does not', async () => {
    // Mode, mode of a database, clients, pools, auth, two databases, reset query, an unknown key.
    expect(await expectProved(stand, check)).toBe(9);
    expect(await expectProved(stand, { kind: check.kind, file })).toBe(1);
  });

  test.each([
    ['pool_mode = transaction\n', 'pool_mode = session\n', 'pool_mode in', 'session'],
    ['pool_mode=transaction', 'pool_mode=session', 'pool_mode of database re port in', 'session'],
    ['client_conn = 10000', 'client_conn = 100', 'max_client_conn in', '100'],
    ['client_conn = 10000', 'client_conn = 10k', '', 'line 12: max_client_conn = 10k is no whole number'],
    ['scram-sha-256', 'md5', 'auth_type in', 'md5'],
    [
      'scram-sha-256',
      'scram',
      '',
      'line 9: auth_type = scram is none of any, trust, plain, md5, cert, hba, ldap, pam, scram-sha-256',
    ],
    ['shop = host=10.0.0.1', ';shop = host=10.0.0.1', 'database shop in', 'not listed'],
    [
      'pool_size=30',
      'pool_size=300',
      'connections to 10.0.0.2:5432 in',
      '335: shop_ro 300 + 5 in reserve, re port 25 + 5 in reserve',
    ],
    [
      'pool_size=30',
      'pool_size=300 max_db_connections=90',
      'connections to 10.0.0.2:5432 in',
      '120: shop_ro max_db_connections 90, re port 25 + 5 in reserve',
    ],
    ['reserve_pool_size = 5', 'server_reset_query = DISCARD ALL', 'server_reset_query in', 'DISCARD ALL'],
    [
      'reserve_pool_size = 5',
      'server_reset_query_always = 1',
      'server_reset_query in',
      'run after each transaction: server_reset_query_always',
    ],
    ['reserve_pool_size', 'pool_reserve', '', 'line 14: PgBouncer knows no pool_reserve'],
    ['pool_size=30', 'poolsize=30', '', 'line 4: shop_ro: PgBouncer knows no poolsize of a database'],
    ['dbname=shop\n', "dbname='shop\n", '', 'line 3: shop: cannot be read as key=value pairs'],
    ['[pgbouncer]', '[bouncer]', '', 'line 8: PgBouncer knows no section [bouncer]'],
    ['; a pooler', '%include other.ini', '', 'line 1: %include other.ini: directives are not followed'],
    ['; a pooler', 'a = b', '', 'line 1: a = b: before any section'],
    ['; a pooler', 'what', '', 'line 1: what: neither a section nor a key and its value'],
  ])('%j made %j is told', async (from, to, object, actual) => {
    const breach = await expectBroken(stand, check, patched(file, from, to));
    expect(breach.object).toBe(`${object === '' ? '' : `${object} `}file pgbouncer.ini`);
    expect(breach.actual).toBe(actual);
  });

  test('a file that is not there is told', async () => {
    expect(await expectBroken(stand, { ...check, file: 'none.ini' })).toMatchObject({
      object: 'file none.ini',
      actual: 'no such file',
    });
  });
});

describe('script', () => {
  const file = 'backup.sh';
  const stubs = {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash
    pg_dump: 'for each; do case $each in --file=*) echo dump > "${each#--file=}";; esac; done',
    aws: '',
  };
  const check = {
    kind: 'structure.script',
    file,
    args: ['shop'],
    env: { BACKUP_DIR: '{folder}/backups' },
    stubs,
    files: { 'backups/old.dump': { content: '', age: '40 days' }, 'backups/new.dump': '' },
    expect: {
      exit: 0,
      stdout: '^Backup completed: shop$',
      calls: ['^pg_dump --file=\\{folder\\}/backups/shop\\.dump shop$', '^aws s3 cp \\S+ s3://'],
      noCalls: ['s3 rm'],
      left: ['backups/shop.dump', 'backups/n*.dump'],
      gone: ['backups/old.dump'],
    },
    scenarios: [
      {
        says: 'the dump fails',
        stubs: { pg_dump: 'echo "no server" >&2; exit 3' },
        expect: {
          exit: 3,
          stderr: 'no server',
          noCalls: ['^aws'],
          left: ['backups/old.dump'],
          gone: ['backups/shop.dump'],
        },
      },
      {
        says: 'the upload fails',
        stubs: { aws: 'exit 1' },
        expect: { exit: 'failure', left: ['backups/old.dump'] },
      },
      {
        says: 'no name is given',
        args: [],
        expect: { exit: 'failure', stderr: '^backup\\.sh: line 3: 1: unbound', calls: [] },
      },
    ],
    without: [
      { fault: 'file-changed', file, from: 'set -euo pipefail', to: '' },
      { fault: 'file-changed', file, from: ' -mtime +30', to: '' },
    ],
  };

  test('holds in each scenario, and its counterexamples are noticed', async () => {
    expect(await expectProved(stand, check)).toBe(2);
  });

  test.each([
    [
      'an exit code',
      'set -euo pipefail',
      '',
      'the dump fails',
      'exit code 0, saying: no server',
      'exit code 3',
    ],
    [
      'what it says',
      'completed',
      'done',
      'all well',
      'Backup done: shop',
      'a match of ^Backup completed: shop$',
    ],
    ['a call', 'aws s3 cp', 'aws s3 mv', 'all well', /^call 2: called aws s3 mv /, /^call 2: /],
    ['a call that is missing', 'aws', ': aws', 'all well', 'call 2: none was made', /^call 2: /],
    ['a call too many', 'find', 'aws s3 ls\nfind', 'all well', 'call 3: called aws s3 ls', 'call 3: none'],
    [
      'a file that is left',
      '-delete',
      '',
      'all well',
      'backups/old.dump is there',
      'backups/old.dump is gone',
    ],
    [
      'a file that is gone',
      ' -mtime +30',
      '',
      'all well',
      'backups/shop.dump is gone',
      'backups/shop.dump is there',
    ],
    [
      'a command that is not there',
      'mkdir',
      'mkdri',
      'all well',
      'exit code 127, saying: backup.sh: line 4: mkdri: command not found',
      'exit code 0',
    ],
  ])('broken by %s', async (_, from, to, scenario, actual, expected) => {
    const breach = await expectBroken(stand, check, patched(file, from, to));
    expect(breach.object).toBe('file backup.sh');
    expect(breach.says).toContain(`backup.sh, ${scenario}: `);
    expect(breach.actual).toEqual(typeof actual === 'string' ? actual : expect.stringMatching(actual));
    expect(breach.expected).toEqual(
      typeof expected === 'string' ? expected : expect.stringMatching(expected),
    );
  });

  test('a failure because a command is missing is not the failure that was meant', async () => {
    const scenarios = [{ says: 'it fails', expect: { exit: 'failure' } }];
    const { expect: _, ...rest } = check;
    const breach = await expectBroken(stand, { ...rest, scenarios }, patched(file, 'mkdir', 'mkdri'));
    expect(breach.actual).toContain('mkdri: command not found');
  });

  test('nothing is left of it, and nothing gets in', async () => {
    const env = { ...check.env, GREETING: "it's {folder}" };
    const expected = { exit: 0, stdout: "^\\[it's \\{folder\\}\\]\\[\\{folder\\}\\]\\[\\]$" };
    await expectHeld(
      stand,
      { ...check, env, scenarios: [], expect: expected, names: 'x' },
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is bash
      patched(file, 'echo "B', 'echo "[$GREETING][$PWD][${PGDATA:-}]"; echo "B'),
    );
    const { stdout } = await stand.cluster.host.exec(['ls', '-A', stand.cluster.host.folder]);
    expect(stdout).not.toContain('script-');
  });

  test('a stub that bash cannot read is no command that fails', async () => {
    const wrong = { ...check, stubs: { ...stubs, aws: 'if' } };
    await expect(tryCheck(stand, wrong)).rejects.toThrow(/^a stub is wrong: aws: line \d+: syntax error/);
  });

  test('a file that is not there is told', async () => {
    expect(await expectBroken(stand, { ...check, file: 'none.sh', names: 'the backup' })).toMatchObject({
      object: 'the backup',
      actual: 'no such file',
    });
  });
});

describe('file', () => {
  const check = {
    kind: 'structure.file',
    file: 'crontab',
    holds: ['^0 3 \\* \\* \\* .*backup\\.sh', 'backup\\.sh'],
    lacks: ['root'],
    says: 'The backup runs every night.',
  };

  test('holds, and each text that is removed is noticed', async () => {
    expect(await expectProved(stand, check)).toBe(2);
  });

  test.each([
    ['0 3 *', '# 0 3 *', 'no match', 'a match of ^0 3 \\* \\* \\* .*backup\\.sh'],
    ['postgres', 'root', 'holds root', 'no match of root'],
  ])('%j made %j is told', async (from, to, actual, expected) => {
    const breach = await expectBroken(stand, check, patched('crontab', from, to));
    expect(breach).toMatchObject({ object: 'file crontab', actual, expected });
    expect(breach.says).toContain('The backup runs every night.');
  });

  test('a file that is not there is told', async () => {
    expect(await expectBroken(stand, { ...check, file: 'none' })).toMatchObject({ actual: 'no such file' });
  });
});
