import type { Routine } from '../../catalog/catalog.ts';
import type { Dependencies } from '../dependencies.ts';
import type { Mutant } from '../mutant.ts';
import type { Source } from '../source.ts';

/** A set of functions: bit n is the nth of those that can be counted. All bits: whichever it is. */
export type Functions = bigint;

export const anyFunction: Functions = -1n;

/**
 * Which functions statements come to run. The server counts calls in the transaction (track_functions), and rolling back to a savepoint
 * does not take them back. A statement that did not run a function does what it did, whatever becomes of that function's body: up to
 * the first call nothing differs, and there is none.
 */
export class Reach {
  /** In the order of the bits. */
  readonly counted: readonly Routine[];
  readonly #source: Source;
  readonly #dependencies: Dependencies;

  constructor(source: Source, dependencies: Dependencies) {
    this.#source = source;
    this.#dependencies = dependencies;
    this.counted = source.catalog.functions.filter(
      (routine) => source.functions.has(routine.identity) && isCounted(routine),
    );
  }

  /** The functions of which one must have run for the mutant to show; undefined where it may show otherwise. */
  of({ touches, operator }: Mutant): Functions | undefined {
    const [identity, ...more] = touches.functions;
    if (identity === undefined || more.length > 0 || touches.access.length > 0) return undefined;
    // Another privilege shows without a call.
    if (!touches.kinds.includes('structure.function') || touches.triggers.length > 0) return undefined;
    const changed = this.counted.find((routine) => routine.identity === identity);
    // The planner may come to write an SQL function into the statement, which needs the privileges of what it calls at once.
    if (changed === undefined || (changed.language === 'sql' && options.has(operator))) return undefined;
    const callers = this.#dependencies.callers([identity]);
    const telling = [...this.#source.functions.keys()].filter(
      (each) => each === identity || this.#mayHide(each, callers),
    );
    const bits = telling.map((each) => this.counted.findIndex((routine) => routine.identity === each));
    return bits.includes(-1) ? undefined : bits.reduce((all, bit) => all | (1n << BigInt(bit)), 0n);
  }

  /** A call that an error ended is not counted: those that were running are named in the error's context. */
  running(context: string): Functions {
    return this.counted.reduce(
      (all, { name }, bit) =>
        context.includes(`${name}(`) || context.includes(`"${name}"`) ? all | (1n << BigInt(bit)) : all,
      0n,
    );
  }

  /** Whether a function may have run another that raised an error, and caught it: then the other was not counted. */
  #mayHide(identity: string, callers: ReadonlySet<string>): boolean {
    const body = this.#source.functions.get(identity) ?? '';
    if (!/\bexception\s+when\b/i.test(body)) return false;
    return callers.has(identity) || /\b(insert|update|delete|merge|truncate|execute|call)\b/i.test(body);
  }
}

/** Changes of what a function may do, and not of what it does. */
const options: ReadonlySet<string> = new Set(['security-invoker', 'security-definer', 'search-path-dropped']);

/**
 * The planner writes simple SQL functions into the statement and computes immutable ones once for a plan; of a set that is not read to its
 * end no call is counted.
 */
function isCounted({ language, volatility, securityDefiner, settings, returns, kind }: Routine): boolean {
  if (volatility === 'immutable' || (kind !== 'function' && kind !== 'procedure')) return false;
  if (language === 'plpgsql') return true;
  return (securityDefiner || settings.length > 0) && !/^(SETOF|TABLE)\b/i.test(returns);
}
