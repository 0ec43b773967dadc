import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A SECURITY DEFINER function whose search_path the caller decides. */
export function searchPathDropped(identity: string): Fault {
  return sqlFault({
    kind: 'search-path-dropped',
    object: identity,
    says: `function ${identity} runs with the caller's search_path`,
    statement: `ALTER FUNCTION ${identity} RESET search_path`,
  });
}

/** A SECURITY DEFINER function that anybody may call. */
export function executeToPublic(identity: string): Fault {
  return sqlFault({
    kind: 'execute-to-public',
    object: identity,
    says: `everybody may execute ${identity}`,
    statement: `GRANT EXECUTE ON FUNCTION ${identity} TO PUBLIC`,
  });
}

/** A function with more rights that a role may call although nobody meant it to. */
export function executeGranted(identity: string, role: string): Fault {
  return sqlFault({
    kind: 'execute-granted',
    object: `${identity} to ${role}`,
    says: `${role} may execute ${identity}`,
    statement: `GRANT EXECUTE ON FUNCTION ${identity} TO ${pg.escapeIdentifier(role)}`,
  });
}
