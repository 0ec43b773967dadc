import type { Candidate } from '../candidates.ts';
import { columnList, keyCondition, type Target } from '../target.ts';
import { cursorOver } from './cursor.ts';
import { isPlainTable, takesRows, type WriteWay } from './write-way.ts';

const always = () => true;
const one = (target: Target, { key }: Candidate) =>
  `DELETE FROM ${target.relation.identity} WHERE ${keyCondition(target, key)}`;

/** Forms of DELETE of one row, found by its key. */
export const deleteWays: readonly WriteWay[] = [
  {
    name: 'DELETE … RETURNING',
    applies: always,
    statement: (target, candidate) => `${one(target, candidate)} RETURNING ${columnList(target.rules.key)}`,
  },
  {
    name: 'DELETE … USING',
    applies: always,
    statement: (target, { key }) =>
      `DELETE FROM ${target.relation.identity} USING (VALUES (1)) AS other("pgattest one") WHERE ${keyCondition(target, key)}`,
  },
  {
    name: 'WITH … DELETE',
    applies: always,
    statement: (target, candidate) =>
      `WITH gone AS (${one(target, candidate)} RETURNING ${columnList(target.rules.key)}) SELECT FROM gone`,
  },
  {
    name: 'DELETE FROM ONLY',
    applies: isPlainTable,
    only: true,
    statement: (target, { key }) =>
      `DELETE FROM ONLY ${target.relation.identity} WHERE ${keyCondition(target, key)}`,
  },
  {
    name: 'MERGE … DELETE',
    applies: takesRows,
    statement: (target, { key }) =>
      `MERGE INTO ${target.relation.identity} USING (VALUES (1)) AS source("pgattest one") ON ${keyCondition(target, key)} WHEN MATCHED THEN DELETE`,
  },
  {
    name: 'DELETE … WHERE CURRENT OF',
    applies: isPlainTable,
    before: cursorOver,
    statement: (target) => `DELETE FROM ${target.relation.identity} WHERE CURRENT OF "pgattest"`,
  },
];
