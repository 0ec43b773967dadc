import type { Environment } from '../../evidence/model.ts';
import type { RunView } from '../../evidence/view.ts';
import { grouped, oneLine, plural } from '../text.ts';
import { Scroll } from './scroll.tsx';

/** The servers that the run met, and how they differ from what the design asks for. */
export function Cluster({ view }: { view: RunView }) {
  const environment = view.environment?.entry;
  return (
    <section id="cluster">
      <h2>Cluster</h2>
      {environment === undefined ? (
        <p>The run recorded no cluster.</p>
      ) : (
        <>
          <p>
            {`PostgreSQL came from ${oneLine(environment.source)}: ${oneLine(environment.why)}. Database `}
            <code>{oneLine(environment.database)}</code>.
          </p>
          {environment.notes.length > 0 && (
            <>
              <h3>Unlike production</h3>
              <ul class="plain">
                {environment.notes.map((note) => (
                  <li>{oneLine(note)}</li>
                ))}
              </ul>
            </>
          )}
          <Settings settings={environment.settings} />
          <p class="note">
            SHA-256 of the catalogue after the migrations: <code>{environment.catalog}</code>
          </p>
        </>
      )}
    </section>
  );
}

function Settings({ settings }: { settings: Environment['settings'] }) {
  const rows = Object.entries(settings).sort(
    ([a, x], [b, y]) => Number(differs(y)) - Number(differs(x)) || (a < b ? -1 : 1),
  );
  const different = rows.filter(([, setting]) => differs(setting)).length;
  if (rows.length === 0) return null;
  return (
    <>
      <h3>
        Settings <small>{`${grouped(different)} of ${grouped(rows.length)} differ from the design`}</small>
      </h3>
      <Scroll label="Settings">
        <table class="lines">
          <thead>
            <tr>
              <th scope="col">Setting</th>
              <th scope="col">Design</th>
              <th scope="col">Here</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, setting]) => (
              <tr class={differs(setting) ? 'differs' : undefined}>
                <th scope="row">{oneLine(name)}</th>
                <td>{setting.design === undefined ? 'says nothing' : oneLine(setting.design)}</td>
                <td>{`${differs(setting) ? '≠ ' : ''}${oneLine(setting.here)}`}</td>
                <td>{setting.why === undefined ? '' : oneLine(setting.why)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

function differs(setting: Environment['settings'][string]): boolean {
  return setting.design !== undefined && setting.design !== setting.here;
}

/** What the checks ran over: an auditor asks for the population and for what was left out. */
export function PopulationSection({ view }: { view: RunView }) {
  const population = view.population?.entry;
  if (population === undefined) {
    return (
      <section id="population">
        <h2>Population</h2>
        <p>The run recorded no data.</p>
      </section>
    );
  }
  const tables = Object.entries(population.tables).sort(([a], [b]) => (a < b ? -1 : 1));
  const actors = Object.entries(population.actors);
  const rows = tables.reduce((sum, [, count]) => sum + count, 0);
  return (
    <section id="population">
      <h2>Population</h2>
      <div class="pair">
        <div>
          <h3>
            Actors <small>{grouped(actors.length)}</small>
          </h3>
          <dl class="who">
            {actors.map(([name, who]) => (
              <div>
                <dt>{oneLine(name)}</dt>
                <dd>{oneLine(who)}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div>
          <h3>
            Rows <small>{`${plural(rows, 'row')} in ${plural(tables.length, 'table')}`}</small>
          </h3>
          <table class="lines counts">
            <tbody>
              {tables.map(([name, count]) => (
                <tr>
                  <th scope="row">{oneLine(name)}</th>
                  <td>{grouped(count)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </div>
    </section>
  );
}
