import type { Candidate } from './candidates.ts';
import { ident, keyCondition, literal, overriding, type Target } from './target.ts';

/** `t (a, b) OVERRIDING SYSTEM VALUE` and the values for it: literals, so that evidence can be run as it is. */
export function insertParts(
  target: Target,
  values: Readonly<Record<string, string | null>>,
): { readonly into: string; readonly columns: string; readonly override: string; readonly values: string } {
  const names = Object.keys(values);
  const texts = names.map((name) => (values[name] == null ? 'NULL' : literal(values[name] ?? '')));
  return {
    into: target.relation.identity,
    columns: names.map(ident).join(', '),
    override: overriding(target.stored.filter(({ name }) => names.includes(name))),
    values: texts.join(', '),
  };
}

/** `INSERT INTO t (a, b) VALUES ('…', NULL)` */
export function insertStatement(target: Target, values: Readonly<Record<string, string | null>>): string {
  const parts = insertParts(target, values);
  return `INSERT INTO ${parts.into} (${parts.columns})${parts.override} VALUES (${parts.values})`;
}

/** `UPDATE t SET a = '…' WHERE key` */
export function updateStatement(target: Target, candidate: Candidate): string {
  return `UPDATE ${target.relation.identity} SET ${assignment(candidate)} WHERE ${keyCondition(target, candidate.key)}`;
}

/** `a = '…'` of a change. */
export function assignment(candidate: Candidate): string {
  const column = candidate.column ?? '';
  const value = candidate.values[column];
  return `${ident(column)} = ${value == null ? 'NULL' : literal(value)}`;
}
