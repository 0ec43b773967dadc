import { type Language, languageOf, looksLikeSql } from './language.ts';

/** A block of code with the line of its first line of content. */
export interface Block {
  readonly language: Language;
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
}

export interface Heading {
  readonly title: string;
  readonly depth: number;
  readonly line: number;
}

export interface Document {
  readonly blocks: readonly Block[];
  readonly headings: readonly Heading[];
  /** Lines of fences that are never closed. */
  readonly unclosed: readonly number[];
}

/** Splits a document into its blocks of code. A `.sql` file, and text without a fence that reads as SQL, is one block. */
export function readBlocks(name: string, text: string): Document {
  if (/\.(?:p?sql|ddl)$/i.test(name)) return whole(text);
  const document = new Reader(text.split('\n')).read();
  const fenced = /^[\s>]*(?:`{3}|~{3})/m.test(text);
  return !fenced && looksLikeSql(text) ? whole(text) : document;
}

function whole(text: string): Document {
  const endLine = text.split('\n').length;
  return { blocks: [{ language: 'sql', text, line: 1, endLine }], headings: [], unclosed: [] };
}

/** What may stand in front of a fence: quotes, and the marker of a list item. */
const opening = /^((?:[ \t]|>|(?:[-*+]|\d{1,9}[.)])[ \t])*)(`{3,}|~{3,})[ \t]*([^`\s]*)[^`]*$/;
const indented = /^(?: {4}|\t)/;

/**
 * Reads Markdown line by line, as far as code and headings go. A parser of the whole language would hold a tree of the
 * prose, many times its size; documents of 50 MB must not need that.
 */
class Reader {
  readonly #lines: readonly string[];
  readonly #blocks: Block[] = [];
  readonly #headings: Heading[] = [];
  readonly #unclosed: number[] = [];
  /** Whether text that is indented belongs to a list. */
  #inList = false;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  read(): Document {
    for (let at = 0; at < this.#lines.length; ) at = this.#next(at);
    return { blocks: this.#blocks, headings: this.#headings, unclosed: this.#unclosed };
  }

  /** Reads what begins at a line; returns the line after it. */
  #next(at: number): number {
    const line = this.#lines[at] ?? '';
    const fence = opening.exec(line);
    if (fence !== null) return this.#fenced(at, fence);
    if (indented.test(line) && !this.#inList && (this.#lines[at - 1] ?? '').trim() === '')
      return this.#indented(at);
    if (line.trim() !== '' && !/^\s/.test(line)) this.#inList = /^(?:[-*+]|\d{1,9}[.)])\s/.test(line);
    this.#heading(line, at);
    return at + 1;
  }

  #fenced(at: number, [, before = '', mark = '', word = '']: RegExpExecArray): number {
    const same = `${mark[0]}{${mark.length},}`;
    const closing = new RegExp(`^[\\s>]*${same}\\s*$`);
    const another = new RegExp(`^[\\s>]*${same}[ \\t]*[a-z][^\`]*$`, 'i');
    let end = at + 1;
    while (end < this.#lines.length) {
      const line = this.#lines[end] ?? '';
      if (closing.test(line)) break;
      if (another.test(line)) return this.#cut(at, end, before, word);
      end++;
    }
    if (end === this.#lines.length) return this.#cut(at, end, before, word);
    this.#push(word, this.#content(at + 1, end, before), at + 1);
    return end + 1;
  }

  /** A block without an end: its own lines go up to the next heading, or to the fence that shows that it has none. */
  #cut(at: number, limit: number, before: string, word: string): number {
    this.#unclosed.push(at + 1);
    const lines = this.#lines.slice(at + 1, limit);
    // One # is a comment of shells and of HCL, never of SQL.
    const title = languageOf(word, lines.join('\n')) === 'sql' ? /^#{1,6} \S/ : /^#{2,6} \S/;
    const heading = lines.findIndex(
      (line, index) => title.test(line) && (lines[index - 1] ?? '').trim() === '',
    );
    const end = heading < 0 ? limit : at + 1 + heading;
    this.#push(word, this.#content(at + 1, end, before), at + 1);
    return end;
  }

  /** Lines without what the fence stood behind. */
  #content(from: number, to: number, before: string): string {
    const width = before.length;
    const quoted = before.includes('>');
    return this.#lines
      .slice(from, to)
      .map((line) => {
        const bare = quoted ? line.replace(/^[ \t]*>[ \t]?/, '') : line;
        const blanks = /^[ \t]*/.exec(bare)?.[0].length ?? 0;
        return bare.slice(Math.min(blanks, quoted ? 0 : width));
      })
      .join('\n');
  }

  #indented(at: number): number {
    let end = at;
    while (
      end < this.#lines.length &&
      (indented.test(this.#lines[end] ?? '') || (this.#lines[end] ?? '').trim() === '')
    )
      end++;
    const text = this.#lines
      .slice(at, end)
      .map((line) => line.replace(indented, ''))
      .join('\n');
    this.#push('', text.trimEnd(), at);
    return end;
  }

  /** `from`: index of the first line. */
  #push(word: string, text: string, from: number): void {
    if (text.trim() === '') return;
    const language = languageOf(word, text);
    this.#blocks.push({ language, text, line: from + 1, endLine: from + text.split('\n').length });
  }

  #heading(line: string, at: number): void {
    const [, marks, title] = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*$/.exec(line) ?? [];
    if (marks !== undefined && title !== undefined && title !== '') {
      this.#headings.push({ title: plain(title), depth: marks.length, line: at + 1 });
      return;
    }
    // A line of = or - below a line of text makes that a heading.
    const [, under] = /^ {0,3}(=+|-{2,})[ \t]*$/.exec(line) ?? [];
    const above = this.#lines[at - 1] ?? '';
    if (under === undefined || !/^ {0,3}[\p{L}\p{N}*_]/u.test(above) || /^\s*[*+-]\s/.test(above)) return;
    this.#headings.push({ title: plain(above), depth: under.startsWith('=') ? 1 : 2, line: at });
  }
}

/** A title without its marks. */
function plain(title: string): string {
  return title
    .replace(/[*`]/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim();
}
