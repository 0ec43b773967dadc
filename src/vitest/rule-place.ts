import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckCall } from '../design/design.ts';

/** Where a rule is written: a file and a line of it. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** No design has more modules; a stray import must not read a whole disk. */
const mostFiles = 1_000;

/** The file that called into this folder, by the stack; undefined where that says nothing. */
export function callerFile(): string | undefined {
  const here = dirname(fileURLToPath(import.meta.url));
  const frames = (new Error('for its stack').stack ?? '').split('\n').slice(1);
  for (const frame of frames) {
    const found = /\(?((?:file:\/\/)?\/[^():]+):\d+:\d+\)?$/.exec(frame.trim())?.[1];
    if (found === undefined) continue;
    const file = found.startsWith('file:') ? fileURLToPath(found) : found;
    if (!file.startsWith(`${here}/`)) return file;
  }
  return undefined;
}

/**
 * The line of the rule that a check is about, in the modules that a file imports by relative paths. A text search for the
 * literal `table: '…'` and the command below it: none or several found, and it says nothing.
 */
export function rulePlace(from: string | undefined, call: CheckCall): Place | undefined {
  const key = ruleKey(call.kind);
  if (from === undefined || key === undefined || typeof call.table !== 'string') return undefined;
  const found: Place[] = [];
  for (const file of modulesFrom(from)) {
    const text = readFileSync(file, 'utf8');
    const tables = [...text.matchAll(/\btable:\s*(['"`])(.+?)\1/g)];
    for (const [index, match] of tables.entries()) {
      if (match[2] !== call.table) continue;
      const rules = text.slice(0, tables[index + 1]?.index ?? text.length);
      const at = new RegExp(`(?<=[\\s{,])${key}\\s*[:,]`, 'g');
      at.lastIndex = match.index;
      const rule = at.exec(rules);
      if (rule !== null) found.push({ file, line: text.slice(0, rule.index).split('\n').length });
    }
  }
  return found.length === 1 ? found[0] : undefined;
}

/** The key under which rules say it. */
function ruleKey(kind: string): string | undefined {
  if (kind === 'audit.recorded') return 'change';
  return /^access\.(select|insert|update|delete)$/.exec(kind)?.[1];
}

function modulesFrom(start: string): readonly string[] {
  const seen = new Set<string>([start]);
  for (const file of seen) {
    if (seen.size > mostFiles || !existsSync(file)) continue;
    for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(/\bfrom\s+['"](\.[^'"]+)['"]/g)) {
      const target = resolve(dirname(file), specifier);
      const there = [target, `${target}.ts`, target.replace(/\.js$/, '.ts')].find(
        (path) => /\.[cm]?[jt]s$/.test(path) && existsSync(path),
      );
      if (there !== undefined) seen.add(there);
    }
  }
  return [...seen].filter((file) => existsSync(file));
}
