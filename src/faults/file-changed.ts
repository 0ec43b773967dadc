import type { Fault } from './fault.ts';

/** A file of the design's `config` that reads otherwise. Throws when `from` is not there exactly once. */
export function fileChanged(file: string, from: string, to: string): Fault {
  return {
    kind: 'file-changed',
    name: `file-changed ${file}: ${from}`,
    object: file,
    says: to === '' ? `${file} lacks ${from}` : `${file} says ${to} instead of ${from}`,
    scope: 'transaction',
    alters: (design) => {
      const parts = design.config[file]?.split(from);
      if (parts?.length !== 2) throw new Error(`${file} does not hold ${JSON.stringify(from)} exactly once`);
      return { ...design, config: { ...design.config, [file]: parts.join(to) } };
    },
    inject: async () => {},
    heal: async () => {},
  };
}
