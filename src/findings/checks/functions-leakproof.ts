import type { FindingCheck, Found } from '../check.ts';

/** LEAKPROOF is a promise that nobody checks: the planner runs such a function before the policy. */
export const functionsLeakproof: FindingCheck = {
  id: 'functions.leakproof',
  find: ({ catalog }) =>
    catalog.functions
      .filter(
        ({ leakproof, fromExtension, language }) => leakproof && !fromExtension && language !== 'internal',
      )
      .map(
        ({ identity }): Found => ({
          severity: 'warning',
          subject: { kind: 'function', identity },
          says: `${identity} is LEAKPROOF`,
          why: 'it is run on rows before policies and security barriers have decided, and an error or a message of it tells them',
          fix: `ALTER FUNCTION ${identity} NOT LEAKPROOF`,
        }),
      ),
};
