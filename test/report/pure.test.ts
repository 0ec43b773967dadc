import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Evidence } from '../../src/evidence/index.ts';
import { type ReporterName, reporters } from '../../src/report/index.ts';
import { type SampleOptions, sampleEvidence } from './sample.ts';

const names = Object.keys(reporters) as ReporterName[];
const samples: readonly (readonly [string, SampleOptions])[] = [
  ['every verdict', { verdicts: 'all' }],
  ['all proved', { verdicts: 'proved', tables: 1 }],
  ['died', { verdicts: 'all', ends: 'died' }],
  ['interrupted', { verdicts: 'all', ends: 'interrupted' }],
  ['hostile', { verdicts: 'all', hostile: true }],
  ['drills', { drills: true }],
  ['hostile drills', { drills: true, hostile: true }],
  ['nothing in it', { tables: 0, verdicts: 'proved', ends: 'died' }],
];

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** Frozen through and through: a reporter that changes its input throws. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) frozen(part);
  }
  return value;
}

const zone = process.env.TZ;

afterEach(() => {
  vi.useRealTimers();
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe.each(names)('%s is a pure function', (name) => {
  const render = (evidence: Evidence) => reporters[name].render(evidence);

  it.each(samples)('of the evidence: %s', (_, options) => {
    const evidence = frozen(sampleEvidence(options));
    const first = digest(render(evidence));
    expect(digest(render(evidence))).toBe(first);
    expect(digest(render(structuredClone(evidence)))).toBe(first);
  });

  it('without clock, time zone, chance and environment', () => {
    const evidence = sampleEvidence();
    const digests = ['1970-01-01T00:00:00Z', '2026-07-01T12:00:00Z', '2099-12-31T23:59:59Z'].map(
      (now, index) => {
        vi.useFakeTimers({ now: new Date(now), toFake: ['Date', 'performance'] });
        process.env.TZ = ['UTC', 'Pacific/Kiritimati', 'America/St_Johns'][index];
        vi.stubEnv('FORCE_COLOR', index === 0 ? '0' : '3');
        vi.stubEnv('COLUMNS', String(60 + index));
        const random = vi.spyOn(Math, 'random').mockReturnValue(index / 3);
        try {
          return digest(render(evidence));
        } finally {
          random.mockRestore();
          vi.unstubAllEnvs();
          vi.useRealTimers();
        }
      },
    );
    expect(new Set(digests).size).toBe(1);
  });

  it('that ends with a newline and has no half surrogate, so that its bytes are its text', () => {
    const text = render(sampleEvidence({ hostile: true }));
    expect(text.endsWith('\n')).toBe(true);
    expect(Buffer.from(text).toString()).toBe(text);
  });
});

it('each reporter has a file of its own and is listed under its name', () => {
  const all = Object.entries(reporters);
  for (const [name, reporter] of all) expect(reporter.name).toBe(name);
  expect(new Set(all.map(([, reporter]) => reporter.file)).size).toBe(all.length);
  for (const [, reporter] of all) expect(reporter.file).toMatch(/^[a-z][a-z.]*\.[a-z]+$/);
});
