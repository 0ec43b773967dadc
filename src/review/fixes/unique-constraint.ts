import { madeBy, quoteName } from '../../findings/names.ts';
import { type Fix, replacing } from './fix.ts';
import { closing, codeOnly, elementEnd } from './tokens.ts';

/** Quoted names are blank in what this is matched against. */
const unique = /(?:\bCONSTRAINT\s+(?:\w+\s+)?)?\bUNIQUE\s*\(/gi;

/** A table constraint UNIQUE takes columns alone: no WHERE and no expression. An index does. */
export const uniqueConstraint: Fix = {
  id: 'unique-constraint',
  sqlstates: ['42601'],
  async propose(failure) {
    const { text } = failure;
    if (!/^\s*create\s+(?:\w+\s+)?table\b/i.test(codeOnly(text))) return undefined;
    const table = madeBy(text)[0];
    if (table === undefined) return undefined;
    const name = quoteName(table);
    const indexes: string[] = [];
    const cuts: (readonly [number, number])[] = [];
    const code = codeOnly(text);
    for (const found of code.matchAll(unique)) {
      const open = found.index + found[0].length - 1;
      const close = closing(code, open);
      const end = close < 0 ? -1 : elementEnd(code, close);
      if (end < 0) continue;
      const where = /^\s*WHERE\b/i.test(code.slice(close, end));
      const expression = /\(/.test(code.slice(open + 1, close - 1));
      if (!where && !expression) continue;
      const own = /^CONSTRAINT\s+("[^"]+"|\w+)/i.exec(text.slice(found.index))?.[1];
      const index = own ?? quoteName({ name: `${table.name}_unique` });
      indexes.push(
        `CREATE UNIQUE INDEX ${index} ON ${name} ${text.slice(open, end).replace(/\s+/g, ' ').trim()}`,
      );
      cuts.push([found.index, end]);
    }
    if (indexes.length === 0) return undefined;
    const repair = replacing(
      failure,
      without(text, code, cuts),
      `write ${indexes.join('; ')}${nullsHint(indexes)}`,
    );
    return { ...repair, after: indexes };
  },
};

/** Takes elements out of a list, each with the comma before it, or behind it for the first. */
function without(text: string, code: string, cuts: readonly (readonly [number, number])[]): string {
  let kept = text;
  for (const [start, end] of [...cuts].reverse()) {
    const before = code.slice(0, start).trimEnd();
    const from = before.endsWith(',') ? before.length - 1 : start;
    const to = from === start && code[end] === ',' ? end + 1 : end;
    kept = kept.slice(0, from) + kept.slice(to);
  }
  return kept;
}

function nullsHint(indexes: readonly string[]): string {
  return indexes.some((index) => /COALESCE\s*\(/i.test(index))
    ? ', or UNIQUE NULLS NOT DISTINCT over the columns (since 15)'
    : '';
}
