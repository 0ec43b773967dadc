import type { Fault } from './fault.ts';

/** A key of an ini file of the design's `config` that has another value, or with null is not there. */
export function iniChanged(file: string, section: string, key: string, value: string | null): Fault {
  const place = `${key} in [${section}] of ${file}`;
  return {
    kind: 'ini-changed',
    name: `ini-changed ${place}${value === null ? '' : ` ${value}`}`,
    object: file,
    says: value === null ? `${place} is left out` : `${place} is ${value}`,
    scope: 'transaction',
    alters: (design) => {
      const text = changed(design.config[file] ?? '', section, key, value);
      return { ...design, config: { ...design.config, [file]: text } };
    },
    inject: async () => {},
    heal: async () => {},
  };
}

function changed(text: string, section: string, key: string, value: string | null): string {
  const lines: string[] = [];
  let here = '';
  for (const line of text.split('\n')) {
    here = /^\s*\[([^\]]*)\]/.exec(line)?.[1] ?? here;
    const name = /^\s*([^;#=][^=]*?)\s*=/.exec(line)?.[1]?.replace(/^"(.*)"$/, '$1');
    if (here === section && name === key) continue;
    lines.push(line);
    if (value !== null && line.trim() === `[${section}]`) lines.push(`${key} = ${value}`);
  }
  return lines.join('\n');
}
