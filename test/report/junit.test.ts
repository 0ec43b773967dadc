import { describe, expect, it } from 'vitest';
import { create } from 'xmlbuilder2';
import { type Evidence, viewRun } from '../../src/evidence/index.ts';
import { reporters } from '../../src/report/index.ts';
import { type SampleOptions, sampleEvidence } from './sample.ts';

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Tag[];
}

/** Parses strictly: anything that is not well-formed throws. */
function parse(xml: string): Tag {
  return tagOf(create(xml).root().node as unknown as DomElement);
}

interface DomElement {
  readonly nodeType: number;
  readonly nodeName: string;
  readonly textContent: string;
  readonly attributes: Iterable<{ readonly name: string; readonly value: string }>;
  readonly childNodes: Iterable<DomElement>;
}

function tagOf(element: DomElement): Tag {
  return {
    name: element.nodeName,
    attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
    text: element.textContent,
    children: [...element.childNodes].filter((node) => node.nodeType === 1).map(tagOf),
  };
}

const junit = (options: SampleOptions | Evidence = {}) =>
  reporters.junit.render('plan' in options ? options : sampleEvidence(options));
const suitesOf = (options?: SampleOptions) => parse(junit(options)).children;
const casesOf = (options?: SampleOptions) => suitesOf(options).flatMap((suite) => suite.children);
const having = (cases: readonly Tag[], name: string) =>
  cases.filter((one) => one.children.some((child) => child.name === name));

function expectTotals(tag: Tag, cases: readonly Tag[]): void {
  expect(tag.attributes).toMatchObject({
    tests: String(cases.length),
    failures: String(having(cases, 'failure').length),
    errors: String(having(cases, 'error').length),
    skipped: String(having(cases, 'skipped').length),
  });
}

describe('JUnit', () => {
  it.each<SampleOptions>([
    {},
    { verdicts: 'proved' },
    { ends: 'died' },
    { ends: 'interrupted' },
    { hostile: true },
    { tables: 40 },
  ])('counts what it lists: %j', (options) => {
    const { counts, claims, complete } = viewRun(sampleEvidence(options));
    const root = parse(junit(options));
    const cases = root.children.flatMap((suite) => suite.children);
    const extra = complete ? 0 : 1;
    expect(root.name).toBe('testsuites');
    expect(cases).toHaveLength(claims.length + extra);
    expect(having(cases, 'failure')).toHaveLength(counts.refuted);
    expect(having(cases, 'error')).toHaveLength(counts.unproved + extra);
    expect(having(cases, 'skipped')).toHaveLength(counts.outside);
    expectTotals(root, cases);
    for (const suite of root.children) expectTotals(suite, suite.children);
  });

  it('has one suite for each family, in the order of all reports', () => {
    expect(suitesOf().map((suite) => suite.attributes.name)).toEqual([
      'access',
      'audit',
      'structure',
      'load',
      'recovery',
    ]);
  });

  it('tells of a failure who did what to which row, whom to blame, and how to see it again', () => {
    const [failed] = having(casesOf(), 'failure');
    expect(failed?.attributes).toMatchObject({ file: 'saas.md', line: '120' });
    expect(failed?.attributes.name).toMatch(/^saas\.rls\.projects\.select: Each actor can SELECT/);
    const [failure] = failed?.children ?? [];
    expect(failure?.attributes).toMatchObject({
      type: 'refuted',
      message: 'outsider reads 5 rows of app.projects that the rule does not give it',
    });
    for (const words of [
      'to blame: policy projects_select_policy on app.projects',
      'actor: outsider',
      'row: 0b7b0e8e-3f0e-4a53-8a34-9f0b7f3b2a10 and 4 more',
      'BEGIN;\nSELECT set_config(',
      'deleted_user can read the secret column',
    ])
      expect(failure?.text).toContain(words);
  });

  it('is not green for a run that died, even when every verdict was good', () => {
    const last = suitesOf({ verdicts: 'proved', ends: 'died' }).at(-1);
    expect(last?.attributes).toMatchObject({ name: 'run', errors: '1' });
    expect(last?.children[0]?.children[0]).toMatchObject({
      name: 'error',
      attributes: { type: 'incomplete', message: 'the run died before its end' },
    });
    const stopped = suitesOf({ ends: 'interrupted' }).at(-1);
    expect(stopped?.children[0]?.children[0]?.attributes.message).toBe('interrupted by SIGINT');
  });

  it('stays XML whatever the names and values hold', () => {
    const text = junit({ hostile: true });
    const cases = parse(text).children.flatMap((suite) => suite.children);
    expect(new Set([...text.matchAll(/<\/?([^\s/>]+)/g)].map(([, name]) => name))).toEqual(
      new Set(['?xml', 'testsuites', 'testsuite', 'testcase', 'failure', 'error', 'skipped']),
    );
    // Neither what XML 1.0 forbids nor what makes a line read otherwise than it runs.
    expect(text).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u);
    const [failed] = having(cases, 'failure');
    const said = `${failed?.attributes.name}\n${failed?.children[0]?.text}`;
    for (const words of ['<script>alert(1)</script>', ']]>', '<!--', '‹U+202E›', '‹U+0000›', '‹U+001B›'])
      expect(said).toContain(words);
  });
});
