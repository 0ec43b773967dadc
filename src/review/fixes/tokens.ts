/** Blanks strings, quoted names and comments, so that what is left can be searched; positions stay the same. */
export function codeOnly(sql: string): string {
  return sql.replace(/'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found.replace(/[^\n]/g, ' '),
  );
}

/** Index behind the bracket that closes the one at `open`, or -1. `code` comes from codeOnly. */
export function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at++) {
    if (code[at] === '(') depth++;
    else if (code[at] === ')' && --depth === 0) return at + 1;
  }
  return -1;
}

/** Index of the comma or bracket that ends the list element which holds `from`, or -1. */
export function elementEnd(code: string, from: number): number {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    if (code[at] === '(') depth++;
    else if (code[at] === ')' && --depth < 0) return at;
    else if (code[at] === ',' && depth === 0) return at;
  }
  return -1;
}

/** Index in UTF-16 of a position that counts bytes of UTF-8, as parse trees do. */
export function indexOfByte(text: string, byte: number): number {
  return Buffer.from(text).subarray(0, byte).toString().length;
}
