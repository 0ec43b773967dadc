import { readdirSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * When each server began, by its log, which is made as it starts: the phases of a start without a word of the cluster itself. Seen
 * from outside, so to a few milliseconds.
 */
export async function watchLogs(
  folder: () => string | undefined,
  until: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  while (!until.aborted) {
    const below = folder();
    if (below !== undefined)
      for (const name of logs(below)) if (!seen.has(name)) seen.set(name, performance.now());
    await delay(2);
  }
  return seen;
}

function logs(folder: string): readonly string[] {
  try {
    return readdirSync(folder).flatMap((name) => {
      const server = /^(.+?)-[0-9a-z]+(?:-\d+)?\.log$/.exec(name)?.[1];
      return server !== undefined && statSync(`${folder}/${name}`).isFile() ? [server] : [];
    });
  } catch {
    return [];
  }
}
