import type { RunView } from '../../evidence/view.ts';
import { oneLine } from '../text.ts';
import { Scroll } from './scroll.tsx';

/** Whether a run looked at coverage. */
export function hasCoverage(view: RunView): boolean {
  return observationsOf(view).length > 0;
}

/** For each clause of a policy or a rule, how many of its conditions the data puts to the test. */
export function Coverage({ view }: { view: RunView }) {
  const observations = observationsOf(view);
  if (observations.length === 0) return null;
  const open = view.claims
    .filter(({ planned }) => planned.check === kind)
    .flatMap(({ baseline }) => baseline.finding?.entry.unexercised ?? []);
  return (
    <section id="coverage">
      <h2>Coverage</h2>
      <p class="note">
        A condition counts in both directions: for some row and actor the outcome hangs on it being true, and
        for some on it being false.
      </p>
      {open.length > 0 && (
        <ul>
          {open.map((each) => (
            <li>{oneLine(each)}</li>
          ))}
        </ul>
      )}
      <Scroll label="Coverage of policies and rules">
        <table>
          <thead>
            <tr>
              <th scope="col">Clause</th>
              <th scope="col">Asked</th>
              <th scope="col">Seen</th>
            </tr>
          </thead>
          <tbody>
            {observations.map(({ entry }) => (
              <tr class={entry.agrees ? undefined : 'x'}>
                <td>{oneLine(entry.statement)}</td>
                <td>{oneLine(entry.expected)}</td>
                <td>{oneLine(entry.actual)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

const kind = 'access.coverage';

function observationsOf({ claims }: RunView) {
  return claims
    .filter(({ planned }) => planned.check === kind)
    .flatMap(({ baseline }) => baseline.observations);
}
