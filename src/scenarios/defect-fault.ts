import { readFileSync } from 'node:fs';
import type { Defect } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Fault } from '../faults/fault.ts';
import { faults } from '../faults/index.ts';

/** A defect as the fault that puts it back: its SQL, its settings and its files, together. */
export function defectFault(defect: Defect): Fault {
  const statement = defect.sql === undefined ? undefined : readFileSync(defect.sql, 'utf8');
  const parts = [
    ...Object.entries(defect.settings ?? {}).map(([name, value]) => faults['setting-changed'](name, value)),
    ...Object.entries(defect.files ?? {}).flatMap(([file, patches]) =>
      patches.map(({ from, to }) => faults['file-changed'](file, from, to)),
    ),
  ];
  return {
    kind: 'defect',
    name: `defect ${defect.id}`,
    object: `defect ${defect.id}`,
    says: defect.says,
    ...(statement === undefined ? {} : { statement }),
    scope: 'transaction',
    alters: (design) =>
      parts.reduce<ValidDesign>((altered, part) => part.alters?.(altered) ?? altered, design),
    inject: async ({ session }) => {
      if (statement !== undefined) await session.script(statement);
    },
    heal: async () => {},
  };
}
