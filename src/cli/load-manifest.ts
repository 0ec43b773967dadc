import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { openPools } from '../data/pools.ts';
import { ConfigError } from '../design/config-error.ts';
import { loadDesign, packageRoot } from '../design/load.ts';
import { writeDeck } from '../load/deck/write-deck.ts';
import { writeManifest } from '../load/distributed/index.ts';
import type { LoadScript } from '../load/drive/scripts.ts';
import { print } from './output.ts';

export interface LoadManifestCommandOptions {
  readonly write: string;
  readonly script: LoadScript;
  readonly mix: string;
  /** In the deck: runners go round in it. */
  readonly transactions: number;
  readonly seed: number;
  readonly scale: number;
  readonly segments: number;
  /** Statements a second of the whole; without it as fast as it goes. */
  readonly rate?: number;
  readonly clients: number;
  readonly seconds: number;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly ca?: string;
  readonly image: string;
  readonly namespace: string;
  readonly secret: string;
  readonly separate?: boolean;
}

/** `pgattest load manifest`: a folder for the k6 operator and for GitHub. */
export async function loadManifest(name: string, options: LoadManifestCommandOptions): Promise<void> {
  const { design } = await loadDesign(name, process.cwd());
  const folder = path.resolve(options.write);
  await emptyFolder(folder);
  const { seed, scale, mix, transactions } = options;
  const world = { seed, scale, now: new Date(), pools: await openPools(seed) };
  const deck = path.join(folder, 'deck.jsonl');
  const written = await writeDeck(deck, design, { world, mix, transactions });
  const perTransaction = (written.reads + written.writes) / written.transactions;
  const { files, deck: place } = await writeManifest(
    folder,
    {
      design: design.name,
      script: `${options.script}.ts`,
      plan: {
        target: {
          name: 'pooler',
          host: options.host,
          port: options.port,
          database: options.database,
          user: options.user,
          ...(options.ca === undefined ? {} : { ca: options.ca }),
          prepare: 'named',
          says: 'over the network',
        },
        clients: options.clients,
        ...(options.rate === undefined ? {} : { rate: options.rate / perTransaction }),
        seconds: options.seconds,
        deadlineMs: 30_000,
      },
      segments: options.segments,
      image: options.image,
      namespace: options.namespace,
      secret: options.secret,
      separate: options.separate === true,
      folderInRepository: inRepository(folder),
    },
    { scripts: path.join(packageRoot, 'load'), deck },
  );
  print(files.map((file) => path.join(options.write, file)).join('\n'));
  if (place === 'image') {
    process.stderr.write('pgattest: the deck is larger than a ConfigMap may be, and goes into the image\n');
  }
}

/** As seen from here; a folder that is elsewhere is to be put into a repository under its own name. */
function inRepository(folder: string): string {
  const relative = path.relative(process.cwd(), folder).replaceAll('\\', '/');
  if (relative === '') return '.';
  return relative.startsWith('../') ? path.basename(folder) : relative;
}

/** What somebody keeps there is not overwritten. */
async function emptyFolder(folder: string): Promise<void> {
  let first: string | undefined;
  try {
    await mkdir(folder, { recursive: true });
    [first] = await readdir(folder);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ConfigError(folder, `no folder can be made there (${code})`, 'give another', { cause });
  }
  if (first !== undefined) {
    throw new ConfigError(folder, `not empty: ${first}`, 'give a folder that is empty or not there');
  }
}
