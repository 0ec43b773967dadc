import type { Fault } from './fault.ts';

/** A setting of the design that has another value, or with null is not there. */
export function settingChanged(name: string, value: string | number | null): Fault {
  return {
    kind: 'setting-changed',
    name: `setting-changed ${name} ${value}`,
    object: name,
    says: value === null ? `setting ${name} is left out` : `setting ${name} is ${value}`,
    scope: 'transaction',
    alters: (design) => {
      const { [name]: _, ...others } = design.postgres.settings;
      const settings = value === null ? others : { ...others, [name]: value };
      return { ...design, postgres: { ...design.postgres, settings } };
    },
    inject: async () => {},
    heal: async () => {},
  };
}
