import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkIds, titles } from '../../src/findings/ids.ts';

const folder = new URL('../../docs/checks/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const readme = read('README.md');

test('every check has its page, and every page its check', () => {
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');
  expect(pages.sort()).toEqual(checkIds.map((id) => `${id}.md`).sort());
});

describe.each(checkIds)('%s', (id) => {
  test('is in the list, with its page and its sentence', () => {
    expect(readme).toContain(`| [\`${id}\`](${id}.md) | ${titles[id]} |`);
  });

  test('says what it looks for, why, how to fix it, and where to read on', () => {
    const headings = [...read(`${id}.md`).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(expect.arrayContaining(['What', 'Why', 'How to fix', 'References']));
  });
});

test('each of the twenty-five has a check of its own', () => {
  const rows = [...readme.matchAll(/^\| (\d+) \| [^|]+ \| `([a-z.-]+)` \|/gm)];
  expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 25 }, (_, n) => n + 1));
  const ids = rows.map(([, , id]) => id);
  expect(new Set(ids).size).toBe(25);
  expect(checkIds).toEqual(expect.arrayContaining(ids));
});
