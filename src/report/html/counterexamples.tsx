import type { ClaimView, TrialView } from '../../evidence/view.ts';
import { duration, oneLine, plural, visible } from '../text.ts';
import type { Budget } from './budget.ts';
import { Drill } from './drill.tsx';
import { Observations } from './observations.tsx';

/** The faults that the check was tried against. One that was missed is why a claim is not proved. */
export function Counterexamples({ claim, id, budget }: { claim: ClaimView; id: string; budget: Budget }) {
  const { tried, noticed } = claim.counterexamples;
  if (claim.trials.length === 0) return null;
  return (
    <section>
      <h4>
        Counterexamples <small>{`${noticed} of ${tried} noticed`}</small>
      </h4>
      <p class="note">Each breaks something on purpose. A check that does not notice proves nothing.</p>
      <ul class="trials">
        {claim.trials.map((trial, index) => (
          <Trial trial={trial} id={`${id}-time-${index + 1}`} budget={budget} />
        ))}
      </ul>
    </section>
  );
}

function Trial({ trial, id, budget }: { trial: TrialView; id: string; budget: Budget }) {
  const counterexample = trial.counterexample?.entry;
  const state = counterexample === undefined ? 'unproved' : counterexample.noticed ? 'proved' : 'refuted';
  const word = { unproved: '? not ended', proved: '✓ noticed', refuted: '✗ missed' }[state];
  const took = trial.finding && duration(trial.finding.entry.milliseconds);
  const timeline = trial.finding?.entry.timeline;
  return (
    <li>
      <span class={`mark ${state}`}>{word}</span>
      <div>
        <p>{oneLine(counterexample?.says ?? trial.name)}</p>
        {counterexample?.by !== undefined && <p class="note">Given away by: {oneLine(counterexample.by)}</p>}
        <p class="note">
          <code>{oneLine(trial.name)}</code>
          {took !== undefined && ` · ${took}`}
        </p>
        {counterexample?.statement !== undefined && (
          <details class="sql">
            <summary>The fault as SQL</summary>
            <pre>{visible(counterexample.statement)}</pre>
          </details>
        )}
        {timeline !== undefined && (
          <details class="sql">
            <summary>Timeline</summary>
            <Drill timeline={timeline} id={id} title={trial.name} />
          </details>
        )}
        {trial.observations.length > 0 && (
          <details class="sql">
            <summary>{plural(trial.observations.length, 'observation')}</summary>
            <Observations observations={trial.observations} budget={budget} />
          </details>
        )}
      </div>
    </li>
  );
}
