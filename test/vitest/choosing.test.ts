import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Only, selects } from '../../src/vitest/only.ts';
import { rulePlace } from '../../src/vitest/rule-place.ts';
import { notes } from './notes/design.ts';

const here = fileURLToPath(import.meta.url);
const chosen = (only: Only | undefined) =>
  notes.claims.filter((claim) => selects(only, claim)).map(({ id }) => id);

describe('only', () => {
  test('is a pattern of ids, or what claims are about', () => {
    expect(chosen(undefined)).toHaveLength(11);
    expect(chosen('notes.rls.*.select')).toEqual(['notes.rls.notes.select', 'notes.rls.trail.select']);
    expect(chosen('notes.audit')).toEqual([]);
    expect(chosen({ family: 'structure' })).toEqual(['notes.structure.row-security']);
    expect(chosen({ table: 'app.notes', command: 'DELETE' })).toEqual(['notes.rls.notes.delete']);
    expect(chosen({ control: 'ISO27001' })).toEqual(['notes.structure.row-security']);
    expect(chosen({ control: 'SOC2:CC6' })).toEqual([]);
  });
});

describe('the place of a rule', () => {
  const place = (kind: string, table: string) => {
    const found = rulePlace(here, { kind, table });
    return found === undefined ? undefined : `${found.file.split('/').at(-1)}:${found.line}`;
  };

  test('is its line in a module that the file imports', () => {
    expect(place('access.select', 'app.notes')).toBe('rules.ts:10');
    expect(place('access.delete', 'app.notes')).toMatch(/^rules\.ts:\d+$/);
    expect(place('access.delete', 'audit.trail')).toMatch(/^rules\.ts:\d+$/);
    expect(place('audit.recorded', 'app.notes')).toMatch(/^rules\.ts:\d+$/);
  });

  test('is not known where nothing or no rule is named', () => {
    expect(place('access.select', 'app.nothing')).toBeUndefined();
    expect(place('structure.row-security', 'app.notes')).toBeUndefined();
    expect(rulePlace(undefined, { kind: 'access.select', table: 'app.notes' })).toBeUndefined();
  });
});
