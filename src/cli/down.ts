import { type TakenDown, takeDown } from '../cluster/named/down.ts';
import { findNamed, namedClusters } from '../cluster/named/find.ts';
import { reapOrphans } from '../cluster/reap.ts';
import { ConfigError } from '../design/config-error.ts';
import { print } from './output.ts';

export interface DownCommandOptions {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `pgattest down`: exit code 0 also when there is nothing of that name. */
export async function down(name: string | undefined, options: DownCommandOptions): Promise<void> {
  if ((name === undefined) === (options.all !== true)) {
    throw new ConfigError('pgattest down', 'one name, or --all', 'pgattest status lists the names');
  }
  const found =
    name === undefined ? await namedClusters() : [await findNamed(name)].filter((each) => each !== undefined);
  const taken: TakenDown[] = [];
  const failed: unknown[] = [];
  // One that cannot be reached must not keep the others up.
  for (const each of found)
    await takeDown(each).then(
      (one) => taken.push(one),
      (error: unknown) => failed.push(error),
    );
  // What an earlier one that was killed had begun.
  await reapOrphans();
  if (options.json === true) print(JSON.stringify(taken, null, 2));
  else if (taken.length > 0) print(taken.map(downLine).join('\n'));
  else if (failed.length === 0)
    print(name === undefined ? 'no clusters are up' : `no cluster named ${name} is up`);
  if (failed.length > 0) throw failed[0];
}

/** Servers by name; their children are many and have none. */
function downLine({ name, folder, processes, milliseconds }: TakenDown): string {
  const servers = processes.filter((each) => !each.startsWith('process '));
  const ended = servers.length === 0 ? '' : `ended ${servers.join(', ')}, `;
  return `${name} is down: ${ended}removed ${folder} (${(milliseconds / 1000).toFixed(1)} s)`;
}
