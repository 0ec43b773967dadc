import { z } from 'zod';
import { Family } from '../evidence/verdict.ts';

/** Which claims a run checks. Claims of other families are listed as outside the scenario and do not count. */
export const ScenarioSchema = z.strictObject({
  name: z.string(),
  says: z.string(),
  families: z.array(Family).min(1),
  /** Kinds of checks that are left out all the same: they take too long for it. */
  without: z.array(z.string()).optional(),
  /** Amount of data when the command line does not say. Default 1. */
  scale: z.number().positive().optional(),
  /** What it usually takes; `--duration` over it is the pace. */
  minutes: z.number().positive().optional(),
});
export type Scenario = z.infer<typeof ScenarioSchema>;
