import { describe, expect, test } from 'vitest';
import type { Defect } from '../../src/design/design.ts';
import { validateDesign } from '../../src/design/validate.ts';
import { executeDefects } from '../../src/scenarios/defects.ts';
import { hostile } from '../checks/hostile/design.ts';

const sql = (name: string) => new URL(`./defects/${name}.sql`, import.meta.url);
const claim = 'hostile.structure.row-security';
const table = '"my ""sch.ema"" é"."user"';

/** Runs one defect of the hostile design, whose claims hold. */
async function tried(defect: Partial<Defect>) {
  const defects = [{ id: '1', says: 'row security is off', ...defect } as Defect];
  const design = validateDesign({ ...hostile, defects }, import.meta.filename);
  const report = await executeDefects({
    design,
    on: 'auto',
    seed: 1,
    scale: 1,
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  return { ...report, first: report.defects[0] };
}

describe('a defect', () => {
  test('is caught by a breach that names the object', async () => {
    const { first, unsound } = await tried({ sql: sql('rls-off'), catches: [{ claim, names: table }] });
    expect(first).toMatchObject({ outcome: 'caught', catches: [{ claim, caught: true }] });
    expect(first?.catches[0]?.message).toContain(table);
    expect(unsound).toEqual([]);
  });

  test('is not caught by a breach of something else', async () => {
    const { first } = await tried({ sql: sql('rls-off'), catches: [{ claim, names: 'log.other' }] });
    expect(first).toMatchObject({ outcome: 'survived', catches: [{ caught: false }] });
    expect(first?.catches[0]?.message).toMatch(/^refuted, but no breach names log\.other: /);
  });

  test('survives a claim that still holds', async () => {
    const { first } = await tried({ sql: sql('harmless'), catches: [{ claim, names: table }] });
    expect(first).toMatchObject({
      outcome: 'survived',
      catches: [{ caught: false, message: 'the claim still holds' }],
    });
  });

  test('whose SQL fails is not caught', async () => {
    const { first } = await tried({ sql: sql('impossible'), catches: [{ claim, names: table }] });
    expect(first?.outcome).toBe('survived');
    expect(first?.catches[0]?.message).toMatch(
      /^the check could not be run: schema "nowhere" does not exist/,
    );
  });

  test('is not caught by a claim that nobody made', async () => {
    const { first, unsound } = await tried({
      sql: sql('rls-off'),
      catches: [{ claim: 'hostile.gone', names: table }],
    });
    expect(first?.outcome).toBe('survived');
    expect(unsound).toEqual([{ claim: 'hostile.gone', why: 'the design has no claim hostile.gone' }]);
  });

  test('that no claim can catch is listed with the reason', async () => {
    const { first } = await tried({ notAssessable: 'needs a cloud console' });
    expect(first).toMatchObject({ outcome: 'not-assessable', reason: 'needs a cloud console', catches: [] });
  });
});
