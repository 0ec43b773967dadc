import type { Session } from '../cluster/session.ts';
import type { Fault } from './fault.ts';

/** Statements that break something, as they are found on the database itself. */
export type Find = (session: Session) => Promise<readonly string[]>;

/** A fault whose SQL only the database can tell; rolling back heals it. */
export function foundSql(parts: {
  readonly kind: string;
  readonly object: string;
  readonly says: string;
  readonly find: Find;
}): Fault {
  const { find, ...rest } = parts;
  let found = '-- to be found on the database';
  return {
    ...rest,
    name: `${parts.kind} ${parts.object}`,
    scope: 'transaction',
    // Evidence is written after the trial: by then it is known.
    get statement() {
      return found;
    },
    inject: async ({ session }) => {
      const statements = await find(session);
      found = statements.length === 0 ? '-- nothing found to break' : statements.join('; ');
      for (const statement of statements) await session.script(statement);
    },
    heal: async () => {},
  };
}
