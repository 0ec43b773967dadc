import { z } from 'zod';
import type { Identity } from '../../../cluster/session.ts';
import type { CheckContext } from '../../check.ts';
import { describeEnding, describeExpect, type Ending, meets } from '../behaviour/steps/expectation.ts';
import { runStep } from '../behaviour/steps/run-step.ts';
import { Expect } from '../behaviour/steps/step.ts';
import type { Look } from '../looked.ts';

const text = z.string().min(1);

/** What a query answers in some state of the database. */
export const QueryCase = z.strictObject({
  says: text,
  /** SQL of the superuser that brings the state about; undone after. */
  given: text.optional(),
  /** A SELECT from `query`, which is the query itself; default: all of it. */
  asks: text.optional(),
  expect: Expect,
});
export type QueryCase = z.infer<typeof QueryCase>;

/** The query, with its values in it, and who runs it under which name. */
export interface AskedQuery {
  readonly name: string;
  readonly sql: string;
  readonly identity: Identity | undefined;
}

export async function* lookAtCases(
  { session }: CheckContext,
  { name, sql, identity }: AskedQuery,
  cases: readonly QueryCase[],
): Look {
  for (const { says, given, asks = 'SELECT * FROM query', expect } of cases) {
    const statement = `WITH query AS (\n${sql}\n)\n${asks}`;
    const { ending, same } = await session.undone(async () => {
      if (given !== undefined) await session.script(given);
      const wanted =
        typeof expect === 'object' && 'same' in expect ? await session.text(expect.same) : undefined;
      const ending: Ending = await runStep(
        session,
        { role: identity?.role, settings: identity?.settings ?? {} },
        statement,
      );
      return { ending, same: wanted?.rows };
    });
    const [expected, actual] = [describeExpect(expect), describeEnding(ending, expect, same)];
    yield {
      subject: `${name}: ${says}`,
      at: statement,
      expected,
      actual,
      wrong: meets(expect, ending, same)
        ? undefined
        : {
            says: `a query answers wrongly, ${says}: ${actual}, expected ${expected}`,
            object: `query ${name}`,
            reproduce: ['BEGIN', ...(given === undefined ? [] : [given]), statement, 'ROLLBACK;'].join(';\n'),
          },
    };
  }
  return [];
}
