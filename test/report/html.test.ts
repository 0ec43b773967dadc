import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { viewRun } from '../../src/evidence/index.ts';
import { reporters } from '../../src/report/index.ts';
import { chained, type SampleOptions, sampleEvidence } from './sample.ts';

const page = (options?: SampleOptions) => reporters.html.render(sampleEvidence(options));
const plain = page();
const hostile = page({ hostile: true });

const tag = /<(\/?[a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*\/?>/g;
/** Every tag with the names of its attributes: what a browser builds of the page, without the words on it. */
function skeleton(html: string): string[] {
  return [...withoutOwn(html).matchAll(tag)].map(([, name, attributes = '']) =>
    [name, ...[...attributes.matchAll(/\s([a-z-]+)(?:="[^"]*")?/g)].map(([, one]) => one)].join(' '),
  );
}

function attributes(html: string, name: string): string[] {
  return [...withoutOwn(html).matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(
    ([, value = '']) => value,
  );
}

const inline = (html: string, name: 'style' | 'script') =>
  [...html.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, text = '']) => text);
const withoutOwn = (html: string) => html.replace(/<(style|script)>.*?<\/\1>/gs, '<$1></$1>');
/** The text of the page, as a browser shows it. */
const shown = (html: string) =>
  withoutOwn(html)
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

describe('the page', () => {
  it('holds every claim, its source and controls, and the digest', () => {
    const evidence = sampleEvidence();
    const text = shown(plain);
    for (const { id, says } of evidence.plan.claims) {
      expect(text).toContain(id);
      expect(text).toContain(says);
      expect(attributes(plain, 'id')).toContain(`claim-${id}`);
    }
    for (const words of [evidence.digest, evidence.plan.run, 'SOC2:CC6.1', 'saas.md, lines 120–124'])
      expect(text).toContain(words);
  });

  it('says first how many are refuted, and opens those', () => {
    const { counts } = viewRun(sampleEvidence());
    expect(shown(plain)).toMatch(new RegExp(`${counts.refuted} of \\d+ promises are refuted\\.`));
    const claims = [...plain.matchAll(/<details class="claim"[^>]*>/g)].map(([text]) => text);
    const order = claims.map((text) => /data-v="(\w+)"/.exec(text)?.[1] ?? '');
    expect(order.filter((one, index) => one !== order[index - 1])).toEqual([
      'refuted',
      'unproved',
      'proved',
      'outside',
    ]);
    for (const text of claims) expect(/ open[ >]/.test(text)).toBe(text.includes('data-v="refuted"'));
  });

  it('leads from each cell of the matrix to records that are on it', () => {
    const ids = new Set(attributes(plain, 'id'));
    for (const href of attributes(plain, 'href')) expect(ids).toContain(href.slice(1));
    const cells = attributes(plain, 'href').filter((href) => /^#o\d+$/.test(href));
    const { matrix } = viewRun(sampleEvidence());
    expect(cells).toHaveLength(matrix.rows.length * matrix.actors.length);
    for (const more of attributes(plain, 'data-o'))
      for (const seq of more.split(' ')) expect(ids).toContain(`o${seq}`);
  });

  it.each([plain, hostile])('has no id twice', (html) => {
    const ids = attributes(html, 'id');
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says that a run died, and is then never green', () => {
    for (const ends of ['died', 'interrupted'] as const) {
      const html = page({ ends, verdicts: 'proved' });
      expect(shown(html)).toContain('This run is incomplete.');
      expect(html).not.toContain('class="lead proved"');
    }
    expect(page({ verdicts: 'proved' })).toContain('class="lead proved"');
  });
});

describe('the page needs nothing and fetches nothing', () => {
  it('names no address and loads no file', () => {
    expect(plain).not.toMatch(/https?:\/\//);
    expect(plain).not.toMatch(/\b(url\(|@import|src=|srcset=)/);
    expect(
      skeleton(plain).filter((one) => /^(link|img|iframe|object|embed|base|video|audio)\b/.test(one)),
    ).toEqual([]);
    for (const href of attributes(plain, 'href')) expect(href).toMatch(/^#/);
  });

  it('has a policy that allows its own style and script, by their hashes, and nothing else', () => {
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [policy = ''] = attributes(plain, 'content').filter((content) => content.includes('default-src'));
    expect(policy.replaceAll('&#39;', "'").split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${inline(plain, 'style').map(hash).join(' ')}`,
      `script-src ${inline(plain, 'script').map(hash).join(' ')}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(plain.indexOf('Content-Security-Policy')).toBeLessThan(plain.indexOf('<style'));
    // The policy would not let them work.
    expect(skeleton(plain).filter((one) => /\s(style|on[a-z]+)\b/.test(one))).toEqual([]);
  });
});

describe('hostile names and values', () => {
  it('make the same page, with other words on it', () => {
    expect(skeleton(hostile)).toEqual(skeleton(plain));
    expect(inline(hostile, 'script')).toEqual(inline(plain, 'script'));
    expect(inline(hostile, 'style')).toEqual(inline(plain, 'style'));
  });

  it('are escaped', () => {
    expect(withoutOwn(hostile).match(/<script/g)).toHaveLength(1);
    expect(hostile).not.toContain('<script>alert');
    expect(hostile).not.toContain('<!-- ');
    expect(hostile).toContain('&lt;script>alert(1)&lt;/script>');
    expect(shown(hostile)).toContain('</style></pre>');
  });

  it('are shown as they are: no control character, no turned text, nothing invisible', () => {
    expect(hostile).not.toMatch(
      /(?![\n\t])[\p{Cc}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/u,
    );
    for (const code of ['202E', '0000', '0007', '001B', 'FFFE']) expect(hostile).toContain(`‹U+${code}›`);
  });
});

describe('a long run', () => {
  const evidence = sampleEvidence({ tables: 50, actors: 44, verdicts: 'all' });
  const observations = evidence.records.filter(({ entry }) => entry.type === 'observation');
  const html = reporters.html.render(evidence);

  it('with ten thousand observations makes a page below 6 MB', () => {
    expect(observations.length).toBeGreaterThanOrEqual(10_000);
    expect(Buffer.byteLength(html)).toBeLessThan(6_000_000);
  });

  it('with more of them leaves out some that agree, and says how many; none that disagrees', () => {
    const { plan, records } = sampleEvidence({ tables: 50, actors: 60, verdicts: 'proved' });
    // The last actor of each claim: far beyond what is shown of those that agree.
    const entries = records.map(({ entry }) =>
      entry.type === 'observation' && entry.actor === 'actor_59' ? { ...entry, agrees: false } : entry,
    );
    const long = reporters.html.render(chained(plan, entries));
    const ids = new Set(attributes(long, 'id'));
    const looked = entries.flatMap((entry, seq) =>
      entry.type === 'observation' ? [{ seq, agrees: entry.agrees }] : [],
    );
    const left = looked.filter(({ seq }) => !ids.has(`o${seq}`));
    expect(left.length).toBeGreaterThan(1_000);
    expect(left.filter(({ agrees }) => !agrees)).toEqual([]);
    const said = [...long.matchAll(/(\d+) more observations? that agree/g)].map(([, count]) => Number(count));
    expect(said.reduce((sum, count) => sum + count, 0)).toBe(left.length);
    expect(Buffer.byteLength(long)).toBeLessThan(6_000_000);
  });
});
