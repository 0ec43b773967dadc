import { segmentsOf } from './path.ts';

/** From the first character to the one after the last. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Inside of the braces of a resource: `aws_db_instance.primary`. */
export function resourceSpan(text: string, resource: string): Span | undefined {
  const [type = '', name = ''] = resource.split('.');
  const header = new RegExp(`^resource\\s+"${type}"\\s+"${name}"\\s*\\{`, 'm').exec(text);
  return header === null ? undefined : inside(text, header.index + header[0].length);
}

/** The value of an attribute, without a comment behind it; undefined where the text does not show it in one line. */
export function valueSpan(text: string, resource: string, path: string): Span | undefined {
  const segments = segmentsOf(path);
  let span = resourceSpan(text, resource);
  for (const { name, key, value } of segments.slice(0, -1)) {
    if (span === undefined) return undefined;
    const holds = new RegExp(`^\\s*${key}\\s*=\\s*"?${escaped(value ?? '')}"?\\s*(#.*)?$`, 'm');
    span = matches(text, span, `^[ \\t]*${name}\\s*(=\\s*)?\\{`)
      .map(({ to }) => inside(text, to))
      .find((each) => key === undefined || holds.test(text.slice(each.from, each.to)));
  }
  const leaf = segments.at(-1)?.name ?? '';
  const found = span && matches(text, span, `^[ \\t]*${leaf}[ \\t]*=[ \\t]*`)[0];
  if (found === undefined) return undefined;
  const line = /^(?:"(?:[^"\\]|\\.)*"|[^#\n])*/.exec(text.slice(found.to))?.[0].trimEnd() ?? '';
  return { from: found.to, to: found.to + line.length };
}

/** Matches that are not within further braces. */
function matches(text: string, { from, to }: Span, pattern: string): readonly Span[] {
  const body = text.slice(from, to);
  return [...body.matchAll(new RegExp(pattern, 'gm'))].flatMap(({ index, 0: found }) =>
    depth(body.slice(0, index)) === 0 ? [{ from: from + index, to: from + index + found.length }] : [],
  );
}

/** Up to the brace that closes. Braces within strings are those of expressions, which are closed too. */
function inside(text: string, from: number): Span {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') open++;
    if (text[at] === '}' && --open === 0) return { from, to: at };
  }
  return { from, to: text.length };
}

function depth(text: string): number {
  return [...text].reduce((open, each) => open + (each === '{' ? 1 : each === '}' ? -1 : 0), 0);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
