import type { Fault } from '../fault.ts';

/** A value of the running pooler's file, with a restart where it needs one. */
export function poolerValue(key: string, value: string, restart = false): Fault {
  const edit = (text: string) => text.replace(new RegExp(`^${key} = .*$`, 'm'), `${key} = ${value}`);
  return {
    kind: 'pooler-value',
    name: `pooler-value ${key} ${value}`,
    object: `${key} of the pooler`,
    says: `the pooler runs with ${key} = ${value}`,
    scope: 'cluster',
    inject: async ({ cluster }) => cluster?.topology?.pooler?.change((input) => input, { edit, restart }),
    heal: async ({ cluster }) => cluster?.topology?.pooler?.change((input) => input, { restart }),
  };
}
