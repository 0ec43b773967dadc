import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeFromCompressedBase64 } from 'hdr-histogram-js';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { RecordingBucket, RecordingEnd, RecordingHeader } from '../../../src/load/recording/model.ts';

/** What a script needs to connect: `new Client(JSON.parse(__ENV.TARGET))`. */
export function targetOf({ primary }: Cluster): string {
  return JSON.stringify({
    host: primary.socketFolder,
    port: primary.place.port,
    user: 'postgres',
    database: 'postgres',
  });
}

export const statements = [
  { name: 'one', kind: 'read', sql: 'SELECT 1' },
  { name: 'echo', kind: 'read', sql: 'SELECT $1::text' },
  { name: 'insert', kind: 'write', sql: 'INSERT INTO done VALUES ($1::int)' },
  { name: 'sleep', kind: 'read', sql: 'SELECT pg_sleep($1::float8)' },
] as const;

export type Call = readonly [number, readonly (string | null)[], object?];

export function writeDeckOf(folder: string, transactions: readonly (readonly Call[])[]): string {
  const file = path.join(folder, 'deck.jsonl');
  const lines = [
    {
      schema: 'pgattest.deck/1',
      design: 'test',
      mix: 'test',
      statements,
      role: null,
      settingsLast: 'transaction',
    },
    ...transactions.map((calls, at) => ({
      transaction: `t${at % 2}`,
      tenant: `tenant${at % 3}`,
      settings: { 'app.who': `actor${at}` },
      calls,
    })),
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return file;
}

/** A script: what comes before `export default`, its scenario, the body of an iteration. */
export function writeScript(folder: string, scenario: object, body: string, more = ''): string {
  const file = path.join(folder, 'script.ts');
  writeFileSync(
    file,
    `import { Client, deck, due, record, schedule } from 'k6/x/pgattest';
import exec from 'k6/execution';
import { check } from 'k6';
export const options = { scenarios: { s: ${JSON.stringify(scenario)} } };
const c = new Client(JSON.parse(__ENV.TARGET));
const d = deck('deck.jsonl');
${more}
record(__ENV.RECORDING);
export default function (): void { ${body} }
`,
  );
  return file;
}

export interface Recorded {
  readonly header: RecordingHeader;
  readonly buckets: readonly RecordingBucket[];
  readonly end: RecordingEnd['end'] | undefined;
}

/** Every line must be of the model, and every histogram one that hdr-histogram-js decodes. */
export function readRecorded(file: string): Recorded {
  const [first = '', ...rest] = readFileSync(file, 'utf8').trimEnd().split('\n');
  const last = RecordingEnd.safeParse(JSON.parse(rest.at(-1) ?? 'null'));
  const lines = last.success ? rest.slice(0, -1) : rest;
  return {
    header: RecordingHeader.parse(JSON.parse(first)),
    buckets: lines.map((line) => RecordingBucket.parse(JSON.parse(line))),
    end: last.success ? last.data.end : undefined,
  };
}

export interface Sum {
  readonly done: number;
  readonly failed: number;
  readonly wrong: number;
  /** Values in the histograms. */
  readonly latencies: number;
  readonly services: number;
  /** Microseconds. */
  readonly maxLatency: number;
  readonly maxService: number;
}

export function sumOf(buckets: readonly RecordingBucket[], statement: string): Sum {
  const sum = { done: 0, failed: 0, wrong: 0, latencies: 0, services: 0, maxLatency: 0, maxService: 0 };
  for (const bucket of buckets.filter((each) => each.statement === statement)) {
    const latency = decodeFromCompressedBase64(bucket.latency ?? '');
    const service = decodeFromCompressedBase64(bucket.service ?? '');
    sum.done += bucket.done;
    sum.failed += Object.values(bucket.errors ?? {}).reduce((a, b) => a + b, 0);
    sum.wrong += bucket.wrong ?? 0;
    sum.latencies += latency.totalCount;
    sum.services += service.totalCount;
    sum.maxLatency = Math.max(sum.maxLatency, latency.maxValue);
    sum.maxService = Math.max(sum.maxService, service.maxValue);
  }
  return sum;
}
