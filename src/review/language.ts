/** What a block is written in. `other` is not assessed. */
export type Language = 'sql' | 'settings' | 'pgbouncer' | 'shell' | 'hcl' | 'yaml' | 'other';

const byWord: Readonly<Record<string, Language>> = {
  sql: 'sql',
  pgsql: 'sql',
  plpgsql: 'sql',
  postgres: 'sql',
  postgresql: 'sql',
  psql: 'sql',
  sh: 'shell',
  bash: 'shell',
  shell: 'shell',
  zsh: 'shell',
  hcl: 'hcl',
  terraform: 'hcl',
  tf: 'hcl',
  yaml: 'yaml',
  yml: 'yaml',
};

/** Words of fences that hold key = value lines, of which the content says more. */
const keyed = new Set(['ini', 'conf', 'cfg', 'properties', 'toml', 'config']);

const verbs =
  'select|insert|update|delete|with|create|alter|drop|grant|revoke|begin|commit|rollback|do|truncate|vacuum|analyze|reindex|explain|comment|set|refresh|call|values|merge|copy';
const sqlStart = new RegExp(`^(?:${verbs})\\b[\\s\\S]*;`, 'i');

/** Tells what a block is written in: by its fence's word, else by its content. */
export function languageOf(word: string, content: string): Language {
  const named = byWord[word.toLowerCase()];
  if (named !== undefined) return named;
  if (word !== '' && !keyed.has(word.toLowerCase())) return 'other';
  const code = content
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*(?:--|#|;).*$/gm, '')
    .trim();
  if (/^\[(?:pgbouncer|databases)\]/m.test(code)) return 'pgbouncer';
  if (keyed.has(word.toLowerCase())) return 'settings';
  if (sqlStart.test(code)) return 'sql';
  if (/^#!.*\bsh\b/.test(content) || /^#!.*\bbash\b/.test(content)) return 'shell';
  if (/^(?:resource|variable|module|provider|data|terraform|output)\s+["{]/m.test(code)) return 'hcl';
  const lines = code.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > 0 && lines.every((line) => /^\s*[a-z_][\w.]*\s*=\s*\S/i.test(line))) return 'settings';
  return 'other';
}

/** Whether text without any fence reads as SQL. */
export function looksLikeSql(text: string): boolean {
  const code = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*(?:--|\\).*$/gm, '')
    .trimStart();
  return new RegExp(`^(?:${verbs})\\b`, 'i').test(code);
}
