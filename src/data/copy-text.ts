import type { Value } from '../design/data-plan.ts';
import { isoInstant, isWritable } from './instant.ts';

/** A value that no text of PostgreSQL can hold. */
export class UnloadableValue extends Error {
  override readonly name = 'UnloadableValue';
}

const special = /[\\\t\n\r\0]/;
const specials = /[\\\t\n\r\0]/g;
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

/** A value as a field of COPY … (FORMAT text). Throws `UnloadableValue`. */
export function copyField(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'string')
    return special.test(value) ? value.replace(specials, escapeCharacter) : value;
  const text = valueText(value);
  // Numbers, booleans and times are most of the rest, and need no look.
  if (typeof value !== 'object' || value instanceof Date) return text;
  return special.test(text) ? text.replace(specials, escapeCharacter) : text;
}

/** A value as PostgreSQL's input functions read it, before COPY's own escapes. */
export function valueText(value: Exclude<Value, null>): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return String(value);
    case 'boolean':
      return value ? 't' : 'f';
    case 'object':
      if (value instanceof Date) return timestamp(value);
      return Array.isArray(value) ? arrayLiteral(value) : JSON.stringify(value);
    default:
      throw new UnloadableValue(`a ${typeof value} cannot be loaded`);
  }
}

/** Years that ISO 8601 writes with a sign are beyond what is worth loading. */
function timestamp(date: Date): string {
  const ms = date.getTime();
  if (!isWritable(ms)) throw new UnloadableValue('a date outside the years 1 to 9999 cannot be loaded');
  return isoInstant(ms);
}

/** `{…}`; every text is quoted, so that `NULL`, blanks, commas and braces in it stay what they are. */
function arrayLiteral(values: readonly Value[]): string {
  return `{${values.map(arrayElement).join(',')}}`;
}

function arrayElement(value: Value): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return arrayLiteral(value);
  const text = valueText(value);
  if (typeof value === 'number' || typeof value === 'boolean') return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function escapeCharacter(character: string): string {
  const escaped = escapes[character];
  if (escaped === undefined) throw new UnloadableValue('a text with a NUL character cannot be loaded');
  return escaped;
}
