import type { Recovered, Scene, Seen } from '../../model.ts';

/** Nothing came back: the database is as the disaster left it, and the observations say why. */
export function notRecovered({ cluster, database }: Scene, seen: readonly Seen[]): Recovered {
  return { server: cluster.primary, database, serving: false, seen };
}
