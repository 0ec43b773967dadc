import type { ClaimView } from '../../evidence/view.ts';
import { duration, oneLine, place, plural } from '../text.ts';
import { Breaches } from './breach.tsx';
import type { Budget } from './budget.ts';
import { Counterexamples } from './counterexamples.tsx';
import { Drill } from './drill.tsx';
import { Observations } from './observations.tsx';
import { Mark } from './words.tsx';

/** One promise: a line that says how it stands, and behind it everything that is known. */
export function Claim({ claim, id, budget }: { claim: ClaimView; id: string; budget: Budget }) {
  const { planned, standing } = claim;
  const timeline = claim.baseline.finding?.entry.timeline;
  return (
    <details class="claim" id={id} data-v={standing} data-f={planned.family} open={standing === 'refuted'}>
      <summary>
        <Mark standing={standing} />
        <span class="says">{oneLine(planned.says)}</span>
        <span class="meta">{metaOf(claim)}</span>
      </summary>
      <div class="body">
        {claim.reason !== undefined && (
          <p class="reason">
            <b>{standing === 'outside' ? 'Left out: ' : 'Because: '}</b>
            {oneLine(claim.reason)}
          </p>
        )}
        <Breaches breaches={claim.breaches} />
        <Origin claim={claim} />
        {timeline !== undefined && (
          <section>
            <h4>Timeline</h4>
            <Drill timeline={timeline} id={`${id}-time`} title={planned.id} />
          </section>
        )}
        <Counterexamples claim={claim} id={id} budget={budget} />
        {claim.baseline.observations.length > 0 && (
          <section>
            <h4>
              Observations <small>{plural(claim.baseline.observations.length, 'record')}</small>
            </h4>
            <Observations observations={claim.baseline.observations} budget={budget} />
          </section>
        )}
      </div>
    </details>
  );
}

function metaOf(claim: ClaimView): string {
  const { tried, noticed } = claim.counterexamples;
  const parts = [oneLine(claim.planned.id), claim.planned.family];
  if (claim.breaches.length > 0) parts.push(plural(claim.breaches.length, 'breach', 'breaches'));
  if (tried > 0) parts.push(`${noticed} of ${plural(tried, 'counterexample')} noticed`);
  if ((claim.standing === 'unproved' || claim.standing === 'waived') && claim.reason !== undefined)
    parts.push(oneLine(claim.reason));
  return parts.join(' · ');
}

const outcomes = { held: 'held', broken: 'broken', 'not-exercised': 'not exercised' } as const;

function Origin({ claim }: { claim: ClaimView }) {
  const { source, controls, check } = claim.planned;
  const finding = claim.baseline.finding?.entry;
  return (
    <dl class="facts">
      <div>
        <dt>Promised in</dt>
        <dd>{oneLine(place(source))}</dd>
      </div>
      <div>
        <dt>Supports controls</dt>
        <dd>{controls.length === 0 ? 'none named' : controls.map(oneLine).join(', ')}</dd>
      </div>
      <div>
        <dt>Check</dt>
        <dd>
          {check === undefined ? 'none' : oneLine(check)}
          {finding !== undefined && `: ${outcomes[finding.outcome]}, ${duration(finding.milliseconds)}`}
        </dd>
      </div>
      {finding !== undefined && finding.unexercised.length > 0 && (
        <div class="wide">
          <dt>Not put to the test by the data</dt>
          <dd>
            <ul>
              {finding.unexercised.map((one) => (
                <li>{oneLine(one)}</li>
              ))}
            </ul>
          </dd>
        </div>
      )}
    </dl>
  );
}
