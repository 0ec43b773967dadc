import type { AccessMatrix, MatrixCell, MatrixRow } from '../../evidence/matrix.ts';
import type { RunView } from '../../evidence/view.ts';
import { grouped, oneLine } from '../text.ts';
import { allowance } from './allowance.ts';
import { Scroll } from './scroll.tsx';
import { observationId } from './words.tsx';

/** Columns of one grid: so many fit on a printed page. More actors make more grids. */
const maxColumns = 20;

/** Who could do what: every cell leads to the records behind it. */
export function Matrix({ view }: { view: RunView }) {
  const { matrix } = view;
  if (matrix.rows.length === 0) {
    return (
      <section id="matrix">
        <h2>Access matrix</h2>
        <p>No access promise was looked at in this run.</p>
      </section>
    );
  }
  return (
    <section id="matrix">
      <h2>Access matrix</h2>
      <p class="note">
        Each cell is one actor trying one command on one table. It shows what the rule allows and whether the
        database agrees; open it for the records behind it.
      </p>
      <ul class="legend">
        <li>
          <b class="y">✓ 12</b> agrees: 12 rows are allowed
        </li>
        <li>
          <b class="y">✓ none</b> agrees: nothing is allowed
        </li>
        <li>
          <b class="y">✓ some</b> agrees: some tries are allowed, some refused
        </li>
        <li>
          <b class="n">✗ breach</b> the database does otherwise
        </li>
        <li>
          <b>·</b> not looked at
        </li>
      </ul>
      {chunks(matrix.actors, maxColumns).map((actors) => (
        <Grid matrix={matrix} actors={actors} who={view.population?.entry.actors ?? {}} />
      ))}
      <Unseen tables={matrix.unseen} />
      <dialog id="cell" aria-labelledby="cell-title">
        <form method="dialog">
          <h3 id="cell-title">Cell</h3>
          <button type="submit">Close</button>
        </form>
        <div id="cell-body" />
      </dialog>
    </section>
  );
}

function Grid(props: {
  matrix: AccessMatrix;
  actors: readonly string[];
  who: Readonly<Record<string, string>>;
}) {
  const { matrix, actors, who } = props;
  return (
    <Scroll label="Access matrix" class={actors.length > 12 ? 'grid broad' : 'grid'}>
      <table>
        <thead>
          <tr>
            <th scope="col">Table and command</th>
            {actors.map((actor) => (
              <th scope="col" title={who[actor] === undefined ? undefined : oneLine(who[actor])}>
                <span>{oneLine(actor)}</span>
              </th>
            ))}
          </tr>
        </thead>
        {byTable(matrix.rows).map(([table, rows]) => (
          <tbody>
            <tr class="t">
              <th scope="rowgroup">{oneLine(table)}</th>
              <td colspan={actors.length} />
            </tr>
            {rows.map((row) => (
              <tr>
                <th scope="row">{oneLine(row.command)}</th>
                {actors.map((actor) => (
                  <Cell cell={row.cells.get(actor)} />
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </Scroll>
  );
}

function Cell({ cell }: { cell: MatrixCell | undefined }) {
  const [first, ...more] = cell?.seqs ?? [];
  if (cell === undefined || first === undefined) return <td>·</td>;
  const rest = more.length === 0 ? undefined : more.join(' ');
  const agrees = cell.state === 'agrees';
  return (
    <td>
      <a class={agrees ? 'y' : 'n'} href={`#${observationId(first)}`} data-o={rest}>
        {agrees ? `✓ ${allowance(cell.observations)}`.trimEnd() : '✗ breach'}
      </a>
    </td>
  );
}

function Unseen({ tables }: { tables: readonly string[] }) {
  if (tables.length === 0) return null;
  return (
    <details class="sql">
      <summary>{`${grouped(tables.length)} filled ${tables.length === 1 ? 'table' : 'tables'} not looked at`}</summary>
      <p>{tables.map(oneLine).join(', ')}</p>
    </details>
  );
}

function byTable(rows: readonly MatrixRow[]): [string, MatrixRow[]][] {
  const tables = new Map<string, MatrixRow[]>();
  for (const row of rows) {
    const known = tables.get(row.table);
    if (known === undefined) tables.set(row.table, [row]);
    else known.push(row);
  }
  return [...tables];
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size);
  // Even parts: 21 actors make 11 and 10, not 20 and 1.
  const each = Math.ceil(items.length / count);
  return Array.from({ length: count }, (_, index) => items.slice(index * each, (index + 1) * each));
}
