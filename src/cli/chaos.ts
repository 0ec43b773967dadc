import { readFileSync } from 'node:fs';
import { scheduleWay } from '../checks/recovery/chaos.ts';
import { ConfigError } from '../design/config-error.ts';
import type { Claim } from '../design/design.ts';
import { type LoadedDesign, loadDesign } from '../design/load.ts';
import type { Evidence } from '../evidence/index.ts';
import { shrink } from '../recovery/chaos/shrink.ts';
import { parseSteps, type Step, saySteps } from '../recovery/chaos/step.ts';
import { print } from './output.ts';
import { progress } from './progress.ts';
import { carryOut, type RunCommandOptions, runLoaded } from './run.ts';

export interface ChaosOptions extends Omit<RunCommandOptions, 'scenario'> {
  readonly minutes: number;
  /** Steps, or `@` and the path of a file that holds them. */
  readonly steps?: string;
  /** How many shorter sequences may be tried where one fails. */
  readonly shrink: number;
}

const most = 2 ** 32 - 1;

/** `pgattest chaos`: faults one after another, as a seed decides, and the shortest sequence that fails where one does. */
export async function chaos(name: string, options: ChaosOptions): Promise<void> {
  if (options.seed > most)
    throw new ConfigError('--seed', `${options.seed} is too large`, `use at most ${most}`);
  if (options.minutes > 24 * 60)
    throw new ConfigError('--minutes', `${options.minutes} is more than a day`, 'use at most 1440');
  const given = options.steps === undefined ? undefined : stepsOf(options.steps);
  const loaded = await loadDesign(name, process.cwd());
  const asked = { ...options, scenario: 'drill' };
  const { evidence } = await runLoaded(claiming(loaded, options, given), asked);
  if (options.shrink === 0 || !isRefuted(evidence)) return;
  const failed = given ?? stepsSeen(evidence);
  if (failed === undefined) return;
  const show = progress(options.quiet === true);
  const { shortest, tries, minimal } = await shrink(
    failed,
    async (steps) => {
      const tried = await carryOut(
        claiming(loaded, options, steps),
        { ...asked, quiet: true },
        progress(true),
      );
      const fails = isRefuted(tried.evidence);
      show.note(`${fails ? 'fails' : 'holds'}: ${saySteps(steps)}`);
      return fails;
    },
    options.shrink,
  );
  const found = `${shortest.length} of ${failed.length} steps fail, found in ${tries} tries${minimal ? '' : ', which ran out: fewer may fail too'}`;
  const line = `${found}:\n--steps '${saySteps(shortest)}'\n`;
  // Standard output holds the JSON and nothing else.
  if (options.json === true) process.stderr.write(line);
  else print(line);
}

function stepsOf(text: string): readonly Step[] {
  if (!text.startsWith('@')) return parseSteps(text, '--steps');
  const file = text.slice(1);
  try {
    return parseSteps(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(
      `--steps ${text}`,
      (error as Error).message,
      'name a file that holds steps, or write the steps',
    );
  }
}

/** The design with this one claim, whether it has one of chaos or not. */
function claiming(
  loaded: LoadedDesign,
  { seed, minutes }: ChaosOptions,
  steps: readonly Step[] | undefined,
): LoadedDesign {
  const { design } = loaded;
  const claim: Claim = {
    id: `${design.name}.chaos`,
    says: 'Whatever breaks, one thing after another, what was acknowledged is there and writes go on.',
    family: 'recovery',
    controls: [],
    source: design.source,
    check: {
      kind: 'recovery.chaos',
      seed,
      minutes,
      ...(steps === undefined ? {} : { steps: saySteps(steps) }),
    },
  };
  return { ...loaded, design: { ...design, claims: [claim], waivers: [] } };
}

const isRefuted = ({ records }: Evidence) =>
  records.some(({ entry }) => entry.type === 'verdict' && entry.verdict === 'refuted');

/** What the seed came to on this host, and with this design. */
function stepsSeen({ records }: Evidence): readonly Step[] | undefined {
  for (const { entry } of records) {
    if (entry.type === 'observation' && entry.trial === 'baseline' && entry.way === scheduleWay)
      return parseSteps(entry.statement, 'evidence');
  }
  return undefined;
}
