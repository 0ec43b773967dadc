import type { LoadBench } from './bench.ts';

/**
 * One bench for checks that follow one another: opened by the first, so that the others find decks that are drawn and connections of the
 * pooler that are warm.
 */
export class KeptBench {
  #bench: Promise<LoadBench> | undefined;

  /** The one that is open, else the one that `open` opens. */
  async take(open: () => Promise<LoadBench>): Promise<LoadBench> {
    this.#bench ??= open();
    try {
      return await this.#bench;
    } catch (error) {
      this.#bench = undefined;
      throw error;
    }
  }

  /** Closes it, if it is open, and has the pooler as it was: who comes next may look at that, or give the role another password. */
  async close(): Promise<void> {
    await (await this.#taken())?.close();
  }

  /** As `close`, where the pooler goes anyway. */
  async discard(): Promise<void> {
    await (await this.#taken())?.discard();
  }

  async #taken(): Promise<LoadBench | undefined> {
    const bench = this.#bench;
    this.#bench = undefined;
    // One that was not opened has nothing to close.
    return bench?.catch(() => undefined);
  }
}
