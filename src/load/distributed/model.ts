import type { LoadPlan } from '../drive/plan.ts';

/** All that a folder for other machines is made of. */
export interface ManifestInput {
  readonly design: string;
  /** File name in load/: `mix.ts`. */
  readonly script: string;
  /** For the whole: each part does its share. Paths in it are set for each place. */
  readonly plan: Omit<LoadPlan, 'deck' | 'recording'>;
  readonly segments: number;
  /** Name under which the runner's image is pushed: `registry.example.com/pgattest-runner:1`. */
  readonly image: string;
  readonly namespace: string;
  /** Secret that has the key PGATTEST_PASSWORD; its value is never asked for. */
  readonly secret: string;
  /** No two runners on one node. */
  readonly separate: boolean;
  /** Where the folder lies in the repository, for GitHub: `ops/load`. */
  readonly folderInRepository: string;
}

/** Where things are in a runner. */
export const inRunner = {
  scripts: '/load',
  plan: '/plan',
  recordings: '/recordings',
  /** When the deck is too large for the ConfigMap. */
  bakedDeck: '/deck/deck.jsonl',
} as const;

/** Kubernetes takes 1 MiB of data in a ConfigMap; a little is left for its keys. */
export const configMapLimit = 1_048_576 - 4_096;

export type DeckPlace = 'config-map' | 'image';

/** Names of the objects, all of one stem. */
export function namesOf(design: string) {
  const stem = `pgattest-${design}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, 40)
    .replace(/-+$/, '');
  return { testRun: stem, configMap: `${stem}-plan`, claim: `${stem}-recordings` } as const;
}
