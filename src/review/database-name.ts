import { parseOne } from '../findings/tree.ts';
import type { Step } from './script.ts';

/** Databases that are there already. */
const taken = new Set(['postgres', 'template0', 'template1']);

/** The database as the document calls it, so that statements which name it mean the scratch one. */
export function databaseName(steps: readonly Step[]): string {
  for (const { class: known, text } of steps) {
    const name = nameIn(known.kind, text) ?? /^\\c(?:onnect)?\s+"?(\w+)"?/.exec(text)?.[1];
    if (name !== undefined && !taken.has(name) && Buffer.byteLength(name) < 64) return name;
  }
  return 'review';
}

function nameIn(kind: string | undefined, text: string): string | undefined {
  const named = ['AlterDatabaseSetStmt', 'CreatedbStmt', 'ReindexStmt', 'GrantStmt'];
  const node = named.includes(kind ?? '') ? (parseOne(text)?.[1] ?? {}) : {};
  switch (kind) {
    case 'AlterDatabaseSetStmt':
    case 'CreatedbStmt':
      return String(node.dbname);
    case 'ReindexStmt':
      return node.kind === 'REINDEX_OBJECT_DATABASE' && node.name !== undefined
        ? String(node.name)
        : undefined;
    case 'GrantStmt': {
      const [object] = (node.objects ?? []) as readonly { String?: { sval?: string } }[];
      return node.objtype === 'OBJECT_DATABASE' ? object?.String?.sval : undefined;
    }
    default:
      return undefined;
  }
}
