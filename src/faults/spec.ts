import { z } from 'zod';
import type { Fault } from './fault.ts';
import { faults } from './index.ts';

const text = z.string().min(1);

/**
 * A fault as data: what a claim's `without` holds, for checks whose counterexamples nobody but the author of the claim can
 * know.
 */
export const FaultSpec = z.discriminatedUnion('fault', [
  z.strictObject({ fault: z.literal('trigger-disabled'), table: text, trigger: text }),
  z.strictObject({ fault: z.literal('constraint-dropped'), table: text, constraint: text }),
  z.strictObject({ fault: z.literal('index-dropped'), index: text }),
  z.strictObject({ fault: z.literal('policy-dropped'), table: text, policy: text }),
  z.strictObject({ fault: z.literal('row-security-off'), table: text }),
  z.strictObject({ fault: z.literal('sql'), object: text, says: text, statement: text }),
  z.strictObject({
    fault: z.literal('setting-changed'),
    name: text,
    value: z.union([z.string(), z.number(), z.null()]),
  }),
  z.strictObject({ fault: z.literal('file-changed'), file: text, from: text, to: z.string() }),
]);
export type FaultSpec = z.infer<typeof FaultSpec>;

/** The fault that a spec describes. */
export function faultOf(spec: FaultSpec): Fault {
  switch (spec.fault) {
    case 'trigger-disabled':
      return faults['trigger-disabled'](spec.table, spec.trigger);
    case 'constraint-dropped':
      return faults['constraint-dropped'](spec.table, spec.constraint);
    case 'index-dropped':
      return faults['index-dropped'](spec.index);
    case 'policy-dropped':
      return faults['policy-dropped']({ relation: spec.table, name: spec.policy });
    case 'row-security-off':
      return faults['row-security-off'](spec.table);
    case 'sql':
      return faults.sql(spec.object, spec.says, spec.statement);
    case 'setting-changed':
      return faults['setting-changed'](spec.name, spec.value);
    case 'file-changed':
      return faults['file-changed'](spec.file, spec.from, spec.to);
  }
}
