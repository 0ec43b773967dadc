import { expect, test } from 'vitest';
import { tryClaim } from '../hostile/bench.ts';
import { type Broken, testKind } from './trials.ts';

const odd = '"od d"."T ""able"';
const broken: readonly Broken[] = [
  ["ALTER TYPE shop.status ADD VALUE 'late'", 'type', 'type shop.status', /also has late/],
  [
    "ALTER TYPE shop.status RENAME VALUE 'done' TO 'completed'",
    'type',
    'type shop.status',
    /lacks done, also has completed/,
  ],
  [
    "CREATE TYPE shop.other AS ENUM ('done', 'open', 'can''t'); ALTER TYPE shop.status RENAME TO old; ALTER TYPE shop.other RENAME TO status",
    'type',
    'type shop.status',
    /another order/,
  ],
  ['DROP TYPE shop.status CASCADE', 'type', 'type shop.status', /there is no enum/],
  [
    'ALTER TABLE shop.tasks DROP CONSTRAINT tasks_priority_check',
    'check',
    'values of shop.tasks.priority',
    /takes .*'pgattest\?'/,
  ],
  [
    "ALTER TABLE shop.tasks DROP CONSTRAINT tasks_priority_check, ADD CONSTRAINT c CHECK (priority IN ('low', 'high', 'urgent'))",
    'check',
    'values of shop.tasks.priority',
    /takes 'urgent'/,
  ],
  [
    "ALTER TABLE shop.tasks DROP CONSTRAINT tasks_priority_check, ADD CONSTRAINT c CHECK (priority IN ('low'))",
    'check',
    'constraint c on shop.tasks',
    /refuses 'high': 23514/,
  ],
  [
    "ALTER TABLE shop.tasks DROP CONSTRAINT tasks_priority_check, ADD CONSTRAINT c CHECK (lower(priority) IN ('low', 'high'))",
    'check',
    'values of shop.tasks.priority',
    /takes 'LOW'/,
  ],
  ['ALTER TABLE shop.tasks DROP COLUMN priority', 'check', 'column shop.tasks.priority', /no such column/],
  ["ALTER TYPE shop.status ADD VALUE 'late'", 'column', 'values of shop.tasks.status', /takes 'late'/],
  [`ALTER TABLE ${odd} DROP CONSTRAINT "ki nd chk"`, 'odd', `values of ${odd}."ki nd"`, /takes/],
];

const stand = testKind(
  {
    type: { kind: 'structure.enum', type: 'shop.status', values: ['open', 'done', "can't"] },
    check: { kind: 'structure.enum', table: 'shop.tasks', column: 'priority', values: ['low', 'high'] },
    column: {
      kind: 'structure.enum',
      table: 'shop.tasks',
      column: 'status',
      values: ['open', 'done', "can't"],
    },
    'always-triggered': { kind: 'structure.enum', table: 'shop.events', column: 'name', values: ['a', 'b'] },
    odd: { kind: 'structure.enum', table: odd, column: 'ki nd', values: ["a'b", 'C d'] },
  },
  broken,
);

test.each([
  ['refuses', "RAISE EXCEPTION 'no' USING ERRCODE = 'restrict_violation'"],
  ['refuses by privilege', "RAISE EXCEPTION 'no' USING ERRCODE = 'insufficient_privilege'"],
  ['puts the old value back', 'NEW.name := OLD.name; RETURN NEW'],
])('a trigger that is always on and %s decides nothing', async (_, does) => {
  await stand().withCopy(async (bench) => {
    expect(await tryClaim(bench, 'always-triggered')).toMatchObject({ outcome: 'held', breaches: [] });
  }, `CREATE OR REPLACE FUNCTION shop.keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${does}; END $$`);
});
