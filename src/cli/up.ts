import type { On } from '../cluster/binaries.ts';
import { connectionUrl } from '../cluster/named/endpoints.ts';
import type { Kept } from '../cluster/named/kept.ts';
import { ConfigError } from '../design/config-error.ts';
import { loadDesign } from '../design/load.ts';
import { raise } from '../scenarios/raise.ts';
import { interruptible } from './interrupt.ts';
import { print } from './output.ts';
import { progress } from './progress.ts';

export interface UpCommandOptions {
  readonly on: On;
  readonly name?: string;
  readonly seed: number;
  readonly scale: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `pgattest up` */
export async function up(design: string, options: UpCommandOptions): Promise<void> {
  const loaded = await loadDesign(design, process.cwd());
  const name = options.name ?? loaded.design.name;
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name)) {
    throw new ConfigError(
      options.name === undefined ? name : `--name ${name}`,
      'not a name of a cluster',
      'use at most 40 lower-case letters, digits, hyphens and underscores',
    );
  }
  const { on, seed, scale } = options;
  const show = progress(options.quiet === true);
  const { kept, before } = await interruptible((signal) =>
    raise({ loaded, name, on, seed, scale, signal, onEvent: show.onEvent }),
  ).finally(() => show.done());
  if (options.json === true) print(JSON.stringify({ ...describe(kept), before }, null, 2));
  else print(endpointLines(kept, false).join('\n'));
  for (const note of kept.notes) show.note(`note: ${note}`);
  show.note(
    `${name} ${before ? 'was up already' : 'is up'}; pgattest status ${name} shows it, pgattest down ${name} removes it`,
  );
}

function describe(kept: Kept) {
  const { name, design, seed, scale, source, server, since, notes } = kept;
  const endpoints = Object.fromEntries(
    kept.endpoints.map((each) => [each.role, connectionUrl(each, kept, false)]),
  );
  return { name, design, seed, scale, source, server, since, notes, endpoints };
}

/** `writer  postgres://…`, a line for each way in. */
export function endpointLines(kept: Kept, masked: boolean): readonly string[] {
  return kept.endpoints.map((each) => `${each.role.padEnd(6)}  ${connectionUrl(each, kept, masked)}`);
}
