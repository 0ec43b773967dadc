import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type Entry, type Evidence, viewRun } from '../../src/evidence/index.ts';
import { renderTerminal, reporters } from '../../src/report/index.ts';
import { chained, type SampleOptions, sampleEvidence } from './sample.ts';

const text = (options?: SampleOptions) => reporters.terminal.render(sampleEvidence(options));
const esc = String.fromCharCode(0x1b);

/** The sample with so many breaches in its first refuted claim. */
function withBreaches(count: number): Evidence {
  const { plan, records } = sampleEvidence({ tables: 1 });
  const entries = records.map(({ entry }): Entry => {
    if (entry.type !== 'finding' || entry.trial !== 'baseline' || entry.breaches.length === 0) return entry;
    const breaches = Array.from({ length: count }, (_, index) => ({
      says: `breach number ${index}`,
      object: 'app.projects',
      expected: 'this',
      actual: 'that',
    }));
    return { ...entry, breaches };
  });
  return chained(plan, entries);
}

describe('the terminal report', () => {
  it('says what is refuted first, then what is unproved, then the counts', () => {
    const report = text();
    const heads = [...report.matchAll(/^(✗ REFUTED|\? UNPROVED)/gm)].map(([, head]) => head);
    expect(heads.filter((one, index) => one !== heads[index - 1])).toEqual(['✗ REFUTED', '? UNPROVED']);
    expect(report.startsWith('✗ REFUTED  saas.rls.projects.select\n')).toBe(true);
    const { counts } = viewRun(sampleEvidence());
    expect(report).toContain(
      `${counts.refuted} refuted · ${counts.unproved} unproved · ${counts.proved} proved`,
    );
    expect(report).toContain(`${counts.outside} promises not part of this run, not counted`);
    expect(report.trimEnd().endsWith(sampleEvidence().digest)).toBe(true);
  });

  it('tells of a breach who, what, which row, and how to see it again in psql', () => {
    const report = text();
    for (const words of [
      '  promised in saas.md, lines 120–124\n',
      '  1. outsider reads 5 rows of app.projects that the rule does not give it\n',
      '     to blame  policy projects_select_policy on app.projects\n',
      '     actor     outsider\n',
      '     row       0b7b0e8e-3f0e-4a53-8a34-9f0b7f3b2a10 and 4 more\n',
      '     expected  no row: members read the projects of their organizations\n',
      '     actual    12 rows read, 7 right\n',
      '     see it again in psql:\n       BEGIN;\n       SELECT set_config(',
      '\n       ROLLBACK;\n',
    ])
      expect(report).toContain(words);
  });

  it('names neither a proved promise nor one outside the run', () => {
    for (const { planned, standing } of viewRun(sampleEvidence()).claims)
      expect(text().includes(planned.id)).toBe(standing === 'refuted' || standing === 'unproved');
  });

  it('counts breaches beyond the fifth', () => {
    const report = reporters.terminal.render(withBreaches(7));
    expect(report).toContain('  5. breach number 4\n');
    expect(report).not.toContain('breach number 5');
    expect(report).toContain('and 2 more breaches of this promise');
    expect(reporters.terminal.render(withBreaches(6))).toContain('and 1 more breach of this promise');
  });

  it('says unproved promises with the same reason once', () => {
    expect(text()).toContain('? UNPROVED  4 promises: no check is written for it yet\n');
  });

  it('says that a run is incomplete', () => {
    expect(text({ ends: 'interrupted' })).toContain('INCOMPLETE: interrupted by SIGINT');
    expect(text({ ends: 'died', verdicts: 'proved' })).toContain('INCOMPLETE: the run died before its end');
    expect(text()).not.toContain('INCOMPLETE');
  });
});

describe('colours', () => {
  it('are not there by default, whatever the data holds', () => {
    expect(text()).not.toContain(esc);
    expect(text({ hostile: true })).not.toContain(esc);
  });

  it('change nothing but the colour', () => {
    const evidence = sampleEvidence();
    const coloured = renderTerminal(evidence, { color: true, width: 100 });
    expect(coloured).toContain(`${esc}[31m`);
    expect(stripVTControlCharacters(coloured)).toBe(renderTerminal(evidence, { color: false, width: 100 }));
  });

  it('are only our own: data cannot speak to the terminal', () => {
    const coloured = renderTerminal(sampleEvidence({ hostile: true }), { color: true, width: 100 });
    const codes = coloured.split(esc).slice(1);
    for (const code of codes) expect(code).toMatch(/^\[(0|1|2|22|31|32|33|39)m/);
    const rest = stripVTControlCharacters(coloured);
    expect(rest).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/u);
    expect(rest).toContain('‹U+001B›[31mred');
  });
});

describe('the width', () => {
  /** Lines that are too long although they could be broken: no script, no lone identifier, nor run and digest. */
  function tooLong(report: string, width: number): string[] {
    const whole = [/^ {7}\S/, /^\s*\S+$/, /^ {5}(row|to blame|actor) +\S+$/, /^run \S+, evidence \S+$/];
    return report.split('\n').filter((line) => line.length > width && !whole.some((one) => one.test(line)));
  }

  it.each([40, 60, 80, 100, 140])('of %i columns is kept', (width) => {
    const evidence = sampleEvidence();
    expect(tooLong(renderTerminal(evidence, { color: false, width }), width)).toEqual([]);
    const coloured = renderTerminal(evidence, { color: true, width });
    expect(tooLong(stripVTControlCharacters(coloured), width)).toEqual([]);
  });

  it('never breaks a script', () => {
    const narrow = renderTerminal(sampleEvidence(), { color: false, width: 40 });
    expect(narrow).toMatch(/^ {7}SELECT set_config\('app\.current_user_id', '[0-9a-f-]{36}', true\);$/m);
  });
});
