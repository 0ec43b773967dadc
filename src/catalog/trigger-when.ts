const opening = / FOR EACH (?:ROW|STATEMENT) WHEN \(/y;

/**
 * The expression inside `WHEN (…)` of a definition that pg_get_triggerdef printed, or null. pg_get_expr cannot be asked:
 * it refuses expressions over two rows, OLD and NEW. Names and texts are skipped as a whole, whatever they hold; the
 * server doubles a quote inside of them, which reads as two of them in a row.
 */
export function triggerWhen(definition: string): string | null {
  let start = -1;
  let depth = 0;
  for (let at = 0; at < definition.length; at++) {
    const char = definition[at];
    if (char === '"' || char === "'") {
      at = definition.indexOf(char, at + 1);
      if (at < 0) return null;
    } else if (start < 0) {
      opening.lastIndex = at;
      if (char === ' ' && opening.test(definition)) {
        start = opening.lastIndex;
        at = start - 1;
      }
    } else if (char === '(') {
      depth++;
    } else if (char === ')' && depth-- === 0) {
      return definition.slice(start, at);
    }
  }
  return null;
}
