import type { ValidDesign } from '../../src/design/validate.ts';
import { type Plan, planSchema } from '../../src/evidence/index.ts';
import type { Scenario } from '../../src/scenarios/define.ts';
import { planClaims } from '../../src/scenarios/plan.ts';

/** A plan of a test: one run, always of the same name. */
export function testPlan(
  design: ValidDesign,
  only: string,
  { on = 'auto', families }: { readonly on?: string; readonly families?: Scenario['families'] } = {},
): Plan {
  return {
    schema: planSchema,
    run: `20260101T000000Z-${design.name}-000000`,
    design: design.name,
    title: design.title,
    scenario: 'test',
    only,
    seed: 1,
    scale: 1,
    on,
    startedAt: new Date().toISOString(),
    tool: { name: 'pgattest', version: '0.0.0', node: 'v0' },
    inputs: {},
    operator: 'nobody',
    claims: planClaims(
      design,
      { name: 'test', says: 'all', families: families ?? ['access', 'audit', 'structure'] },
      only,
    ),
  };
}
