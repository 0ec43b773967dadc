/** A piece of a statement, as far as it matters to what is replaced in it. */
export interface SqlPiece {
  readonly kind: 'code' | 'text' | 'escaped-text' | 'dollar-text' | 'identifier' | 'comment' | 'parameter';
  readonly text: string;
}

const pieces = new RegExp(
  [
    String.raw`(?<escaped>[eE]'(?:[^'\\]|\\[\s\S]|'')*')`,
    "(?<text>'(?:[^']|'')*')",
    '(?<identifier>"(?:[^"]|"")*")',
    String.raw`(?<comment>--[^\n]*|/\*[\s\S]*?\*/)`,
    String.raw`(?<dollar>\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*|)\$[\s\S]*?\$\k<tag>\$)`,
    String.raw`(?<parameter>\$\d+)`,
    // A name is taken whole, so that an e or a $1 at its end is none of the above.
    String.raw`(?<code>[\w\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S])`,
  ].join('|'),
  'g',
);

/** Cuts a statement into pieces; joined, they are the statement. */
export function sqlPieces(sql: string): readonly SqlPiece[] {
  return [...sql.matchAll(pieces)].map(({ 0: text, groups = {} }): SqlPiece => {
    if (groups.escaped !== undefined) return { kind: 'escaped-text', text };
    if (groups.text !== undefined) return { kind: 'text', text };
    if (groups.identifier !== undefined) return { kind: 'identifier', text };
    if (groups.comment !== undefined) return { kind: 'comment', text };
    if (groups.dollar !== undefined) return { kind: 'dollar-text', text };
    if (groups.parameter !== undefined) return { kind: 'parameter', text };
    return { kind: 'code', text };
  });
}
