import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Design } from '../design/design.ts';
import { validateDesign } from '../design/validate.ts';
import { type DefectReport, executeDefects } from '../scenarios/defects.ts';
import { closeWhenInterrupted } from './interrupt.ts';
import type { SuiteOptions } from './options.ts';

/** All defects of a design are tried before the first test: together they share a cluster. */
const timeoutMs = 30 * 60_000;

/**
 * Makes one test for each known defect of a design: put back, a claim must catch it, by name.
 *
 * @param place `import.meta.url` of the file that declares the design, or of any file beside it
 */
export function defectSuite(design: Design, place: string, options: SuiteOptions = {}): void {
  const valid = validateDesign(design, fileURLToPath(place));
  describe(`defects of ${design.name}`, () => {
    let report: DefectReport | undefined;
    beforeAll(async () => {
      const release = closeWhenInterrupted();
      try {
        report = await executeDefects({
          design: valid,
          on: options.on ?? 'auto',
          seed: options.seed ?? 1,
          scale: options.scale ?? 1,
          signal: new AbortController().signal,
          onEvent: () => {},
        });
      } finally {
        release();
      }
    }, timeoutMs);
    test('are caught by claims that hold without them', () => {
      expect(report?.unsound).toEqual([]);
    });
    for (const defect of valid.defects ?? []) {
      if (defect.catches === undefined) continue;
      test(`${defect.id}: ${defect.says}`, () => {
        const result = report?.defects.find(({ id }) => id === defect.id);
        const survived = result?.catches.filter(({ caught }) => !caught) ?? [];
        expect(survived.map(({ claim, message }) => `${claim}: ${message}`)).toEqual([]);
        expect(result?.outcome).toBe('caught');
      });
    }
  });
}
