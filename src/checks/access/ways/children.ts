import type { CheckContext } from '../../check.ts';
import type { Target } from '../target.ts';

/** Tables that inherit from it, partitions aside, hold rows that it gives and ONLY leaves out. */
export function hasChildren(context: CheckContext, { relation }: Target): Promise<boolean> {
  return context.remember(`children ${relation.identity}`, async () => {
    const rows = await context.session.query(
      'SELECT FROM pg_catalog.pg_inherits WHERE inhparent = $1::regclass LIMIT 1',
      [relation.identity],
    );
    return relation.kind === 'table' && rows.length > 0;
  });
}
