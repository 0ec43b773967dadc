import { expect, test } from 'vitest';
import { runCase } from './run-case.ts';

test('a refuted claim fails for each actor, with breach, script and the place of the rule', async () => {
  const results = await runCase('refuted');
  const of = (command: string) => results.filter(({ title }) => title.endsWith(` · ${command}`));
  // Ways are not tried where the plain form fails already.
  expect(results.filter(({ title }) => title === 'COPY of a query').map(({ status }) => status)).toEqual([
    'skipped',
  ]);
  expect(of('SELECT').map(({ title, status }) => `${title} ${status}`)).toEqual([
    'anonymous · SELECT failed',
    'first · SELECT failed',
    'second · SELECT failed',
    'anonymous after others · SELECT failed',
  ]);
  const first = of('SELECT')[1];
  expect(first?.meta.pgattest).toEqual({
    claim: 'notes.rls.notes.select',
    source: { file: 'notes.md' },
    controls: ['SOC2:CC6.1'],
  });
  const message = first?.failureMessages[0] ?? '';
  expect(message).toContain('first reads 20 rows of app.notes that the rule does not give it');
  expect(message).toContain('policy "notes_tenant" on app.notes');
  expect(message).toContain('SET LOCAL SESSION AUTHORIZATION "notes_user";');
  expect(message).toMatch(/claim {5}notes\.rls\.notes\.select\n {2}promised {2}notes\.md/);
  expect(message).toMatch(/at rule \(.*test\/vitest\/notes\/rules\.ts:10:1\)/);
  // What somebody answers for is not green, and does not fail either.
  expect(new Set(of('DELETE').map(({ status }) => status))).toEqual(new Set(['skipped']));
});

test('a leak by one way alone fails the test of that way', async () => {
  const results = await runCase('one-way');
  const failed = results.filter(({ status }) => status === 'failed');
  expect(failed.map(({ title }) => title)).toEqual(['COPY of a query']);
  expect(failed[0]?.fullName).toMatch(/^notes notes\.rls\.notes\.select: .+ COPY of a query$/);
  expect(failed[0]?.failureMessages[0]).toContain(
    'first gets something else of app.notes by COPY of a query than the rule gives it',
  );
  const passed = results.filter(({ status }) => status === 'passed').map(({ title }) => title);
  expect(passed).toContain('first · SELECT');
  expect(passed).toContain('SELECT by a cursor');
  expect(passed).toContain('all else, and that nothing is left untried');
});

test('a statement without await, one outside a test and two tests at once are mistakes', async () => {
  const results = await runCase('forgotten');
  const messages = results.map(({ failureMessages }) => failureMessages.join('\n'));
  expect(results.map(({ status }) => status)).toEqual(['failed', 'failed', 'failed', 'failed']);
  expect(messages[0]).toMatch(
    /never sent, for want of an await: DELETE FROM app\.notes[\s\S]*forgotten\.case\.ts:12/,
  );
  expect(messages[1]).toContain('no test is running: use the database in a test, or in beforeEach');
  expect(messages[2]).toContain('two tests at once in one file');
});
