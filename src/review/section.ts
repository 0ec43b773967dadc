import { ConfigError } from '../design/config-error.ts';
import type { Document, Heading } from './blocks.ts';

/** The lines that are reported, and the document's top-level parts. */
export interface Section {
  readonly first: number;
  readonly last: number;
  readonly parts: readonly { readonly title: string; readonly line: number }[];
  readonly note?: string;
}

/** Which part of a document is reported. Throws ConfigError for a heading that is not there. */
export function readSection(
  document: Document,
  name: string,
  { from, to }: { readonly from?: string; readonly to?: string },
): Section {
  const first = from === undefined ? 1 : lineOf(from, document.headings, name).line;
  const end = to === undefined ? undefined : lineOf(to, document.headings, name);
  const last = end === undefined ? Number.MAX_SAFE_INTEGER : end.line - (end.heading ? 1 : 0);
  if (last < first) throw new ConfigError(name, `--to ${to} is before --from ${from}`, 'turn them round');
  const tops = topHeadings(document.headings).map(({ title, line }) => ({ title, line }));
  const parts = [{ title: name, line: 1 }, ...tops];
  if (from === undefined && to === undefined) return { first, last, parts };
  const end_ = last === Number.MAX_SAFE_INTEGER ? 'the end' : `line ${last}`;
  const before = first > 1 ? '; what is before runs too, and is not reported' : '';
  return { first, last, parts, note: `line ${first} to ${end_}${before}` };
}

/** The highest level that occurs more than once: a single title above all says nothing. */
function topHeadings(headings: readonly Heading[]): readonly Heading[] {
  for (const depth of [1, 2, 3]) {
    const found = headings.filter((each) => each.depth === depth);
    if (found.length > 1) return headings.filter((each) => each.depth <= depth);
  }
  return headings;
}

function lineOf(
  text: string,
  headings: readonly Heading[],
  name: string,
): { readonly line: number; readonly heading: boolean } {
  if (/^[1-9]\d*$/.test(text)) return { line: Number(text), heading: false };
  const wanted = text.toLowerCase();
  const found =
    headings.find(({ title }) => title.toLowerCase() === wanted) ??
    headings.find(({ title }) => title.toLowerCase().includes(wanted));
  if (found === undefined)
    throw new ConfigError(name, `has no heading ${JSON.stringify(text)}`, 'give a line or a heading');
  return { line: found.line, heading: true };
}
