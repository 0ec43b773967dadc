import { ConfigError } from '../../design/config-error.ts';
import { sqlPieces } from './sql-pieces.ts';

/**
 * A statement as it stands in a script: parameters replaced, one line. pgbench takes every `:name` for a variable, in texts too, and changes it without a
 * word with `-M extended`: colons in texts are written as `\x3a`. Throws ConfigError where one cannot be written otherwise.
 * @param parameter what stands for $n
 */
export function scriptStatement(sql: string, where: string, parameter: (number: number) => string): string {
  const refuse = (what: string) =>
    new ConfigError(where, `${what} would be a variable of pgbench`, 'write the statement otherwise');
  const parts = sqlPieces(sql.replace(/;\s*$/, '')).map(({ kind, text }) => {
    switch (kind) {
      case 'parameter':
        return parameter(Number(text.slice(1)));
      case 'comment':
        return ' ';
      case 'text':
        return literal(text.slice(1, -1).replaceAll("''", "'"));
      case 'escaped-text':
        return text.replaceAll(':', String.raw`\x3a`).replaceAll('\n', String.raw`\n`);
      case 'dollar-text': {
        const tag = text.indexOf('$', 1) + 1;
        return literal(text.slice(tag, -tag));
      }
      case 'identifier':
        if (/:[A-Za-z_\u0080-\uffff]/.test(text)) throw refuse(text);
        return text;
      default:
        return /^\s$/.test(text) ? ' ' : text;
    }
  });
  const line = parts.join('').trim();
  const bare = withoutTexts(line).replaceAll('::', '  ');
  // What stands for a parameter is a variable, and may be.
  const allowed = new Set(
    sqlPieces(sql).flatMap(({ kind, text }) =>
      kind === 'parameter' ? [parameter(Number(text.slice(1)))] : [],
    ),
  );
  for (const [name] of bare.matchAll(/:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*/g))
    if (!allowed.has(name)) throw refuse(name);
  if (bare.includes(';')) throw new ConfigError(where, 'holds more than one statement', 'give each a name');
  if (bare.includes('\\')) throw new ConfigError(where, 'holds a backslash outside a text', 'leave it out');
  return `${line};`;
}

/** A text as SQL that pgbench leaves alone. */
export function literal(text: string): string {
  if (!/[:\\\n\r]/.test(text)) return `'${text.replaceAll("'", "''")}'`;
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replaceAll(':', String.raw`\x3a`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\r', String.raw`\r`);
  return `E'${escaped}'`;
}

function withoutTexts(sql: string): string {
  return sqlPieces(sql)
    .map(({ kind, text }) => (kind === 'code' || kind === 'parameter' ? text : ' '))
    .join('');
}
