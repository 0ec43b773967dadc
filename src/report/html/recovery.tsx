import type { DrillTimeline } from '../../evidence/timeline.ts';
import { byStanding, type ClaimView, type RunView } from '../../evidence/view.ts';
import { lossWords, met, phaseWords, recoveries, spanWords } from '../drill/words.ts';
import { duration, oneLine } from '../text.ts';
import { Scroll } from './scroll.tsx';
import { claimId, Mark } from './words.tsx';

/** Whether a run measured a recovery. */
export function hasRecovery(view: RunView): boolean {
  return rowsOf(view).length > 0;
}

/** Every drill in a line: what was lost, how long it took, and whether its counterexamples were noticed. */
export function Recovery({ view }: { view: RunView }) {
  const rows = rowsOf(view);
  if (rows.length === 0) return null;
  return (
    <section id="recovery">
      <h2>Recovery</h2>
      <p class="note">
        RPO: commits that a client had acknowledged and the recovered database does not hold. RTO: from the
        fault to the first write that was followed by good ones. Times are the client's, on a steady clock.
      </p>
      <Scroll label="Recovery drills">
        <table class="lines drills">
          <thead>
            <tr>
              <th scope="col">Drill</th>
              <th scope="col">Verdict</th>
              <th scope="col">Lost</th>
              <th scope="col">Took</th>
              <th scope="col">Phases</th>
              <th scope="col">Full rate</th>
              <th scope="col">Noticed</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <Row {...row} />
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

interface RowOf {
  readonly claim: ClaimView;
  readonly id: string;
  readonly timeline: DrillTimeline;
}

function Row({ claim, id, timeline: { measures } }: RowOf) {
  const { tried, noticed } = claim.counterexamples;
  const ways = recoveries(measures);
  const reached = measures.rate?.reached;
  return (
    <tr>
      <th scope="row">
        <a href={`#${id}`}>{oneLine(claim.planned.id)}</a>
      </th>
      <td>
        <Mark standing={claim.standing} />
      </td>
      <td>{lossWords(measures.rpo)}</td>
      <td>
        {ways.map(({ name, span }) => (
          <div class={met(span) ? undefined : 'x'}>
            {name} {spanWords(span)}
          </div>
        ))}
      </td>
      <td>
        {ways.map(({ span }) => (
          <div>{phaseWords(span).join(' · ')}</div>
        ))}
      </td>
      <td>{reached === undefined ? '–' : duration(reached)}</td>
      <td class={noticed < tried ? 'x' : undefined}>{`${noticed} of ${tried}`}</td>
    </tr>
  );
}

/** In the order of the page, by which claims without a fit id are numbered. */
function rowsOf({ claims }: RunView): readonly RowOf[] {
  return byStanding(claims).flatMap((claim, index) => {
    const timeline = claim.baseline.finding?.entry.timeline;
    return timeline === undefined ? [] : [{ claim, id: claimId(claim.planned.id, index), timeline }];
  });
}
