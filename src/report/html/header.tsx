import { type RunView, standings } from '../../evidence/view.ts';
import { binaryBytes, duration, grouped, oneLine, plural, utc } from '../text.ts';
import { Mark, marks } from './words.tsx';

/** What the run found, and which run it was. */
export function Header({ view }: { view: RunView }) {
  return (
    <header>
      <p class="kicker">pgattest evidence report</p>
      <h1>{oneLine(view.plan.title)}</h1>
      <Conclusion view={view} />
      <Tiles view={view} />
      <Facts view={view} />
    </header>
  );
}

function Conclusion({ view }: { view: RunView }) {
  const { refuted, unproved, proved, waived } = view.counts;
  const counted = refuted + unproved + proved;
  const standing = refuted > 0 ? 'refuted' : view.earned === 0 ? 'proved' : 'unproved';
  return (
    <>
      <p class={`lead ${standing}`}>
        <b aria-hidden="true">{marks[standing].symbol}</b> {sentence(refuted, unproved, counted)}
        {waived > 0 && ` ${plural(waived, 'promise')} waived, not counted.`}
      </p>
      {!view.complete && (
        <p class="alarm" role="alert">
          <b>This run is incomplete.</b> {oneLine(view.end?.entry.reason ?? 'It died before its end')}. What
          is missing is unproved.
        </p>
      )}
    </>
  );
}

function sentence(refuted: number, unproved: number, counted: number): string {
  if (counted === 0) return 'No promise was checked.';
  const of = `of ${plural(counted, 'promise')}`;
  if (refuted === 0 && unproved === 0)
    return counted === 1 ? 'The one promise is proved.' : `All ${grouped(counted)} promises are proved.`;
  const is = (count: number) => (count === 1 ? 'is' : 'are');
  if (refuted === 0) return `${grouped(unproved)} ${of} ${is(unproved)} unproved.`;
  const rest = unproved === 0 ? '' : ` ${grouped(unproved)} more ${is(unproved)} unproved.`;
  return `${grouped(refuted)} ${of} ${is(refuted)} refuted.${rest}`;
}

function Tiles({ view }: { view: RunView }) {
  return (
    <ul class="tiles">
      {standings
        .filter((standing) => standing !== 'waived' || view.counts.waived > 0)
        .map((standing) => (
          <li>
            <a href="#promises" data-tile={standing}>
              <strong>{grouped(view.counts[standing])}</strong>
              <Mark standing={standing} />
            </a>
          </li>
        ))}
    </ul>
  );
}

function Facts({ view }: { view: RunView }) {
  const { plan, end, environment } = view;
  const took = end && duration(Date.parse(end.at) - Date.parse(plan.startedAt));
  const machine = environment?.entry.machine;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Design', plan.design],
    ['Scenario', plan.only === undefined ? plan.scenario : `${plan.scenario}, only ${plan.only}`],
    ['Run', plan.run],
    ['Started', utc(plan.startedAt)],
    ['Ended', end === undefined ? 'did not end' : `${utc(end.at)}, after ${took}`],
    ['Operator', plan.operator],
    ['Commit', plan.commit ?? 'not known'],
    ['Tool', `pgattest ${plan.tool.version}, Node ${plan.tool.node}`],
    ['Server', environment?.entry.server ?? 'none was reached'],
    ['Data', `scale ${plan.scale}, seed ${plan.seed}`],
    [
      'Machine',
      machine &&
        `${machine.os} ${machine.arch}, ${plural(machine.cores, 'core')}, ${binaryBytes(machine.memoryBytes)}`,
    ],
  ];
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value !== undefined && (
            <div>
              <dt>{name}</dt>
              <dd>{oneLine(value)}</dd>
            </div>
          ),
      )}
      <div class="wide">
        <dt>Evidence digest (SHA-256)</dt>
        <dd>
          <code>{view.digest}</code>
        </dd>
      </div>
    </dl>
  );
}
