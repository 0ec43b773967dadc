import { z } from 'zod';
import type { Breach } from '../../../evidence/model.ts';
import { faults } from '../../../faults/index.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { isPattern } from './script/scenario.ts';

const pattern = z.string().min(1).refine(isPattern, { message: 'must be a regular expression' });

const parameters = z.strictObject({
  kind: z.string(),
  file: z.string(),
  /** Regular expressions; ^ and $ are ends of lines. */
  holds: z.array(pattern).min(1),
  lacks: z.array(pattern).optional(),
  /** What the file says thereby, in one sentence. */
  says: z.string(),
});

/** Text of a file that nothing can run. */
export const structureFile = defineCheck({
  kind: 'structure.file',
  family: 'structure',
  says: 'a file of the design holds what it should, and nothing that it should not',
  parameters,
  needs: [],
  tables: () => [],
  run: runFile,
  faults: (_, { file, holds }) => holds.map((each) => faults['text-removed'](file, each)),
});

async function* runFile(
  { design }: CheckContext,
  { file, holds, lacks = [], says }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const text = design.config[file];
  const wanted = [
    ...holds.map((each) => ({ each, there: true })),
    ...lacks.map((each) => ({ each, there: false })),
  ];
  const breaches: Breach[] = [];
  for (const { each, there } of wanted) {
    const found = text === undefined ? undefined : new RegExp(each, 'm').exec(text)?.[0];
    const agrees = text !== undefined && (found !== undefined) === there;
    const expected = there ? `a match of ${each}` : `no match of ${each}`;
    const actual = text === undefined ? 'no such file' : found === undefined ? 'no match' : `holds ${found}`;
    yield { subject: file, way: 'text', statement: each, expected, actual, agrees };
    if (!agrees)
      breaches.push({
        says: `not so: ${says}; ${file}: ${actual}, expected ${expected}`,
        object: `file ${file}`,
        expected,
        actual,
      });
  }
  return judge(breaches, []);
}
