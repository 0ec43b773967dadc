import { chmodSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { containers } from '../../src/cluster/container/client.ts';

/** The way to the daemon, which can be cut: to whoever goes by it that looks as if the daemon had been stopped. */
export class Relay {
  readonly #socket: string;
  readonly #target: string;
  readonly #ends = new Set<Socket>();
  #server: Server | undefined;
  #hangs = false;
  #cutAt: RegExp | undefined;

  private constructor(socket: string, target: string) {
    this.#socket = socket;
    this.#target = target;
  }

  /** Null when the daemon is not on this machine. */
  static async open(folder: string): Promise<Relay | null> {
    const { address } = await containers();
    if (!address.startsWith('unix://')) return null;
    const relay = new Relay(join(folder, 'd.sock'), address.slice('unix://'.length));
    await relay.restore();
    onTestFinished(() => relay.cut());
    return relay;
  }

  /** For the environment of whoever is to go by it. */
  get env(): { readonly DOCKER_HOST: string } {
    return { DOCKER_HOST: `unix://${this.#socket}` };
  }

  /** From now on, or from the first request that matches. */
  cut(at?: RegExp): void {
    this.#cutAt = at;
    if (at !== undefined) return;
    this.#server?.close();
    for (const end of this.#ends) end.destroy();
    rmSync(this.#socket, { force: true });
  }

  /** Takes connections and answers nothing. */
  hang(): void {
    this.#hangs = true;
  }

  async restore(): Promise<void> {
    this.#hangs = false;
    this.#cutAt = undefined;
    rmSync(this.#socket, { force: true });
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#pass(near));
    await new Promise<void>((resolve) => this.#server?.listen(this.#socket, resolve));
    chmodSync(this.#socket, 0o666);
  }

  #pass(near: Socket): void {
    this.#watch(near);
    if (this.#hangs) return;
    const far = connect({ path: this.#target, allowHalfOpen: true });
    this.#watch(far);
    near.on('data', (chunk) => {
      if (this.#cutAt?.test(chunk.toString('latin1'))) this.cut();
      else far.write(chunk);
    });
    near.on('end', () => far.end());
    far.pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }

  #watch(end: Socket): void {
    this.#ends.add(end);
    end.on('error', () => {});
    end.on('close', () => this.#ends.delete(end));
  }
}
