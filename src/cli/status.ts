import pc from 'picocolors';
import { connectionUrl } from '../cluster/named/endpoints.ts';
import { findNamed, type NamedCluster, namedClusters } from '../cluster/named/find.ts';
import { healthOf, type ServerHealth } from '../cluster/named/health.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { colorOf, print } from './output.ts';
import { renderStatus } from './render-status.ts';

export interface StatusCommandOptions {
  readonly secrets?: boolean;
  readonly json?: boolean;
}

/** A named cluster and how each of its servers is. */
export interface ClusterStatus {
  readonly cluster: NamedCluster;
  readonly servers: readonly ServerHealth[];
}

/** `pgattest status`: exit code 0 when all is well, 3 when something is down. */
export async function status(name: string | undefined, options: StatusCommandOptions): Promise<void> {
  const found =
    name === undefined ? await namedClusters() : [await findNamed(name)].filter((each) => each !== undefined);
  const all = await Promise.all(
    found.map(async (cluster) => ({ cluster, servers: await serversOf(cluster) })),
  );
  const well = all.every(
    (each) => each.servers.length > 0 && each.servers.every(({ state }) => state === 'up'),
  );
  process.exitCode = well && (name === undefined || all.length > 0) ? exitCodes.proved : exitCodes.unproved;
  const masked = options.secrets !== true;
  if (options.json === true)
    return print(
      JSON.stringify(
        all.map((each) => describe(each, masked)),
        null,
        2,
      ),
    );
  if (all.length === 0)
    return print(name === undefined ? 'no clusters are up' : `no cluster named ${name} is up`);
  const colors = pc.createColors(colorOf(process.stdout));
  print(all.map((each) => renderStatus(each, { masked, colors, now: new Date() })).join('\n\n'));
}

async function serversOf({ kept, state }: NamedCluster): Promise<readonly ServerHealth[]> {
  return state === 'running' ? healthOf(kept) : [];
}

function describe({ cluster, servers }: ClusterStatus, masked: boolean) {
  const { kept, state, folder } = cluster;
  const { name, design, seed, scale, source, server, since, notes } = kept;
  const endpoints = Object.fromEntries(
    kept.endpoints.map((each) => [each.role, connectionUrl(each, kept, masked)]),
  );
  return { name, design, seed, scale, source, server, since, notes, state, folder, servers, endpoints };
}
