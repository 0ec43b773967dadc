import { createReadStream } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { ConfigError } from '../../design/config-error.ts';
import { workflowOf } from './github.ts';
import { claimOf, configMapOf, planText, testRunOf } from './kubernetes.ts';
import { configMapLimit, type DeckPlace, type ManifestInput } from './model.ts';
import { Claim, ConfigMap, TestRun, Workflow } from './schemas.ts';
import { dockerfile, dockerIgnore, readme } from './texts.ts';

export interface ManifestFiles {
  /** Written, in this order, relative to the folder. */
  readonly files: readonly string[];
  readonly deck: DeckPlace;
}

export interface ManifestSources {
  /** load/ of the package. */
  readonly scripts: string;
  /** A deck that is written already; it is copied when it is not in the folder. */
  readonly deck: string;
}

/** Writes a folder that runs a load on other machines. It must be empty or not there. Throws ConfigError for names that no cluster takes. */
export async function writeManifest(
  folder: string,
  input: ManifestInput,
  { scripts, deck }: ManifestSources,
): Promise<ManifestFiles> {
  const { size } = await stat(deck);
  const plan = Buffer.byteLength(planText(input, 'config-map'));
  const place: DeckPlace = size + plan <= configMapLimit ? 'config-map' : 'image';
  const deckText = place === 'config-map' ? await readFile(deck, 'utf8') : '';
  const texts: Record<string, string> = {
    'README.md': readme(input, place, size),
    'testrun.yaml': yaml(TestRun, testRunOf(input)),
    'plan.yaml': yaml(ConfigMap, configMapOf(input, place, deckText)),
    'recordings.yaml': yaml(Claim, claimOf(input)),
    'github/load.yml': yaml(Workflow, workflowOf(input)),
    'load.json': planText(input, place),
    Dockerfile: dockerfile(place),
    '.dockerignore': dockerIgnore,
  };
  await mkdir(path.join(folder, 'github'), { recursive: true });
  for (const [name, text] of Object.entries(texts)) await writeFile(path.join(folder, name), text);
  const kept = path.join(folder, 'deck.jsonl');
  if (path.resolve(deck) !== path.resolve(kept)) await writeFile(kept, createReadStream(deck));
  await cp(scripts, path.join(folder, 'image'), {
    recursive: true,
    filter: (from) => !/_test\.go$|[/\\]testdata$/.test(from),
  });
  await arrange(folder);
  return { files: [...Object.keys(texts), 'deck.jsonl', 'image/k6/', 'image/load/'], deck: place };
}

/** The package has the Go module below the scripts; the image's layers want them apart. */
async function arrange(folder: string): Promise<void> {
  const image = path.join(folder, 'image');
  const scripts = path.join(image, 'load');
  await mkdir(scripts);
  for (const name of await readdir(image)) {
    if (name !== 'k6' && name !== 'load') await rename(path.join(image, name), path.join(scripts, name));
  }
}

/** As YAML, after its shape was checked. */
export function yaml<Schema extends z.ZodType>(schema: Schema, value: z.infer<Schema>): string {
  const { success, error } = schema.safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    throw new ConfigError(
      `load manifest: ${issue?.path.join('.') ?? ''}`,
      issue?.message ?? 'not of the shape that is wanted',
      'choose another name or value',
    );
  }
  return stringify(value, { lineWidth: 0 });
}
