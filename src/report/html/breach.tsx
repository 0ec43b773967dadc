import type { Breach } from '../../evidence/model.ts';
import { oneLine, plural, visible } from '../text.ts';

/** Breaches of one claim that the page spells out; all are in the evidence. */
const maxBreaches = 200;

export function Breaches({ breaches }: { breaches: readonly Breach[] }) {
  if (breaches.length === 0) return null;
  const left = breaches.length - maxBreaches;
  return (
    <section class="breaches">
      <h4>
        {breaches.length === 1 ? 'What went otherwise' : `What went otherwise, ${breaches.length} times`}
      </h4>
      {breaches.slice(0, maxBreaches).map((breach) => (
        <One breach={breach} />
      ))}
      {left > 0 && <p class="note">{plural(left, 'more breach', 'more breaches')}: see evidence.jsonl.</p>}
    </section>
  );
}

function One({ breach }: { breach: Breach }) {
  return (
    <article class="breach">
      <h5>{oneLine(breach.says)}</h5>
      <dl>
        <Fact name="To blame" value={breach.object} />
        <Fact name="Actor" value={breach.actor} />
        <Fact name="Row" value={breach.row} />
        <Fact name="Expected" value={breach.expected} />
        <Fact name="Actual" value={breach.actual} />
      </dl>
      {breach.reproduce !== undefined && (
        <figure>
          <figcaption>See it again in psql</figcaption>
          <pre class="copy">{visible(breach.reproduce)}</pre>
        </figure>
      )}
    </article>
  );
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined) return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{oneLine(value)}</dd>
    </div>
  );
}
