import { columnsOf, triggersOf } from '../../catalog/lookup.ts';
import { about, type LiveCheck } from './live.ts';

/** Trigger functions that nothing uses, and updated_at columns that nothing maintains. */
export const triggers: LiveCheck = ({ catalog, origins }) => {
  const used = new Set(catalog.triggers.map((trigger) => trigger.function));
  const unused = catalog.functions
    .filter(
      ({ returns, identity, fromExtension }) =>
        returns === 'trigger' && !fromExtension && !used.has(identity),
    )
    .map(({ identity, schema, name }) =>
      about(
        'trigger.function-unused',
        'warning',
        origins.of('function', schema, name),
        identity,
        `${identity} is a trigger function, and no trigger runs it`,
        'CREATE TRIGGER on the tables that it is meant for',
      ),
    );
  const stale = catalog.relations
    .filter(({ kind, parent }) => (kind === 'table' || kind === 'partitioned table') && parent === null)
    .filter(({ identity }) => columnsOf(catalog, identity).some(({ name }) => name === 'updated_at'))
    .filter(
      ({ identity }) =>
        !triggersOf(catalog, identity).some(
          ({ timing, events }) => timing === 'BEFORE' && events.includes('UPDATE'),
        ),
    )
    .map(({ identity, schema, name }) =>
      about(
        'trigger.updated-at',
        'warning',
        origins.of('relation', schema, name),
        identity,
        `${identity} has updated_at, and no trigger that maintains it`,
        'a BEFORE UPDATE trigger that sets it',
      ),
    );
  return [...unused, ...stale];
};
