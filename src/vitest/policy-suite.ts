import { afterAll, beforeAll, describe, type TestContext, test } from 'vitest';
import { aboutData } from '../checks/about-data.ts';
import { checkOf } from '../checks/index.ts';
import type { Claim, Design } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import { actorsOf } from '../scenarios/stage.ts';
import { type Memory, runTrial, type TrialResult } from '../scenarios/trial.ts';
import { partOf, type Share, sharesOf } from './baseline.ts';
import { failureText } from './failure-text.ts';
import { type Only, selects } from './only.ts';
import { type SuiteOptions, startTimeoutMs, testTimeoutMs } from './options.ts';
import { placedDesign } from './placed-design.ts';
import { callerFile, type Place, rulePlace } from './rule-place.ts';
import { openScene, type Scene } from './scene.ts';
import { currentWaiver } from './waived.ts';

export interface PolicySuiteOptions extends SuiteOptions {
  /** Which claims; all by default. */
  readonly only?: Only;
  /**
   * `way` (the default): claims of access and audit get a test for each actor, and one for each way in beside the plain form, by
   * whichever actor. `actor`: one for each actor, all ways in it. `claim`: one for each claim.
   */
  readonly each?: 'way' | 'actor' | 'claim';
}

/** A way is left out where it shows nothing, or not yet. */
const untried = 'the table does not take it, no row is there to try, or the plain form failed';

/**
 * Makes tests of the claims of a design that the database as it is can answer: access, audit, structure. The cluster starts
 * before the first test and is gone after the last. A claim's check runs once, in the first of its tests. Counterexamples
 * are not tried: `pgattest run` does that.
 */
export function policySuite(design: Design, options: PolicySuiteOptions = {}): void {
  const valid = placedDesign(design);
  const from = callerFile();
  const actors = actorsOf(valid).map(({ name }) => name);
  describe(design.name, () => {
    let results: Results | undefined;
    beforeAll(async () => {
      results = await Results.open(valid, options);
    }, startTimeoutMs);
    afterAll(async () => {
      await results?.close();
    });

    const expectHeld = (claim: Claim, share: Share) => async (context: TestContext) => {
      const { id, source, controls } = claim;
      if (results === undefined) throw new Error('the cluster did not start');
      const part = partOf(await results.of(claim), share, actors);
      const rule = claim.check === undefined ? undefined : rulePlace(from, claim.check);
      const failure = failureText(claim, part, rule);
      if (failure !== undefined) {
        const waiver = currentWaiver(valid, claim);
        if (waiver !== undefined) context.skip(`${waiver}: ${failure.split('\n', 1)[0]}`);
        await context.annotate([id, source.file, ...controls].join(' · '), 'pgattest');
        throw failureAt(failure, rule);
      }
      if (part.looked > 0) return;
      if (share.kind === 'actor') context.skip(`nothing is tried as ${share.actor}`);
      if (share.kind === 'way') context.skip(`not tried: ${untried}`);
    };

    for (const claim of design.claims) {
      if (claim.check === undefined || isElsewhere(claim.check.kind) || !selects(options.only, claim))
        continue;
      const { id, source, controls } = claim;
      const settings = { timeout: testTimeoutMs, meta: { pgattest: { claim: id, source, controls } } };
      const name = `${id}: ${claim.says}`;
      const shares = sharesOf(claim, actors, options.each === 'actor' ? [] : valid.access);
      const [only] = shares;
      if (only?.kind === 'all' || options.each === 'claim') {
        test(name, settings, expectHeld(claim, { kind: 'all', name }));
        continue;
      }
      describe(name, () => {
        for (const share of shares) test(share.name, settings, expectHeld(claim, share));
      });
    }
  });
}

/** What speaks of the data, or of servers around the primary: a suite has one server, and scenarios of their own have these. */
function isElsewhere(kind: string): boolean {
  const check = checkOf(kind);
  const elsewhere = ['cluster', 'own'].includes(check?.isolation ?? '');
  return aboutData.includes(kind) || elsewhere || check?.family === 'load';
}

/** Its only frame is the rule: that is the line to look at, and reporters show it. */
function failureAt(message: string, rule: Place | undefined): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}${rule === undefined ? '' : `\n    at rule (${rule.file}:${rule.line}:1)`}`;
  return error;
}

/** Results of the checks of a design, each run when it is first asked for, one after the other. */
class Results {
  readonly #scene: Scene;
  readonly #known = new Map<string, Promise<TrialResult>>();
  /** What the rules say of the data, which all claims share. */
  readonly #memory: Memory = new Map();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(scene: Scene) {
    this.#scene = scene;
  }

  static async open(design: ValidDesign, options: SuiteOptions): Promise<Results> {
    return new Results(await openScene(design, options));
  }

  of(claim: Claim): Promise<TrialResult> {
    const known = this.#known.get(claim.id);
    if (known !== undefined) return known;
    // One after the other, also when tests are made concurrent.
    const result = this.#last.then(() => this.#run(claim));
    this.#last = result.catch(() => undefined);
    this.#known.set(claim.id, result);
    return result;
  }

  async #run({ id, check: call }: Claim): Promise<TrialResult> {
    const check = call === undefined ? undefined : checkOf(call.kind);
    if (call === undefined || check === undefined) throw new Error(`no check for ${id}`);
    // On a connection of its own: a setting that served somebody is empty from then on, and no longer unset.
    const client = await this.#scene.connect();
    try {
      return await runTrial(this.#scene.bench(client), check, call, { memory: this.#memory });
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#scene.close();
  }
}
