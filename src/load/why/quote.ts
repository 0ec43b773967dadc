import pg from 'pg';
import { kindOf, parseExpression } from './sql-tree.ts';

/** A name as SQL takes it: in quotes where it needs them, as reserved words do. Needs `loadParser`. */
export function quotePart(part: string): string {
  const plain = /^[a-z_][a-z0-9_]*$/.test(part) && kindOf(parseExpression(part))[0] === 'ColumnRef';
  return plain ? part : pg.escapeIdentifier(part);
}
