import { families } from '../../evidence/verdict.ts';
import { byStanding, type RunView, standings } from '../../evidence/view.ts';
import { budgetOf } from './budget.ts';
import { Claim } from './claim.tsx';
import { claimId, marks } from './words.tsx';

/** The promises, refuted first, with a filter that appears when the page can run its script. */
export function Claims({ view }: { view: RunView }) {
  const budget = budgetOf(view);
  const present = families.filter((family) => view.claims.some((claim) => claim.planned.family === family));
  return (
    <section id="promises">
      <h2>Promises</h2>
      <form class="filter" id="filter" hidden>
        <label class="find">
          <span>Find</span>
          <input type="search" id="text" placeholder="words, ids, tables, actors" autocomplete="off" />
        </label>
        <label>
          <span>Family</span>
          <select id="family">
            <option value="">all</option>
            {present.map((family) => (
              <option value={family}>{family}</option>
            ))}
          </select>
        </label>
        <label>
          <span>Verdict</span>
          <select id="verdict">
            <option value="">all</option>
            {standings.map((standing) => (
              <option value={standing}>{marks[standing].word}</option>
            ))}
          </select>
        </label>
        <div class="acts">
          <button type="button" id="open">
            Open all
          </button>
          <button type="button" id="close">
            Close all
          </button>
        </div>
        <output id="shown" for="text family verdict" />
      </form>
      {view.claims.length === 0 && <p>The plan lists no promise.</p>}
      {byStanding(view.claims).map((claim, index) => (
        <Claim claim={claim} id={claimId(claim.planned.id, index)} budget={budget} />
      ))}
    </section>
  );
}
