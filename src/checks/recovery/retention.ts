import { z } from 'zod';
import type { Breach } from '../../evidence/model.ts';
import { FaultSpec } from '../../faults/spec.ts';
import { dayOf, readDay, writeDay } from '../../recovery/retention/calendar.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { specFaults } from '../structure/behaviour/steps/spec-faults.ts';
import { runScript } from '../structure/config/script/run-script.ts';
import { Stubs } from '../structure/config/script/scenario.ts';
import { clockEnv } from './retention/clock.ts';
import { compareKept } from './retention/compare-kept.ts';
import { layOut } from './retention/lay-out.ts';

const path = z
  .string()
  .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))[\w./{}-]+$/, 'must be a path below the working folder');
const keep = z.strictObject({ amount: z.int().positive(), unit: z.enum(['days', 'weeks', 'months']) });

const parameters = z
  .strictObject({
    kind: z.string(),
    /** The script that makes a backup and lets old ones go. */
    file: z.string(),
    args: z.array(z.string()).default([]),
    /** `{folder}` is the folder in which it runs; also in arguments and stubs. */
    env: z.record(z.string(), z.string()).default({}),
    stubs: Stubs.default({}),
    /**
     * How the script comes to know the time: by a variable, as a day or in seconds since 1970, which can be moved to any day; or not at all,
     * and then it is the files that are as old as they would be today.
     */
    clock: z.union([
      z.strictObject({ variable: z.string().min(1), as: z.enum(['day', 'seconds']) }),
      z.literal('files'),
    ]),
    /** Files have the time at which they were made, or that of now, as after a copy to another machine. */
    times: z.enum(['made', 'copied']).default('made'),
    /** What is kept how long. A file's path holds `{day}` (2028-02-29) or `{stamp}` (20280229_020000). */
    rules: z
      .array(
        z.strictObject({
          path: path.regex(/\{(day|stamp)\}/, 'must hold {day} or {stamp}'),
          rhythm: z.enum(['daily', 'weekly', 'monthly']),
          keep,
          /** Weekday of weekly ones, Monday as 1. */
          on: z.int().min(1).max(7).default(7),
          /** A folder with these files, not a file. `{segment}` is the WAL segment of that day. */
          files: z.record(path, z.string()).optional(),
        }),
      )
      .min(1),
    /** WAL, one segment a day, as far back as recovery to any moment of `keep` needs: from a base backup of the rule of that number. */
    wal: z.strictObject({ folder: path, keep, base: z.int().nonnegative() }).optional(),
    /** Files that only look like backups, or are others': they stay. */
    others: z.array(path).min(1),
    /** Days to which the clock is moved. Default: a leap day, ends of months and of a year, a first of a month and the day after. */
    days: z
      .array(z.string().refine(isDay, { message: 'must be a day: 2028-02-29' }))
      .min(1)
      .optional(),
    without: z.array(FaultSpec).min(1),
  })
  .refine(({ wal, rules }) => wal === undefined || wal.base < rules.length, {
    message: 'wal.base is no rule',
  });
export type Parameters = z.infer<typeof parameters>;

/** Retention on a moved clock lets go what the policy says, to the file. */
export const recoveryRetention = defineCheck({
  kind: 'recovery.retention',
  family: 'recovery',
  says: 'on a moved clock, the script lets go exactly the backups and the WAL that the policy lets go, reckoned without it, and nothing else',
  parameters,
  needs: [],
  tables: () => [],
  run: runRetention,
  faults: (_, { without }) => specFaults(without),
});

const usualDays = [
  '2027-12-31',
  '2028-02-29',
  '2028-03-01',
  '2028-03-02',
  '2028-08-31',
  '2029-02-28',
] as const;

async function* runRetention(
  { design, host, stopAtFirstBreach }: CheckContext,
  given: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { file, clock } = given;
  const text = design.config[file];
  const breaches: Breach[] = [];
  if (text === undefined) {
    const [expected, actual] = [`the file ${file}`, 'no such file'];
    yield { subject: file, way: 'read', statement: file, expected, actual, agrees: false };
    return judge([{ says: `${file} is not there`, object: `file ${file}`, expected, actual }], []);
  }
  const days = clock === 'files' ? [dayOf(new Date())] : (given.days ?? usualDays).map(readDay);
  for (const today of days) {
    const laid = layOut(given, today);
    const result = await runScript(host, {
      file,
      text,
      args: given.args,
      env: { ...given.env, ...clockEnv(clock, today) },
      stubs: given.stubs,
      files: laid.files,
      paths: [...laid.fate.keys()],
    });
    const way = clock === 'files' ? 'today' : `on ${writeDay(today)}`;
    const statement = [
      ...Object.entries(clockEnv(clock, today)).map((each) => each.join('=')),
      `bash ${file}`,
    ].join(' ');
    for (const seen of compareKept(laid, result)) {
      yield { ...seen, way: `${way}: ${seen.way}`, statement };
      if (seen.agrees) continue;
      const { subject, expected, actual } = seen;
      breaches.push({
        says: `${file} ${way}: ${subject}: ${actual}`,
        object: `file ${file}`,
        expected,
        actual,
      });
    }
    if (stopAtFirstBreach && breaches.length > 0) return judge(breaches, []);
  }
  return judge(breaches, []);
}

function isDay(text: string): boolean {
  try {
    readDay(text);
    return true;
  } catch {
    return false;
  }
}
