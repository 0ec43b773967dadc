import type { RunView } from '../../evidence/view.ts';
import { grouped, oneLine, plural } from '../text.ts';
import { Scroll } from './scroll.tsx';

/** How a reader finds out, without trusting this page, whether anything was changed. */
export function Verify({ view }: { view: RunView }) {
  const inputs = Object.entries(view.plan.inputs).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <section id="verify">
      <h2>Check this report</h2>
      <p>
        {`This page says nothing of its own: it is made from the ${grouped(view.records)} records in evidence.jsonl, each of
        which carries the SHA-256 of the one before it, the first that of plan.json. The hash of the last one is `}
        <code class="digest">{view.digest}</code>
        {'. '}
        To see that nothing was changed, and that this page follows from the records:
      </p>
      <pre class="copy">{`pgattest verify ${oneLine(view.plan.run)}`}</pre>
      {inputs.length > 0 && (
        <details class="sql">
          <summary>{`SHA-256 of the ${plural(inputs.length, 'file')} that the design consists of`}</summary>
          <Scroll label="Files of the design">
            <table class="lines hashes">
              <tbody>
                {inputs.map(([file, digest]) => (
                  <tr>
                    <th scope="row">{oneLine(file)}</th>
                    <td>
                      <code>{digest}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </details>
      )}
    </section>
  );
}
