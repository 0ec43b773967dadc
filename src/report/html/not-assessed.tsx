import type { Plan } from '../../evidence/model.ts';
import { oneLine, place, plural } from '../text.ts';
import { Scroll } from './scroll.tsx';

/** What the document promises and nobody asked the database, with the reason: silence would look like a promise kept. */
export function NotAssessed({ plan }: { plan: Plan }) {
  const { notAssessed = [] } = plan;
  if (notAssessed.length === 0) return null;
  return (
    <section id="not-assessed">
      <h2>
        Not assessed <small>{plural(notAssessed.length, 'promise')}</small>
      </h2>
      <Scroll label="Promises that are not assessed">
        <table>
          <thead>
            <tr>
              <th scope="col">Promise</th>
              <th scope="col">Where</th>
              <th scope="col">Why not</th>
            </tr>
          </thead>
          <tbody>
            {notAssessed.map(({ says, source, reason }) => (
              <tr>
                <td>{oneLine(says)}</td>
                <td>{oneLine(place(source))}</td>
                <td>{oneLine(reason)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
