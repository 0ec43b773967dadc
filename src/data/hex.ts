/** Octets as two digits: formatting a number costs more than drawing it. */
const octets = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** A 32-bit word as eight lower-case hexadecimal digits. */
export function hex8(word: number): string {
  return hex4(word >>> 16) + hex4(word);
}

/** The lower half of a word as four digits. */
export function hex4(word: number): string {
  return `${octets[(word >>> 8) & 255]}${octets[word & 255]}`;
}
