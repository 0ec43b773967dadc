import type { Fault } from './fault.ts';

/** A fault that is SQL run inside the session's transaction; rolling back heals it. */
export function sqlFault(parts: {
  readonly kind: string;
  readonly object: string;
  readonly says: string;
  readonly statement: string;
}): Fault {
  return {
    ...parts,
    name: `${parts.kind} ${parts.object}`,
    scope: 'transaction',
    inject: ({ session }) => session.script(parts.statement),
    heal: async () => {},
  };
}
