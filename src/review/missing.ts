import type { ObjectKind, ObjectName } from '../findings/names.ts';

/** Objects that a server's error says are missing, by its own words. Messages are in English: LC_MESSAGES is C. */
const patterns: readonly (readonly [RegExp, ObjectKind])[] = [
  [/^(?:relation|table|view|materialized view|index|sequence) "([^"]+)" does not exist/, 'relation'],
  [/^type "([^"]+)" does not exist/, 'type'],
  [/^type ([\w."]+) does not exist/, 'type'],
  [/^(?:function|procedure|routine) ([\w."]+)\(.*\) does not exist/, 'function'],
  [/^could not find a (?:function|procedure) named "([^"]+)"/, 'function'],
  [/^role "([^"]+)" does not exist/, 'role'],
  [/^schema "([^"]+)" does not exist/, 'schema'],
  [
    /^(?:trigger|policy|constraint) "([^"]+)" (?:of|for|on) (?:relation|table) "[^"]+" does not exist/,
    'other',
  ],
];

/** The object whose absence an error reports, or undefined. */
export function missingObject(message: string): ObjectName | undefined {
  const column =
    /^column "([^"]+)" of relation "([^"]+)" does not exist/.exec(message) ??
    /^column "([^"]+)" (?:referenced in foreign key constraint|named in key) does not exist()/.exec(message);
  if (column !== null) {
    return { kind: 'column', name: column[1] ?? '', ...(column[2] ? { of: column[2] } : {}) };
  }
  const bare = /^column "?(?:(\w+)\.)?(\w+)"? does not exist/.exec(message);
  if (bare !== null) return { kind: 'column', name: bare[2] ?? '' };
  for (const [pattern, kind] of patterns) {
    const found = pattern.exec(message)?.[1];
    if (found === undefined) continue;
    const parts = found.replaceAll('"', '').split('.');
    const schema = parts.at(-2);
    return { kind, name: parts.at(-1) ?? '', ...(schema === undefined ? {} : { schema }) };
  }
  return undefined;
}
