import type { Node } from '@pgsql/types';
import { loadModule, parsePlPgSQLSync, scanSync } from 'libpg-query';
import { deparseExpression, deparseStatement, parseExpression, parseStatements } from './tree.ts';

/** An SQL expression or statement in the body of a PL/pgSQL function. */
export interface Embedded {
  /** What it is to the statement around it. */
  readonly role: 'condition' | 'result' | 'value' | 'statement';
  readonly tree: Node;
  /** The body with another tree in its place. */
  with(tree: Node): string;
}

/** A statement of PL/pgSQL that can be left out. */
export interface Omittable {
  readonly kind: 'write' | 'perform' | 'raise';
  readonly text: string;
  /** The body with NULL in its place. */
  readonly without: string;
}

export interface Body {
  readonly embedded: readonly Embedded[];
  readonly omittable: readonly Omittable[];
}

/** How PL/pgSQL's own parser says an expression is to be read: RawParseMode. */
const mode = { statement: 0, expression: 2, assignment: 3 } as const;

/** elog level of RAISE EXCEPTION. */
const exception = 21;

/** Loads the parser; needed once before. */
export const loadPlPgSql: () => Promise<void> = loadModule;

type Json = Readonly<Record<string, unknown>>;

/**
 * Takes the body of a PL/pgSQL function apart.
 *
 * @param definition the CREATE FUNCTION statement
 * @param body its body, as between the dollar quotes
 */
export function takeApart(definition: string, body: string): Body {
  const finder = new Finder(body);
  const embedded: Embedded[] = [];
  const omittable: Omittable[] = [];
  for (const { kind, fields, line, role } of statementsOf(parsePlPgSQLSync(definition))) {
    if (kind === 'PLpgSQL_stmt_raise' && (fields.elog_level ?? 0) === exception) {
      const span = finder.keyword('RAISE', line);
      if (span !== undefined)
        omittable.push({ kind: 'raise', text: body.slice(...span), without: splice(body, span, 'NULL') });
    }
    if (kind !== 'PLpgSQL_expr') continue;
    const found = finder.expression(String(fields.query), line);
    if (found === undefined) continue;
    if (role === 'message') continue;
    const one = embeddedOf(body, found, String(fields.query), Number(fields.parseMode ?? 0), role);
    if (one !== undefined) embedded.push(one);
    const [verb = ''] = String(fields.query).trim().split(/\s/);
    if (found.performed || /^(insert|update|delete|merge)$/i.test(verb)) {
      const span = [found.start, finder.endOf(found.end)] as const;
      const write = {
        kind: found.performed ? 'perform' : 'write',
        text: body.slice(...span),
        without: splice(body, span, 'NULL'),
      };
      omittable.push(write as Omittable);
    }
  }
  return { embedded, omittable };
}

interface Visited {
  readonly kind: string;
  readonly fields: Json;
  /** Line of the body, from 1, of the nearest statement or declaration around it. */
  readonly line: number;
  readonly role: Role;
}

const roles: Readonly<Record<string, Role>> = { cond: 'condition', sqlstmt: 'statement', params: 'message' };

/** A message is only read. */
type Role = Embedded['role'] | 'message';

/** Statements and expressions in the order of the parser's tree. */
function* statementsOf(
  tree: unknown,
  line = 1,
  role: Role = 'value',
  kind = '',
): Generator<Visited, void, void> {
  if (Array.isArray(tree)) {
    for (const item of tree) yield* statementsOf(item, line, role, kind);
    return;
  }
  if (typeof tree !== 'object' || tree === null) return;
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value !== 'object' || value === null) continue;
    if (!key.startsWith('PLpgSQL_')) {
      const own = key === 'expr' && kind === 'PLpgSQL_stmt_return' ? 'result' : roles[key];
      yield* statementsOf(value, line, own ?? 'value', kind);
      continue;
    }
    const at = Number((value as Json).lineno ?? line);
    yield { kind: key, fields: value as Json, line: at, role };
    yield* statementsOf(value, at, 'value', key);
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
  /** `INTO …`, which the parser leaves out of a statement's text. */
  readonly into: string;
  /** Written PERFORM, read SELECT. */
  readonly performed: boolean;
}

