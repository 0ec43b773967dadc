import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { findBinaries } from '../../../src/cluster/binaries.ts';
import { thisMachine } from '../../../src/cluster/machine.ts';
import { processTable } from '../../../src/cluster/process-table.ts';
import { serverUser } from '../../../src/cluster/server-user.ts';
import { until } from '../../../src/cluster/until.ts';

/** What is not ours: a server of the same account in a folder beside ours, and a folder that looks like one of ours. */
export interface Bystander {
  readonly folder: string;
  /** Throws when it is not as it was. */
  check(): Promise<void>;
  end(): Promise<void>;
}

export async function startBystander(tmp: string): Promise<Bystander> {
  const machine = thisMachine();
  const { bin } = await findBinaries('auto', machine);
  const user = serverUser(machine);
  const folder = join(tmp, 'bystander');
  mkdirSync(folder, { mode: 0o700 });
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const as = user === null ? {} : { uid: user.uid, gid: user.gid };
  const data = join(folder, 'data');
  const made = spawnSync(join(bin, 'initdb'), ['-D', data, '-A', 'trust', '-N', '-U', 'postgres'], {
    cwd: folder,
    env: { LC_ALL: 'C' },
    encoding: 'utf8',
    ...as,
  });
  if (made.status !== 0) throw new Error(made.stderr);
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', data, '-c', 'listen_addresses=', '-c', `unix_socket_directories=${folder}`],
    { cwd: folder, env: { LC_ALL: 'C' }, stdio: 'ignore', detached: true, ...as },
  );
  const beside = lookalike(tmp, child);
  const answers = () =>
    answer(folder).then(
      () => true,
      () => false,
    );
  if (!(await until(answers, 30_000))) throw new Error('the bystander does not start');
  const start = processTable(machine.platform).startOf(child.pid ?? 0);
  return {
    folder,
    async check() {
      if (processTable(machine.platform).startOf(child.pid ?? 0) !== start || start === undefined)
        throw new Error('a server that is not ours was ended');
      await answer(folder);
      if (beside.content() !== beside.before) throw new Error('a folder that is not ours was touched');
    },
    async end() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGINT');
      await ended;
    },
  };
}

/** Beside the base of runs, with a record that would have the bystander ended, were it believed. */
function lookalike(tmp: string, child: ChildProcess) {
  const folder = join(tmp, 'pgattest-elsewhere', 'aaaaaa');
  mkdirSync(folder, { recursive: true });
  const { pid = 0 } = child;
  const start = processTable(process.platform).startOf(pid) ?? '';
  const processes = [{ name: 'primary', pid, start, stop: 'SIGQUIT' }];
  const record = {
    schema: 'pgattest.owner/1',
    pid: 1,
    start: '0',
    space: '',
    since: '',
    processes,
    segments: [],
  };
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(record));
  const content = () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
  return { content, before: content() };
}

async function answer(folder: string): Promise<void> {
  const client = new pg.Client({
    host: folder,
    port: 5432,
    user: 'postgres',
    database: 'postgres',
    ssl: false,
  });
  client.on('error', () => {});
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
}
