import { madeBy, type ObjectKind, rangeVar } from '../names.ts';
import type { Step } from '../script.ts';
import { parseOne } from '../tree.ts';

/** The lines of the statements that made things. */
export interface Origins {
  /** Of a relation, type or function; the document's first line when no statement of it made the thing. */
  of(kind: ObjectKind, schema: string, name: string): number;
  ofPolicy(schema: string, relation: string, policy: string): number;
}

export function originsOf(steps: readonly Step[]): Origins {
  const lines = new Map<string, number>();
  const note = (key: string, line: number) => {
    if (!lines.has(key)) lines.set(key, line);
  };
  for (const step of steps) {
    for (const text of [...step.texts, ...step.after]) {
      for (const { kind, schema, name } of madeBy(text)) {
        note(key(kind, schema, name), step.line);
        // Which schema an unqualified name went to, the search path of that moment knows.
        note(key(kind, undefined, name), step.line);
      }
      const [kind, node] = parseOne(text) ?? [];
      if (kind === 'CreatePolicyStmt' && node !== undefined) {
        note(key('policy', rangeVar(node.table).name, String(node.policy_name)), step.line);
      }
    }
  }
  return {
    of: (kind, schema, name) =>
      lines.get(key(kind, schema, name)) ?? lines.get(key(kind, undefined, name)) ?? 1,
    ofPolicy: (schema, relation, policy) =>
      lines.get(key('policy', relation, policy)) ?? lines.get(key('relation', schema, relation)) ?? 1,
  };
}

function key(kind: string, schema: string | undefined, name: string): string {
  return JSON.stringify([kind, schema ?? null, name]);
}
