/** One statement of a script: its text without the semicolon, and where it begins (UTF-16 index). */
export interface Statement {
  readonly text: string;
  readonly start: number;
}

/**
 * Splits a script as psql does: semicolons count outside quotes, comments, brackets and SQL bodies of functions
 * (BEGIN ATOMIC … END). Empty statements are left out, as the server leaves them out. Needs
 * standard_conforming_strings, which is the default.
 */
export function splitStatements(sql: string): readonly Statement[] {
  const statements: Statement[] = [];
  let start = -1;
  let brackets = 0;
  let blocks = 0;
  let words: string[] = [];
  const end = (at: number) => {
    if (start >= 0) statements.push({ text: sql.slice(start, at).trimEnd(), start });
    start = -1;
    brackets = 0;
    blocks = 0;
    words = [];
  };
  for (let at = 0; at < sql.length; ) {
    const length = tokenLength(sql, at);
    const token = sql.slice(at, at + length);
    if (token === ';' && brackets === 0 && blocks === 0) end(at);
    else if (!isBlank(token)) {
      if (start < 0) start = at;
      if (token === '(') brackets++;
      else if (token === ')') brackets = Math.max(0, brackets - 1);
      else if (/^[a-z_]/i.test(token)) {
        const word = token.toLowerCase();
        if (words.length < 4) words.push(word);
        if (brackets === 0 && makesRoutine(words)) blocks += blockDepth(word, blocks);
      }
    }
    at += length;
  }
  end(sql.length);
  return statements;
}

/** Patterns of tokens, tried in order at a position. Block comments nest, so they have a function of their own. */
const tokens = [
  /\s+/y,
  /--[^\n]*/y,
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'?/y,
  /'(?:[^']|'')*'?/y,
  /"(?:[^"]|"")*"?/y,
  // A word may hold a dollar sign, so words come before dollar quotes.
  /[a-z_\u0080-\uffff][\w$\u0080-\uffff]*/iy,
  /\d[\w.]*/y,
];
const dollarTag = /\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/iy;

function tokenLength(sql: string, at: number): number {
  if (sql.startsWith('/*', at)) return blockComment(sql, at);
  for (const token of tokens) {
    token.lastIndex = at;
    const found = token.exec(sql)?.[0];
    if (found !== undefined && found !== '') return found.length;
  }
  dollarTag.lastIndex = at;
  const tag = dollarTag.exec(sql)?.[0];
  if (tag === undefined) return 1;
  const close = sql.indexOf(tag, at + tag.length);
  return (close < 0 ? sql.length : close + tag.length) - at;
}

function blockComment(sql: string, at: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  let depth = 0;
  for (let found = mark.exec(sql); found !== null; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex - at;
  }
  return sql.length - at;
}

function isBlank(token: string): boolean {
  return /^\s/.test(token) || token.startsWith('--') || token.startsWith('/*');
}

function makesRoutine([first, second, third, fourth]: readonly string[]): boolean {
  const kind = second === 'or' && third === 'replace' ? fourth : second;
  return first === 'create' && (kind === 'function' || kind === 'procedure');
}

function blockDepth(word: string, depth: number): number {
  if (word === 'begin') return 1;
  if (depth === 0) return 0;
  return word === 'case' ? 1 : word === 'end' ? -1 : 0;
}
