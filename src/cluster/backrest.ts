import path from 'node:path';
import { type Archive, archiving, same, shell, storedIn } from './archive.ts';
import { ClusterError } from './error.ts';
import type { ExecResult, Host } from './host.ts';
import type { Program } from './site.ts';

export interface BackrestOptions {
  readonly program: Program;
  readonly timeout: string;
  /** Data folder of the primary. */
  readonly data: string;
}

const stanza = 'pgattest';

/** A pgBackRest repository as the archive: segments are pushed to it, and backups have a place beside them. */
export async function makeRepository(
  host: Host,
  { program, timeout, data }: BackrestOptions,
): Promise<Archive> {
  const folder = path.join(host.folder, 'backrest');
  await host.makeFolder(folder);
  const below = (name: string) => path.join(folder, name);
  const repository = below('repository');
  await host.makeFolder(repository);
  const file = below('pgbackrest.conf');
  await host.writeFile(
    file,
    `[global]
repo1-path=${repository}
lock-path=${below('lock')}
log-level-console=warn
log-level-file=off
start-fast=y
# Each file that it stores is flushed, and a data folder has a thousand small ones.
repo1-bundle=y
compress-level=1
# Nothing goes unless a check lets it go.
repo1-retention-full=9999999

[${stanza}]
pg1-path=${data}
pg1-user=postgres
`,
  );
  const base = [program.path, `--config=${file}`, `--stanza=${stanza}`];
  const push = base.map(shell).join(' ');
  const { stdout } = await host.exec([program.path, 'version']);
  return {
    says: `the archive is a repository of ${stdout.trim()}`,
    settings: archiving(`${push} archive-push "%p"`, timeout),
    // It refuses to push from another folder than it was told.
    settingsFor: (other) => archiving(`${push} ${shell(`--pg1-path=${other}`)} archive-push "%p"`, timeout),
    store: { kind: 'pgbackrest', command: base, repository, stanza },
    prepare: async ({ socketFolder, place }) => {
      const server = [`--pg1-socket-path=${socketFolder}`, `--pg1-port=${place.port}`];
      explainBackrest(await host.exec([...base, ...server, 'stanza-create'], { timeoutMs: 60_000 }));
    },
    holds: async (segment, primary) => {
      const copy = below(`seen-${segment}`);
      try {
        const { exitCode } = await host.exec(
          [...base, `--pg1-path=${primary.data}`, 'archive-get', segment, copy],
          { timeoutMs: 30_000 },
        );
        return exitCode === 0 && (await same(host, `${primary.data}/pg_wal/${segment}`, copy));
      } finally {
        await host.remove(copy);
      }
    },
    files: () => storedIn(host, path.join(repository, 'archive')),
  };
}

/** Throws ClusterError with the tool's own words when a call of it failed. */
export function explainBackrest({ exitCode, stdout, stderr }: ExecResult): void {
  if (exitCode === 0) return;
  const lines = `${stdout}\n${stderr}`.trim().split('\n');
  const words = lines.find((line) => /ERROR/.test(line)) ?? lines.at(-1) ?? '';
  throw new ClusterError(
    'start-failed',
    `pgBackRest: ${words.replace(/^.*?ERROR:\s*/, '')}`,
    'see pgattest doctor',
    {
      log: lines.slice(-20),
    },
  );
}
