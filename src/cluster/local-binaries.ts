import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { Machine } from './machine.ts';
import { processTable } from './process-table.ts';
import { runCommand } from './run-command.ts';
import { isRunnable, isVersion15, type Search, serverVersion } from './server-version.ts';

const hint = 'install PostgreSQL 15 (Debian: apt install postgresql-15) or use --on embedded';

/** Folders in which packages keep the programs of PostgreSQL 15: Debian, Fedora and Red Hat, Homebrew, Postgres.app. */
const known = [
  '/usr/lib/postgresql/15/bin',
  '/usr/pgsql-15/bin',
  '/opt/homebrew/opt/postgresql@15/bin',
  '/usr/local/opt/postgresql@15/bin',
  '/home/linuxbrew/.linuxbrew/opt/postgresql@15/bin',
  '/Applications/Postgres.app/Contents/Versions/15/bin',
];

/** Finds an installed PostgreSQL 15: on the PATH, where packages put it, or where pg_config points to. */
export async function findLocal(machine: Machine, signal?: AbortSignal): Promise<Search> {
  let unfit: Missing | undefined;
  for await (const bin of candidates(machine, signal)) {
    const found = await judge(bin, machine, signal);
    if (found.status === 'found') return found;
    unfit ??= found;
  }
  return unfit ?? missing('no-postgres', 'no PostgreSQL 15 is installed here');
}

type Missing = Extract<Search, { status: 'missing' }>;

async function judge(bin: string, machine: Machine, signal?: AbortSignal): Promise<Search> {
  const found = await serverVersion(bin, machine, signal);
  if ('problem' in found) return missing('no-postgres', `${bin}/postgres does not run: ${found.problem}`);
  const { version } = found;
  if (!isVersion15(version)) return missing('wrong-version', `${bin} is PostgreSQL ${version}, not 15`);
  if (!isRunnable(path.join(bin, 'initdb'))) {
    return missing('no-postgres', `${bin} holds PostgreSQL ${version} without initdb`);
  }
  return { status: 'found', bin, version, where: `PostgreSQL ${version} is installed in ${bin}` };
}

function missing(code: Missing['code'], why: string): Missing {
  return { status: 'missing', code, why, hint };
}

/** Folders that hold a server, without repetition. pg_config is asked last: it takes a process. */
async function* candidates(machine: Machine, signal?: AbortSignal): AsyncGenerator<string, void, void> {
  const seen = new Set<string>();
  const fresh = (folders: readonly string[]) =>
    folders
      .map((folder) => path.join(folder, 'postgres'))
      .filter(isRunnable)
      // Often there are links on the PATH to some of the programs; the folder they point to has all of them.
      .map((program) => path.dirname(realpathSync(program)))
      .filter((folder) => !seen.has(folder) && seen.add(folder));
  const onPath = machine.env.path.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  yield* fresh([...onPath, ...known]);
  for (const program of onPath.map((folder) => path.join(folder, 'pg_config')).filter(isRunnable)) {
    const setting = { machine, user: null, folder: '/' };
    const { result } = runCommand([program, '--bindir'], setting, processTable(machine.platform), {
      timeoutMs: 10_000,
      ...(signal === undefined ? {} : { signal }),
    });
    const { exitCode, stdout } = await result;
    if (exitCode === 0) yield* fresh([stdout.trim()]);
  }
}
