import { z } from 'zod';
import { Family } from '../evidence/verdict.ts';

/** Which claims a run checks. Claims of other families are listed as outside the scenario and do not count. */
export const ScenarioSchema = z.strictObject({
  name: z.string(),
  says: z.string(),
  families: z.array(Family).min(1),
});
export type Scenario = z.infer<typeof ScenarioSchema>;
