import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseInitProgress, parseInitReport } from '../../../src/load/pgbench/init.ts';
import { mergeReports } from '../../../src/load/pgbench/merge-reports.ts';
import { parseReport } from '../../../src/load/pgbench/parse-report.ts';
import { problemOf } from '../../../src/load/pgbench/problem.ts';
import { parseProgress } from '../../../src/load/pgbench/progress.ts';

interface Output {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What pgbench 13.16, 15.18 and 17.11 printed, in the same modes, against one server. */
const outputs = Object.fromEntries(
  ['13', '15', '17'].map((version) => [
    version,
    JSON.parse(
      readFileSync(new URL(`./pgbench/outputs/pgbench-${version}.json`, import.meta.url), 'utf8'),
    ) as Record<string, Output>,
  ]),
);
const output = (version: string, name: string): Output => {
  const found = outputs[version]?.[name];
  if (found === undefined) throw new Error(`${version} ${name}`);
  return found;
};
const report = (version: string, name: string) => {
  const found = parseReport(output(version, name).stdout);
  if (found === undefined) throw new Error(`no report: ${version} ${name}`);
  return found;
};
const problem = (version: string, name: string) => {
  const { exitCode, stderr } = output(version, name);
  const said = stderr.split('\n').filter((line) => line !== '');
  return problemOf({ exitCode, signal: undefined, said, files: [] });
};

describe.each(Object.entries(outputs))('pgbench %s', (version, all) => {
  test('prints no line in any mode that is not understood', () => {
    for (const [name, { stdout }] of Object.entries(all))
      expect.soft(parseReport(stdout)?.unknown ?? [], name).toEqual([]);
  });

  test('says progress that is understood', () => {
    const lines = Object.values(all).flatMap(({ stderr }) =>
      stderr.split('\n').filter((line) => line.startsWith('progress:')),
    );
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => parseProgress(line) === undefined)).toEqual([]);
  });

  test.each(['init', 'initq', 'initg'])('says what it made: %s', (name) => {
    const lines = output(version, name).stderr.split('\n');
    expect(lines.map(parseInitReport).find((found) => found !== undefined)).toMatchObject({
      seconds: expect.any(Number),
      steps: { 'drop tables': expect.any(Number), 'primary keys': expect.any(Number) },
    });
    if (name !== 'initg')
      expect(lines.map(parseInitProgress).find((found) => found !== undefined)).toMatchObject({
        done: 100_000,
        of: 100_000,
      });
  });

  test('that lost its server prints a healthy rate and exits with 2', () => {
    expect(output(version, 'gone').exitCode).toBe(2);
    expect(report(version, 'gone').tps).toBeGreaterThan(1000);
    expect(problem(version, 'gone')).toMatchObject({ code: 'server-gone' });
  });

  test('says what is wrong, each in its own words', () => {
    const codes = Object.fromEntries(
      ['bad', 'bad2', 'badsql', 'nodb', 'notables', 'noserver', 'manyc', 'nofile', 'wrongpw'].map((name) => [
        name,
        problem(version, name).code,
      ]),
    );
    expect(codes).toEqual({
      bad: 'script',
      bad2: 'script',
      badsql: 'statement',
      nodb: 'no-connection',
      notables: 'not-initialised',
      noserver: 'no-connection',
      manyc: 'too-many-clients',
      nofile: 'script',
      wrongpw: 'password',
    });
    expect(problem(version, 'bad').message).toBe(
      'pgbench: bad.sql:2: syntax error (\\set); correct the script',
    );
    expect(problem(version, 'badsql').message).toContain('column "no_such_column" does not exist');
  });

  test('of sections of scripts and of statements', () => {
    const { scripts } = report(version, 'mix');
    expect(scripts.map(({ name, weight }) => [name, weight])).toEqual([
      ['<builtin: select only>', 8],
      ['<builtin: simple update>', 2],
      ['slow.sql', 1],
      ['cond.sql', 0],
    ]);
    expect(scripts[1]?.statements.map(({ text }) => text).slice(3, 6)).toEqual([
      '\\set delta random(-5000, 5000)',
      'BEGIN;',
      'UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;',
    ]);
    expect(scripts[2]).toMatchObject({ latency: { stddevMs: expect.any(Number) } });
    expect(scripts[3]?.transactions).toBe(0);
    expect(report(version, 'tpcb-r').scripts).toMatchObject([{ transactions: 100, weight: 1 }]);
    expect(report(version, 'tpcb-r').scripts[0]?.statements).toHaveLength(11);
  });

  test('of a rate with a limit', () => {
    const { late, lag, skipped, asked, transactions } = report(version, 'skip');
    expect(late).toEqual({ limitMs: 10, count: transactions });
    expect(lag?.maxMs).toBeGreaterThan(5);
    expect(skipped).toBeGreaterThan(50);
    expect(asked).toEqual({ seconds: 2 });
  });

  test('of partitions and of connections', () => {
    expect(report(version, 'partitions').partitions).toEqual({ method: 'range', count: 2 });
    expect(report(version, 'connect').tps).toBeGreaterThan(10);
  });
});

test('the exact figures of 15', () => {
  expect(report('15', 'dead')).toMatchObject({
    version: '15.18',
    transactionType: 'multiple scripts',
    clients: 8,
    threads: 2,
    maxTries: 2,
    transactions: 431,
    failed: 282,
    serializationFailures: 70,
    deadlockFailures: 212,
    retried: 367,
    retries: 367,
    latency: { averageMs: 13.411, stddevMs: 20.034, includesFailures: false },
    connectionMs: 12.866,
    tps: 213.895675,
    scripts: [
      { name: 'dead.sql', transactions: 150, failed: 212, retries: 263 },
      { name: 'ser.sql', transactions: 281, failed: 70, serializationFailures: 70 },
    ],
  });
  expect(report('15', 'sertries').scripts[0]?.statements[2]).toEqual({
    text: 'UPDATE pgbench_branches SET bbalance = bbalance + 1 WHERE bid = 1;',
    averageMs: 0.144,
    failures: 715,
    retries: 1546,
  });
  expect(report('15', 'verbose').latency).toEqual({ averageMs: 18.967, includesFailures: true });
  expect(report('17', 'select')).toMatchObject({ version: '17.11', serverVersion: '15.18' });
  expect(parseReport('')).toBeUndefined();
});

test('of reports side by side', () => {
  const [a, b] = [report('15', 'rateser'), report('15', 'rateser')];
  const both = mergeReports([a, b]);
  expect(both).toMatchObject({
    clients: 8,
    transactions: 2 * a.transactions,
    failed: 2 * (a.failed ?? 0),
    lag: { maxMs: a.lag?.maxMs },
  });
  expect(both.tps).toBeCloseTo(2 * (a.tps ?? 0), 6);
  expect(both.latency?.averageMs).toBeCloseTo(a.latency?.averageMs ?? 0, 9);
  expect(both.latency?.stddevMs).toBeCloseTo(a.latency?.stddevMs ?? 0, 9);
  // One that ended after half of the time adds what it did, and not its rate.
  const early = { ...b, transactions: a.transactions / 2 };
  expect(mergeReports([a, early]).tps).toBeCloseTo(1.5 * (a.tps ?? 0), 6);
});
