import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A view that reads with its owner's rights: the policies of the caller do not apply behind it. */
export function viewWithOwnerRights(view: string): Fault {
  return sqlFault({
    kind: 'view-with-owner-rights',
    object: view,
    says: `view ${view} reads with the rights of its owner`,
    statement: `ALTER VIEW ${view} RESET (security_invoker)`,
  });
}
