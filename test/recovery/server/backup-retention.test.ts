import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CheckContext, Judgement, Sighting } from '../../../src/checks/check.ts';
import { recoveryRetention } from '../../../src/checks/recovery/retention.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import { scratchMachine, testHost } from '../../cluster/support.ts';

const fixture = (design: string) =>
  readFileSync(new URL(`../../../fixtures/${design}/config/backup.sh`, import.meta.url), 'utf8');

/** Runs the check on a script, with its counterexamples' changes if any. */
async function tried(call: Record<string, unknown>, text: string) {
  const host = testHost(scratchMachine());
  const context = {
    design: { config: { 'backup.sh': text } } as unknown as ValidDesign,
    host,
    stopAtFirstBreach: false,
  } as unknown as CheckContext;
  const seen: Sighting[] = [];
  const running = recoveryRetention.run(context, call);
  for (;;) {
    const { done, value } = await running.next();
    if (done === true) return { judgement: value as Judgement, seen };
    seen.push(value as Sighting);
  }
}

const without = [{ fault: 'file-changed', file: 'backup.sh', from: 'x', to: 'y' }];

describe('by the date in the name', () => {
  const call = {
    kind: 'recovery.retention',
    file: 'backup.sh',
    env: { BACKUP_DIR: '{folder}/backups', WAL_ARCHIVE: '{folder}/archive' },
    clock: { variable: 'BACKUP_DATE', as: 'day' },
    times: 'copied',
    stubs: {
      pg_dump: `for each in "$@"; do [[ $each == --file=* ]] && echo dump > "\${each#--file=}"; done; true`,
      pg_restore: '',
      pg_basebackup: `for each in "$@"; do [[ $each == --pgdata=* ]] && mkdir "\${each#--pgdata=}"; done; true`,
      pg_verifybackup: '',
      pg_archivecleanup: `for each in "$1"/*; do [[ $(basename "$each") < $2 ]] && rm "$each"; done; true`,
    },
    rules: [
      { path: 'backups/daily/{day}.dump', rhythm: 'daily', keep: { amount: 30, unit: 'days' } },
      {
        path: 'backups/weekly/{day}',
        rhythm: 'weekly',
        keep: { amount: 12, unit: 'weeks' },
        files: { backup_label: 'START WAL LOCATION: 0/2000028 (file {segment})\n' },
      },
      { path: 'backups/monthly/{day}.dump', rhythm: 'monthly', keep: { amount: 12, unit: 'months' } },
    ],
    wal: { folder: 'archive', keep: { amount: 7, unit: 'days' }, base: 1 },
    others: ['backups/daily/notes.txt', 'backups/daily/2020-01-01-keep.dump', 'backups/monthly/old.dump'],
    without,
  };

  test('the script of a design acts on exactly the right files', async () => {
    const { judgement, seen } = await tried(call, fixture('olympus'));
    expect(judgement.breaches).toEqual([]);
    // Six days, three things to see on each.
    expect(seen.length).toBe(18);
    for (const { way, tried = 1 } of seen) expect(tried, way).toBeGreaterThan(/exit/.test(way) ? 0 : 20);
  });

  test.each([
    ['a day too few', '$today - 30 days', '$today - 29 days', /daily\/.*gone, though within 30 days/],
    ['a day too many', '$today - 30 days', '$today - 31 days', /daily\/.*there still, though beyond 30 days/],
    ['weeks too few', '$today - 12 weeks', '$today - 11 weeks', /weekly\/.*gone, though within 12 weeks/],
    [
      'months too many',
      '$today - 12 months',
      '$today - 13 months',
      /monthly\/.*there still, though beyond 12/,
    ],
    ['WAL from the newest base on', '$today - 7 days', '$today - 0 days', /archive\/.*gone, though since/],
    ['no names looked at', '[[ "$name" =~', 'true || [[ "$name" =~', /2020-01-01-keep|notes|old/],
    ['it fails', 'pg_restore --list', 'false', /exit code 1/],
  ])('%s is noticed', async (_, from, to, says) => {
    const text = fixture('olympus');
    expect(text).toContain(from);
    const { judgement } = await tried({ ...call, days: ['2028-03-14'] }, text.replace(from, to));
    expect(judgement.breaches.map((breach) => breach.says).join('\n')).toMatch(says);
  });
});

describe('by the age of the file', () => {
  const call = {
    kind: 'recovery.retention',
    file: 'backup.sh',
    env: { BACKUP_DIR: '{folder}/backup', BACKUP_REMOTE_DIR: '{folder}/remote' },
    clock: 'files',
    stubs: {
      pg_dump: `for arg; do case "$arg" in --file=*) echo dump > "\${arg#--file=}"; exit 0 ;; esac; done; echo sql`,
      pg_restore: "echo 'TABLE DATA'",
      pg_dumpall: "echo 'CREATE ROLE x;'",
    },
    rules: ['backup', 'remote'].flatMap((folder) =>
      ['custom', 'gz', 'roles'].map((kind) => ({
        path: `${folder}/aems_db_{stamp}.sql.${kind}`,
        rhythm: 'daily',
        keep: { amount: 30, unit: 'days' },
      })),
    ),
    others: ['backup/another_db_20200101_020000.sql.gz', 'remote/notes.txt'],
    without,
  };

  test('the script of a design acts on exactly the right files', async () => {
    const { judgement, seen } = await tried(call, fixture('aems'));
    expect(judgement.breaches).toEqual([]);
    expect(seen.length).toBe(3);
  });

  test.each([
    [
      'another number of days',
      'BACKUP_RETENTION_DAYS:-30',
      'BACKUP_RETENTION_DAYS:-29',
      /gone, though within/,
    ],
    ['any database', '{DB_NAME}_*.sql.*', '{ANY:-*}_*.sql.*', /another_db/],
    ['one folder', 'BACKUP_REMOTE_DIR}"; do', 'BACKUP_DIR}"; do', /remote\/.*there still/],
  ])('%s is noticed', async (_, from, to, says) => {
    const text = fixture('aems');
    expect(text).toContain(from);
    const { judgement } = await tried(call, text.replace(from, to));
    expect(judgement.breaches.map((breach) => breach.says).join('\n')).toMatch(says);
  });
});
