/** A file of sections with keys, as PgBouncer reads it. */
export interface Ini {
  readonly entries: readonly IniEntry[];
  /** Lines that it would refuse, each with its number. */
  readonly wrong: readonly string[];
  /** The last value given counts. */
  value(section: string, key: string): string | undefined;
}

export interface IniEntry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/**
 * Lines that begin with ; or # are comments; later on a line they mean nothing. `%include` reads another file, which is not
 * here, so it is refused.
 */
export function parseIni(text: string): Ini {
  const entries: IniEntry[] = [];
  const wrong: string[] = [];
  let section: string | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    const header = /^\[([^\]]*)\]$/.exec(line);
    const pair = /^((?:"(?:[^"]|"")*"|[^=])+?)\s*=\s*(.*)$/.exec(line);
    if (header !== null) section = header[1] ?? '';
    else if (line.startsWith('%')) wrong.push(`line ${index + 1}: ${line}: directives are not followed`);
    else if (pair === null)
      wrong.push(`line ${index + 1}: ${line}: neither a section nor a key and its value`);
    else if (section === undefined) wrong.push(`line ${index + 1}: ${line}: before any section`);
    else {
      const key = unquoted(pair[1] ?? '');
      entries.push({ section, key, value: pair[2] ?? '', line: index + 1 });
    }
  }
  return {
    entries,
    wrong,
    value: (inSection, key) =>
      entries.filter((entry) => entry.section === inSection && entry.key === key).at(-1)?.value,
  };
}

/** `host=a port=5432 password='it''s'` as a map; undefined when it cannot be read. */
export function parseConnection(text: string): ReadonlyMap<string, string> | undefined {
  const pair = /\s*(\w+)\s*=\s*('(?:[^']|'')*'|[^\s']*)(?=\s|$)/y;
  const pairs = new Map<string, string>();
  for (const end = text.trimEnd().length; pair.lastIndex < end; ) {
    const found = pair.exec(text);
    if (found === null) return undefined;
    const value = found[2] ?? '';
    pairs.set(found[1] ?? '', value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value);
  }
  return pairs;
}

function unquoted(key: string): string {
  return key.startsWith('"') && key.endsWith('"') ? key.slice(1, -1).replaceAll('""', '"') : key;
}