/** Finds in the body what the parser copied out of it: it says lines only. What was found once is not found again. */
class Finder {
  readonly #body: string;
  readonly #lines: readonly number[];
  readonly #taken = new Set<number>();
  readonly #tokens: readonly { readonly start: number; readonly text: string }[];

  constructor(body: string) {
    this.#body = body;
    const lines = [0];
    for (let at = body.indexOf('\n'); at >= 0; at = body.indexOf('\n', at + 1)) lines.push(at + 1);
    this.#lines = lines;
    const bytes = Buffer.from(body);
    // The scanner counts bytes.
    this.#tokens = scanSync(body).tokens.map(({ start, text }) => ({
      start: bytes.subarray(0, start).toString().length,
      text,
    }));
  }

  expression(query: string, line: number): Span | undefined {
    const from = this.#lines[line - 1] ?? 0;
    const patterns = [
      { pattern: escaped(query), performed: false },
      { pattern: `PERFORM${escaped(query.replace(/^SELECT/i, ''))}`, performed: true },
      {
        pattern: query
          .split(/(\s{5,})/)
          .map((part, n) => (n % 2 === 0 ? escaped(part) : `([\\s\\S]{${part.length}})`))
          .join(''),
        performed: false,
      },
    ];
    for (const { pattern, performed } of patterns) {
      const search = new RegExp(pattern, performed ? 'gi' : 'g');
      search.lastIndex = from;
      for (let match = search.exec(this.#body); match !== null; match = search.exec(this.#body)) {
        if (!this.#starts(match.index) || this.#taken.has(match.index)) continue;
        this.#taken.add(match.index);
        const into = match.slice(1).find((part) => /\binto\b/i.test(part)) ?? '';
        return { start: match.index, end: match.index + match[0].length, into: into.trim(), performed };
      }
    }
    return undefined;
  }

  /** From a keyword at a line or after it to the end of its statement. */
  keyword(word: string, line: number): readonly [number, number] | undefined {
    const from = this.#lines[line - 1] ?? 0;
    const token = this.#tokens.find(
      ({ start, text }) => start >= from && text.toUpperCase() === word && !this.#taken.has(start),
    );
    if (token === undefined) return undefined;
    this.#taken.add(token.start);
    return [token.start, this.endOf(token.start)];
  }

  /** Before the semicolon that ends what stands at a position. */
  endOf(position: number): number {
    return (
      this.#tokens.find(({ start, text }) => start >= position && text === ';')?.start ?? this.#body.length
    );
  }

  /** Where a token starts: not inside a text or a comment. */
  #starts(position: number): boolean {
    return this.#tokens.some(({ start }) => start === position);
  }
}

function embeddedOf(
  body: string,
  span: Span,
  query: string,
  parseMode: number,
  role: Embedded['role'],
): Embedded | undefined {
  const put = (text: string) => splice(body, [span.start, span.end], text);
  if (parseMode === mode.expression) {
    return { role, tree: parseExpression(query), with: (tree) => put(deparseExpression(tree)) };
  }
  if (parseMode >= mode.assignment) {
    const [target = ''] = /^[^=]*?:?=/.exec(query) ?? [];
    const tree = parseExpression(query.slice(target.length));
    return { role: 'value', tree, with: (changed) => put(`${target} ${deparseExpression(changed)}`) };
  }
  const [tree, ...more] = parseStatements(query);
  if (parseMode !== mode.statement || tree === undefined || more.length > 0) return undefined;
  return {
    role: 'statement',
    tree,
    with: (changed) => {
      const text = deparseStatement(changed);
      return put(span.performed ? text.replace(/^SELECT/, 'PERFORM') : `${text} ${span.into}`.trimEnd());
    },
  };
}

function splice(text: string, [start, end]: readonly [number, number], put: string): string {
  return text.slice(0, start) + put + text.slice(end);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
