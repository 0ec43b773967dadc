import type { Kept } from './named/kept.ts';

/** What the end of the program must wait for, or do by force. */
export interface Releasable {
  close(): Promise<void>;
  closeNow(): void;
}

/**
 * Why something outlives the program: a cluster that was kept, with the certificate (PEM) of its authority, or the folder of one with
 * which it goes.
 */
export type Keeping =
  | { readonly kept: Omit<Kept, 'authority'>; readonly ca: string }
  | { readonly partOf: string };

/** A host that can outlive the program. */
export interface Keepable extends Releasable {
  keep(keeping: Keeping): void;
}

const live = new Set<Releasable>();

export function enlist(thing: Releasable): void {
  live.add(thing);
}

export function strike(thing: Releasable): void {
  live.delete(thing);
}

/** The hosts that the end of this program would close. */
export function enlistedHosts(): readonly Keepable[] {
  return [...live].filter((each): each is Keepable => 'keep' in each);
}

/** Closes every live host of this process: for SIGINT and SIGTERM. Safe to call twice, and at any time. */
export async function releaseAll(): Promise<void> {
  while (live.size > 0) {
    const closing = await Promise.allSettled([...live].map((each) => each.close()));
    const failed = closing.find((each) => each.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}

/** As `releaseAll`, by force and before it returns: for `process.on('exit')` and a second Ctrl-C. */
export function releaseAllNow(): void {
  for (const each of [...live]) each.closeNow();
}
