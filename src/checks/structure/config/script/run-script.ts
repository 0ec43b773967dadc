import { randomBytes } from 'node:crypto';
import type { Host } from '../../../../cluster/host.ts';
import { type PlacedFile, placeFiles } from './place-files.ts';

export interface ScriptRun {
  readonly file: string;
  readonly text: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly stubs: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string | PlacedFile>>;
  /** Paths to look for afterwards. */
  readonly paths: readonly string[];
}

export interface ScriptResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Calls of stubs, in the order in which they began: `name argument argument`. */
  readonly calls: readonly string[];
  readonly present: ReadonlySet<string>;
}

export const scriptLimitMs = 20_000;

/** In place of the folder in which the script runs; known only once it does. */
const folderMark = '{folder}';

/**
 * Runs a script with bash in a folder of its own, as the account of the server, with the stubs before the system's commands.
 * The folder is gone afterwards.
 */
export async function runScript(host: Host, run: ScriptRun): Promise<ScriptResult> {
  const root = `script-${randomBytes(6).toString('hex')}`;
  const here = `${host.folder}/${root}`;
  const inHere = (text: string) => text.replaceAll(folderMark, `${here}/work`);
  try {
    for (const folder of ['', '/bin', '/work']) await host.makeFolder(`${root}${folder}`);
    await host.writeFile(`${root}/calls`, '');
    for (const [name, body] of Object.entries(run.stubs)) {
      await host.writeFile(`${root}/bin/${name}`, stub(name, inHere(body)), 0o700);
    }
    await refuseWrongStubs(host, `${here}/bin`);
    await placeFiles(host, `${here}/work`, run.files);
    await placeFiles(host, here, { script: run.text });
    const env = Object.fromEntries(Object.entries(run.env).map(([name, value]) => [name, inHere(value)]));
    const result = await host.exec(
      // The name stays what messages of the script call it.
      [
        'bash',
        '-c',
        'cd "$1" && PATH="$2:$PATH" && shift 2 && exec bash "$@"',
        'bash',
        `${here}/work`,
        `${here}/bin`,
        '../script',
        ...run.args.map(inHere),
      ],
      { env: { HOME: `${here}/work`, PGATTEST_CALLS: `${here}/calls`, ...env }, timeoutMs: scriptLimitMs },
    );
    if (result.exitCode === 127 && result.stderr.startsWith('cannot run bash'))
      throw new Error(result.stderr.trim());
    const calls = await host.readFile(`${root}/calls`);
    // The place is another one each time, and no part of what happened.
    const placeless = (text: string) =>
      text
        .replaceAll('../script', run.file)
        .replaceAll(`${here}/bin/`, '')
        .replaceAll(`${here}/work`, folderMark);
    return {
      exitCode: result.exitCode,
      stdout: placeless(result.stdout),
      stderr: placeless(result.stderr),
      calls: placeless(calls)
        .split('\n')
        .filter((line) => line !== ''),
      present: await presentOf(host, `${here}/work`, run.paths),
    };
  } finally {
    await host.remove(root);
  }
}

/** Logs its name and arguments on one line, then does what it is told. */
function stub(name: string, body: string): string {
  return `#!/usr/bin/env bash
call="${name} $*"
printf '%s\\n' "\${call//$'\\n'/ }" >> "$PGATTEST_CALLS"
${body}
`;
}

/** One that bash cannot read would pass for a command that fails. */
async function refuseWrongStubs(host: Host, folder: string): Promise<void> {
  const check = 'cd "$1"; for each in *; do [ ! -e "$each" ] || bash -n "$each" || exit 1; done';
  const { exitCode, stderr } = await host.exec(['bash', '-c', check, 'bash', folder]);
  if (exitCode !== 0) throw new Error(`a stub is wrong: ${stderr.trim().replaceAll('\n', '; ')}`);
}

async function presentOf(host: Host, folder: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  // Unquoted on purpose: names with a date in them are looked for by a pattern.
  const { stdout } = await host.exec([
    'bash',
    '-c',
    'cd "$1"; shift; IFS=; for each; do for found in $each; do [ ! -e "$found" ] || { printf "%s\\n" "$each"; break; }; done; done',
    'bash',
    folder,
    ...paths,
  ]);
  return new Set(stdout.split('\n').filter((line) => line !== ''));
}
