import type { Fault } from '../fault.ts';

/** A value of the running pooler's file, with a restart where it needs one. */
export function poolerValue(key: string, value: string, restart = false): Fault {
  return {
    kind: 'pooler-value',
    name: `pooler-value ${key} ${value}`,
    object: `${key} of the pooler`,
    says: `the pooler runs with ${key} = ${value}`,
    scope: 'cluster',
    inject: async ({ cluster }) =>
      cluster?.topology?.pooler?.change((input) => input, {
        edit: (text) => withValues(text, { [key]: value }),
        restart,
      }),
    heal: async ({ cluster }) => cluster?.topology?.pooler?.change((input) => input, { restart }),
  };
}

/** The file with these values in its last section, [pgbouncer], whether it had them or not. */
export function withValues(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((changed, [key, value]) => {
    const line = new RegExp(`^${key} = .*$`, 'm');
    return line.test(changed)
      ? changed.replace(line, () => `${key} = ${value}`)
      : `${changed}${key} = ${value}\n`;
  }, text);
}
