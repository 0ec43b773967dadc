import type { Candidate } from '../candidates.ts';
import { insertParts, insertStatement } from '../statements.ts';
import { columnList, ident, type Target } from '../target.ts';
import { takesRows, type WriteWay } from './write-way.ts';

const always = () => true;

/** Forms of INSERT that need the privilege and the rule of INSERT alone. */
export const insertWays: readonly WriteWay[] = [
  {
    name: 'INSERT … SELECT',
    applies: always,
    statement: (target, { values }) => {
      const parts = insertParts(target, values);
      return `INSERT INTO ${parts.into} (${parts.columns})${parts.override} SELECT ${parts.values}`;
    },
  },
  {
    name: 'INSERT … ON CONFLICT DO NOTHING',
    applies: takesRows,
    statement: (target, { values }) => `${insertStatement(target, values)} ON CONFLICT DO NOTHING`,
  },
  {
    name: 'WITH … INSERT',
    applies: always,
    statement: (target, { values }) =>
      `WITH added AS (${insertStatement(target, values)}) SELECT 'added, or an error'`,
  },
  // It reads the rows that are there, never the new one.
  {
    name: 'MERGE … INSERT',
    applies: takesRows,
    statement: mergeInsert,
  },
];

/** Forms of INSERT that read the new row too: the SELECT rule must give it. */
export const readingInsertWays: readonly WriteWay[] = [
  {
    name: 'INSERT … RETURNING',
    applies: always,
    statement: (target, { values }) =>
      `${insertStatement(target, values)} RETURNING ${columnList(target.rules.key)}`,
  },
];

function mergeInsert(target: Target, { values }: Candidate): string {
  const parts = insertParts(target, values);
  const [key] = target.rules.key;
  // It looks for a row that cannot be there, so that the target is read as MERGE mostly does.
  return `MERGE INTO ${parts.into} AS target USING (VALUES (NULL::text)) AS source("pgattest none")
ON target.${ident(key ?? '')}::text = source."pgattest none"
WHEN NOT MATCHED THEN INSERT (${parts.columns})${parts.override} VALUES (${parts.values})`;
}
