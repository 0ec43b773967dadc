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
  const taken = [];
  for (const each of found) taken.push(await takeDown(each));
  // What an earlier one that was killed had begun.
  await reapOrphans();
  if (options.json === true) return print(JSON.stringify(taken, null, 2));
  if (taken.length === 0)
    return print(name === undefined ? 'no clusters are up' : `no cluster named ${name} is up`);
  print(taken.map(downLine).join('\n'));
}

/** Servers by name; their children are many and have none. */
function downLine({ name, folder, processes, milliseconds }: TakenDown): string {
  const servers = processes.filter((each) => !each.startsWith('process '));
  const ended = servers.length === 0 ? '' : `ended ${servers.join(', ')}, `;
  return `${name} is down: ${ended}removed ${folder} (${(milliseconds / 1000).toFixed(1)} s)`;
}
