import { type Ini, parseConnection } from '../../../../parsers/ini.ts';
import { choices, counts, databaseKeys, poolerKeys, sections } from './known-keys.ts';

/** What PgBouncer itself would refuse, one sentence each. */
export function refusedBy(ini: Ini): readonly string[] {
  return [
    ...ini.wrong,
    ...ini.entries.flatMap(({ section, key, value, line }) => {
      const at = `line ${line}`;
      if (!sections.has(section)) return [`${at}: PgBouncer knows no section [${section}]`];
      if (section === 'pgbouncer') {
        return poolerKeys.has(key) ? wrongValue(at, key, value) : [`${at}: PgBouncer knows no ${key}`];
      }
      if (section !== 'databases') return [];
      const connection = parseConnection(value);
      if (connection === undefined) return [`${at}: ${key}: cannot be read as key=value pairs`];
      return [...connection].flatMap(([name, each]) =>
        databaseKeys.has(name)
          ? wrongValue(`${at}: ${key}`, name, each)
          : [`${at}: ${key}: PgBouncer knows no ${name} of a database`],
      );
    }),
  ];
}

function wrongValue(at: string, key: string, value: string): readonly string[] {
  const allowed = choices[key];
  if (allowed !== undefined && !allowed.includes(value.toLowerCase())) {
    return [`${at}: ${key} = ${value} is none of ${allowed.join(', ')}`];
  }
  return counts.has(key) && !/^\d+$/.test(value) ? [`${at}: ${key} = ${value} is no whole number`] : [];
}
