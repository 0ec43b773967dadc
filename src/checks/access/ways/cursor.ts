import type { Candidate } from '../candidates.ts';
import { columnList, keyCondition, type Target } from '../target.ts';

/** A cursor that stands on the candidate's row, if the actor sees it: for WHERE CURRENT OF. */
export function cursorOver(target: Target, { key }: Candidate): readonly string[] {
  const row = `SELECT ${columnList(target.rules.key)} FROM ${target.relation.identity} WHERE ${keyCondition(target, key)}`;
  return [`DECLARE "pgattest" CURSOR FOR ${row}`, 'FETCH NEXT FROM "pgattest"'];
}
