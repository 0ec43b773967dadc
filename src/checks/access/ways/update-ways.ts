import { assignment, updateStatement } from '../statements.ts';
import { columnList, keyCondition, type Target } from '../target.ts';
import { cursorOver } from './cursor.ts';
import { isPlainTable, takesRows, type WriteWay } from './write-way.ts';

const always = () => true;
const key = ({ rules }: Target) => columnList(rules.key);

/** Forms of UPDATE of one row, found by its key. */
export const updateWays: readonly WriteWay[] = [
  {
    name: 'UPDATE … RETURNING',
    applies: always,
    statement: (target, candidate) => `${updateStatement(target, candidate)} RETURNING ${key(target)}`,
  },
  {
    name: 'UPDATE … FROM',
    applies: always,
    statement: (target, candidate) =>
      `UPDATE ${target.relation.identity} SET ${assignment(candidate)} FROM (VALUES (1)) AS other("pgattest one") WHERE ${keyCondition(target, candidate.key)}`,
  },
  {
    name: 'WITH … UPDATE',
    applies: always,
    statement: (target, candidate) =>
      `WITH changed AS (${updateStatement(target, candidate)} RETURNING ${key(target)}) SELECT FROM changed`,
  },
  {
    name: 'UPDATE ONLY',
    applies: isPlainTable,
    only: true,
    statement: (target, candidate) =>
      `UPDATE ONLY ${target.relation.identity} SET ${assignment(candidate)} WHERE ${keyCondition(target, candidate.key)}`,
  },
  {
    name: 'MERGE … UPDATE',
    applies: takesRows,
    statement: (target, candidate) =>
      `MERGE INTO ${target.relation.identity} USING (VALUES (1)) AS source("pgattest one") ON ${keyCondition(target, candidate.key)} WHEN MATCHED THEN UPDATE SET ${assignment(candidate)}`,
  },
  {
    name: 'UPDATE … WHERE CURRENT OF',
    applies: isPlainTable,
    before: cursorOver,
    statement: (target, candidate) =>
      `UPDATE ${target.relation.identity} SET ${assignment(candidate)} WHERE CURRENT OF "pgattest"`,
  },
];
