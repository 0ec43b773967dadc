import type { Fault } from '../fault.ts';
import { withValues } from './pooler-value.ts';

/** A pooler that opens more connections to the server than was agreed. */
export function poolUnbounded(size: number): Fault {
  const values = { default_pool_size: String(size), max_db_connections: '0', max_user_connections: '0' };
  return {
    kind: 'pool-unbounded',
    name: `pool-unbounded ${size}`,
    object: 'default_pool_size of the pooler',
    says: `the pooler opens up to ${size} connections for each user and database`,
    scope: 'cluster',
    inject: async ({ cluster }) =>
      cluster?.topology?.pooler?.change((input) => input, {
        // A size that stands at an entry would win.
        edit: (text) => withValues(text.replace(/ (?:pool_size|max_db_connections)=\d+/g, ''), values),
        restart: true,
      }),
    heal: async ({ cluster }) => cluster?.topology?.pooler?.change((input) => input, { restart: true }),
  };
}
