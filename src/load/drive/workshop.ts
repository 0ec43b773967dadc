import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { endProcesses, endProcessesNow } from '../../cluster/ending.ts';
import { type Machine, thisMachine } from '../../cluster/machine.ts';
import { Owner } from '../../cluster/owner.ts';
import { enlist, type Releasable, strike } from '../../cluster/release.ts';

/**
 * A folder for decks and recordings, and the record of the generators that run: on disk from the moment they exist, so that they
 * go even when this program is killed. Generators run as the caller, who is a client of the servers and none of them.
 */
export class Workshop implements Releasable {
  readonly folder: string;
  readonly #owner: Owner;
  #closing: Promise<void> | undefined;

  constructor(machine: Machine = thisMachine()) {
    this.#owner = Owner.open(machine);
    enlist(this);
    this.folder = path.join(this.#owner.folder, 'load');
    mkdirSync(this.folder, { mode: 0o700 });
  }

  /** Puts a generator on record; the function returned takes it off. */
  adopt(name: string, pid: number): () => void {
    this.#owner.adopt(name, pid, 'SIGINT');
    return () => this.#owner.forget(pid);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  closeNow(): void {
    this.#closing ??= Promise.resolve();
    endProcessesNow(this.#owner, this.#owner.table);
    this.#owner.closeNow();
    strike(this);
  }

  async #close(): Promise<void> {
    await endProcesses(this.#owner, this.#owner.table);
    await this.#owner.close();
    strike(this);
  }
}
