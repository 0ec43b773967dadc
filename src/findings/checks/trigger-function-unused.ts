import type { FindingCheck, Found } from '../check.ts';

/** Trigger functions that nothing uses. */
export const triggerFunctionUnused: FindingCheck = {
  id: 'trigger.function-unused',
  find({ catalog }) {
    const used = new Set(catalog.triggers.map((trigger) => trigger.function));
    return catalog.functions
      .filter(
        ({ returns, identity, fromExtension }) =>
          returns === 'trigger' && !fromExtension && !used.has(identity),
      )
      .map(
        ({ identity }): Found => ({
          severity: 'warning',
          subject: { kind: 'function', identity },
          says: `${identity} is a trigger function, and no trigger runs it`,
          why: 'what it is meant to keep is not kept',
          fix: `CREATE TRIGGER … EXECUTE FUNCTION ${identity} on the tables that it is meant for, or drop it`,
        }),
      );
  },
};
