import type pc from 'picocolors';
import type { ServerHealth } from '../cluster/named/health.ts';
import type { ClusterStatus } from './status.ts';
import { endpointLines } from './up.ts';

type Colors = ReturnType<typeof pc.createColors>;

/** A named cluster for people: what it is, each server, each way in. */
export function renderStatus(
  { cluster, servers }: ClusterStatus,
  { masked, colors, now }: { readonly masked: boolean; readonly colors: Colors; readonly now: Date },
): string {
  const { kept, state, folder } = cluster;
  const age = duration((now.getTime() - Date.parse(kept.since)) / 1000);
  const head = [
    `design ${kept.design}`,
    `${kept.server}, ${kept.source}`,
    `seed ${kept.seed}, scale ${kept.scale}`,
    `since ${kept.since} (${age})`,
  ];
  const lines = [`${colors.bold(kept.name)}  ${head.join(' · ')}`];
  if (state === 'dead') {
    lines.push(
      `  ${colors.red('dead')}: none of its servers is there any more; pgattest down ${kept.name} removes its files in ${folder}`,
    );
    return lines.join('\n');
  }
  if (state === 'unknown') {
    lines.push(`  ${colors.yellow('unknown')}: ${cluster.why}`);
    return lines.join('\n');
  }
  const width = Math.max(...servers.map(({ name }) => name.length));
  lines.push(...servers.map((each) => `  ${serverLine(each, width, colors)}`));
  lines.push(...kept.notes.map((note) => `  note: ${note}`));
  lines.push(...endpointLines(kept, masked).map((line) => `  ${line}`));
  return lines.join('\n');
}

function serverLine(server: ServerHealth, width: number, colors: Colors): string {
  const color = { up: colors.green, unwell: colors.yellow, down: colors.red }[server.state];
  const address = server.host === undefined ? '' : `${server.host}:${server.port}`;
  const says = [server.why, factsOf(server)].filter((each) => each !== undefined && each !== '').join('; ');
  return `${server.name.padEnd(width)}  ${color(server.state.padEnd(6))}  ${address.padEnd(15)}  ${says}`;
}

function factsOf({ kind, facts, state }: ServerHealth): string {
  if (state === 'down') return '';
  const of = (name: string) => facts[name] ?? '?';
  switch (kind) {
    case 'primary':
      return `${of('connections')} of ${of('maxConnections')} connections`;
    case 'replica':
      return `${of('lagBytes')} bytes behind, ${seconds(facts.lagSeconds)}`;
    case 'pooler':
      return `${of('clients')} of ${of('maxClients')} clients, ${of('servers')} of ${of('maxServers')} server connections`;
    case 'archive':
      return `${of('archived')} files, ${of('failures')} failures${
        facts.lastSegment == null ? '' : `, last ${facts.lastSegment}, ${seconds(facts.secondsAgo)} ago`
      }`;
  }
}

function seconds(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '? s' : `${Number(value).toFixed(1)} s`;
}

function duration(whole: number): string {
  if (whole < 120) return `${Math.round(whole)} s`;
  if (whole < 7_200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3_600)} h`;
  return `${Math.round(whole / 86_400)} days`;
}
