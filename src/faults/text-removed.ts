import type { Fault } from './fault.ts';

/** A file of the design's `config` without whatever a regular expression finds in it; ^ and $ are ends of lines. */
export function textRemoved(file: string, pattern: string): Fault {
  return {
    kind: 'text-removed',
    name: `text-removed ${file}: ${pattern}`,
    object: file,
    says: `${file} lacks what ${pattern} finds`,
    scope: 'transaction',
    alters: (design) => {
      let text = design.config[file] ?? '';
      // What is left may come to match once more; each round makes it shorter.
      for (let before = -1; before !== text.length; ) {
        before = text.length;
        text = text.replaceAll(new RegExp(pattern, 'gm'), '');
      }
      return { ...design, config: { ...design.config, [file]: text } };
    },
    inject: async () => {},
    heal: async () => {},
  };
}
