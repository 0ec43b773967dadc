import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '../../design/config-error.ts';
import type { PgbenchOptions, Script } from './options.ts';

/** A script as pgbench is told of it. Its place in the list is its number in logs and messages. */
export interface ScriptFile {
  readonly name: string;
  readonly script: Script;
  readonly flag: '--builtin' | '--file';
  readonly argument: string;
  /** Where it lies, for messages; undefined for one of pgbench's own. */
  readonly file?: string;
}

/** pgbench has its scripts in files: those given as text are written into the folder. Throws ConfigError for a script that cannot work. */
export async function layScripts(options: PgbenchOptions, folder: string): Promise<readonly ScriptFile[]> {
  const scripts = options.scripts ?? [{ builtin: 'tpcb-like' as const }];
  const names = new Set<string>();
  const files: ScriptFile[] = [];
  for (const [index, script] of scripts.entries()) {
    const name = scriptName(script);
    if (names.has(name))
      throw new ConfigError(`script ${name}`, 'is there twice', 'give the scripts names that differ');
    names.add(name);
    files.push({ name, script, ...(await lay(script, index, folder, options)) });
  }
  return files;
}

function scriptName(script: Script): string {
  if ('builtin' in script) return script.builtin;
  return script.name ?? ('path' in script ? path.basename(script.path) : '');
}

async function lay(
  script: Script,
  index: number,
  folder: string,
  options: PgbenchOptions,
): Promise<Pick<ScriptFile, 'flag' | 'argument' | 'file'>> {
  const { weight = 1 } = script;
  if ('builtin' in script) return { flag: '--builtin', argument: `${script.builtin}@${weight}` };
  const text = 'sql' in script ? script.sql : await readScript(script.path);
  const shown = 'sql' in script ? scriptName(script) : script.path;
  checkText(shown, text, options.protocol ?? 'simple');
  let file: string;
  if ('sql' in script) {
    file = path.join(folder, `${index}-${script.name.replaceAll(/[^\w.-]/g, '_').slice(0, 80)}.sql`);
    await writeFile(file, text.endsWith('\n') ? text : `${text}\n`, { mode: 0o600 });
  } else file = path.resolve(script.path);
  // The weight always: a name may hold an @, and pgbench takes what follows the last one for it.
  return { flag: '--file', argument: `${file}@${weight}`, file };
}

async function readScript(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(file, `not readable: ${(cause as Error).message}`, 'give the path of a script', {
      cause,
    });
  }
}

/** What pgbench would find out in the middle of the run, by aborting each client. */
function checkText(name: string, text: string, protocol: string): void {
  let opened: number | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    const where = `${name}:${index + 1}`;
    const command = /^\s*\\(\w+)/.exec(line)?.[1];
    if (command === 'startpipeline') {
      if (protocol === 'simple')
        throw new ConfigError(
          where,
          '\\startpipeline does not go with the simple protocol',
          "set protocol to 'extended' or 'prepared'",
        );
      if (opened !== undefined)
        throw new ConfigError(where, `the pipeline of line ${opened} is still open`, 'end it first');
      opened = index + 1;
    } else if (command === 'endpipeline') {
      if (opened === undefined) throw new ConfigError(where, 'no pipeline is open', 'start one first');
      opened = undefined;
    } else if (opened !== undefined && /\\(gset|aset)\b/.test(line)) {
      throw new ConfigError(where, '\\gset does not work in a pipeline', 'move it before \\startpipeline');
    }
  }
  if (opened !== undefined)
    throw new ConfigError(`${name}:${opened}`, 'the pipeline is never ended', 'add \\endpipeline');
}
