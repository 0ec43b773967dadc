/** What is pushed comes out of the iteration, in order; it ends when closed, or throws what it was closed with. For one reader. */
export class Queue<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = [];
  #wake: () => void = () => {};
  #closed: { readonly error?: unknown } | undefined;

  push(value: T): void {
    this.#waiting.push(value);
    this.#wake();
  }

  close(end: { readonly error?: unknown } = {}): void {
    this.#closed ??= end;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    for (;;) {
      const next = this.#waiting.shift();
      if (next !== undefined) yield next;
      else if (this.#closed === undefined) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      } else if ('error' in this.#closed) throw this.#closed.error;
      else return;
    }
  }
}
