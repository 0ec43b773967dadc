import { splitStatements } from '../cluster/sql-split.ts';
import { parseOne } from '../findings/tree.ts';
import type { Block } from './blocks.ts';

export interface Statement {
  readonly text: string;
  /** In the document, from 1. */
  readonly line: number;
  readonly endLine: number;
}

/** Text that is broken in more places than this is not worth more looks. */
const mostCuts = 100;
/** How far a broken statement is searched for the place where the next one begins. */
const searched = 100_000;

/**
 * The statements of a block, with their lines. One that is broken by an open quote or bracket ends where the next one
 * begins, so that it does not take the others with it. No more than `most` are read. Needs `loadParser`.
 */
export function statementsOf(block: Block, most = Number.POSITIVE_INFINITY): readonly Statement[] {
  const text = endedCommands(withoutCopyData(block.text));
  const found: Statement[] = [];
  const lines = lineCounter(text, block.line);
  const add = (part: string, start: number) => {
    const kept = part.trimEnd();
    if (kept === '') return;
    found.push({ text: kept, line: lines(start), endLine: lines(start + kept.length) });
  };
  let cuts = 0;
  let from = 0;
  while (from < text.length && found.length < most) {
    let next = text.length;
    for (const { text: part, start: at } of splitStatements(text.slice(from))) {
      if (found.length >= most) break;
      const start = from + at;
      const end = endOf(part, cuts < mostCuts);
      add(part.slice(0, end), start);
      if (end === part.length) continue;
      cuts++;
      next = start + end + (part[end] === ';' ? 1 : 0);
      break;
    }
    from = next;
  }
  return found;
}

/** Length of the statement that a part begins with: less than all of it when another one is caught in it. */
function endOf(part: string, look: boolean): number {
  if (!look || !/;\s*\n/.test(part) || parseOne(part) !== undefined) return part.length;
  const inDollars = (text: string) => (text.match(/\$\w*\$/g) ?? []).length % 2 === 1;
  const bodyIsOpen = inDollars(part);
  for (const { index } of part.slice(0, searched).matchAll(/;[^\S\n]*(?:--[^\n]*)?\n/g)) {
    // Semicolons of a function's body are its own, unless the body is what was left open.
    if (!bodyIsOpen && inDollars(part.slice(0, index))) continue;
    const [following] = splitStatements(part.slice(index + 1, index + 1 + searched));
    if (following !== undefined && parseOne(following.text) !== undefined) return index;
  }
  return part.length;
}

/** Rows behind COPY … FROM stdin are no SQL: blanked, so that lines keep their numbers. */
function withoutCopyData(text: string): string {
  return text.replace(
    /^([^\S\n]*COPY\b[^;]*\bFROM\s+STDIN\b[^;]*;[^\n]*\n)([\s\S]*?)^\\\.[^\S\n]*$/gim,
    (_, copy: string, rows: string) => copy + rows.replace(/[^\n]+/g, ''),
  );
}

const commands =
  /^([^\S\n]*\\(?:c|connect|copy|i|ir|include|echo|qecho|warn|set|unset|pset|timing|q|x|o|out|if|elif|else|endif|encoding|password|prompt|restrict|unrestrict|l|d\w*\+?|sf|!)(?:[^\S\n][^\n]*)?)$/gim;

/** A command of psql ends with its line: given a semicolon, it does so here too. */
function endedCommands(text: string): string {
  return text.replace(commands, '$1;');
}

/** Lines by position, for positions that only grow. */
function lineCounter(text: string, first: number): (at: number) => number {
  let line = first;
  let seen = 0;
  return (at) => {
    if (at < seen) return line - (text.slice(at, seen).match(/\n/g) ?? []).length;
    for (let end = text.indexOf('\n', seen); end >= 0 && end < at; end = text.indexOf('\n', end + 1)) line++;
    seen = at;
    return line;
  };
}
