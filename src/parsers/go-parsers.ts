/** Where a parser says that a text is wrong: line of the text, from 1. */
export interface SyntaxFault {
  readonly line: number;
  readonly message: string;
}

type WithGo = typeof globalThis & { Go?: unknown };

/**
 * Two parsers are Go programs in WebAssembly, and each brings its own `Go` as a global: whichever was loaded last would
 * run both. Each gets its own back for the time it works, one after the other.
 */
class GoParser<M> {
  readonly #load: () => Promise<M>;
  #loaded: { readonly module: M; readonly go: unknown } | undefined;
  static #turn: Promise<unknown> = Promise.resolve();

  constructor(load: () => Promise<M>) {
    this.#load = load;
  }

  use<T>(work: (module: M) => Promise<T>): Promise<T> {
    const run = async () => {
      const scope = globalThis as WithGo;
      if (this.#loaded === undefined) {
        const module = await this.#load();
        this.#loaded = { module, go: scope.Go };
      }
      scope.Go = this.#loaded.go;
      return work(this.#loaded.module);
    };
    const turn = GoParser.#turn.then(run);
    GoParser.#turn = turn.catch(() => {});
    return turn;
  }
}

const shell = new GoParser(() => import('sh-syntax'));
const hcl = new GoParser(() => import('@cdktf/hcl2json'));

/** What is wrong with a shell script (bash), or undefined. */
export function shellFault(text: string): Promise<SyntaxFault | undefined> {
  return shell.use(async ({ parse }) => {
    try {
      await parse(text);
      return undefined;
    } catch (error) {
      const { message, Pos } = error as Error & { readonly Pos?: { readonly Line?: number } };
      return { line: Pos?.Line ?? 1, message };
    }
  });
}

/** What is wrong with an HCL file, or undefined. */
export function hclFault(text: string): Promise<SyntaxFault | undefined> {
  return hcl.use(async ({ parse }) => {
    try {
      await parse('block.tf', text);
      return undefined;
    } catch (error) {
      const found = /block\.tf:(\d+),[^:]*: ([^\n]*)/.exec((error as Error).message);
      return {
        line: Number(found?.[1] ?? 1),
        message: (found?.[2] ?? (error as Error).message).replace(/\.\]?$/, ''),
      };
    }
  });
}

/** An HCL file as JSON: blocks by their type and labels, expressions as `${…}`. Throws what the parser says. */
export function hclJson(text: string): Promise<Record<string, unknown>> {
  return hcl.use(({ parse }) => parse('block.tf', text) as Promise<Record<string, unknown>>);
}
