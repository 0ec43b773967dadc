import type { Observation } from '../../evidence/model.ts';
import type { Stored } from '../../evidence/view.ts';
import { oneLine, plural, visible } from '../text.ts';
import { type Budget, clip, within } from './budget.ts';
import { Scroll } from './scroll.tsx';
import { observationId } from './words.tsx';

/** What was looked at in one trial. Lines that share their statement stand under it, so that it is said once. */
export function Observations(props: { observations: readonly Stored<Observation>[]; budget: Budget }) {
  const { shown, left } = within(props.observations, props.budget);
  if (shown.length === 0) return null;
  return (
    <Scroll label="Observations">
      <table class="obs">
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">Actor</th>
            <th scope="col">Expected</th>
            <th scope="col">Actual</th>
            <th scope="col">Result</th>
          </tr>
        </thead>
        {groupsOf(shown).map((group) => (
          <Group group={group} characters={props.budget.characters} />
        ))}
      </table>
      {left > 0 && <p class="note">{plural(left, 'more observation')} that agree: see evidence.jsonl.</p>}
    </Scroll>
  );
}

type Group = readonly [Stored<Observation>, ...Stored<Observation>[]];

function Group({ group, characters }: { group: Group; characters: number }) {
  const { subject, command, way, role, statement } = group[0].entry;
  const rule = sharedEnd(group.map(({ entry }) => entry.expected));
  const disagrees = group.some(({ entry }) => !entry.agrees);
  const limit = disagrees ? Number.POSITIVE_INFINITY : characters;
  return (
    <tbody>
      <tr class="g">
        <th scope="rowgroup" colspan={5}>
          <b>
            {command !== undefined && `${oneLine(command)} `}
            {oneLine(subject)}
          </b>
          {way !== command && <span> {oneLine(way)}</span>}
          {role !== undefined && <span> as {oneLine(role)}</span>}
          {rule !== '' && <div class="rule">Expected of each: … {oneLine(clip(rule, limit))}</div>}
          {statement !== '' && (
            <details class="sql">
              <summary>Statement</summary>
              <pre>{visible(clip(statement, limit))}</pre>
            </details>
          )}
        </th>
      </tr>
      {group.map(({ seq, entry }) => (
        <tr id={observationId(seq)} class={entry.agrees ? undefined : 'x'}>
          <td>{seq}</td>
          <td>{entry.actor === undefined ? '' : oneLine(entry.actor)}</td>
          <td>
            {value(
              entry.expected.slice(0, entry.expected.length - rule.length),
              rule !== '',
              entry.agrees,
              limit,
            )}
          </td>
          <td>{value(entry.actual, false, entry.agrees, limit)}</td>
          <td>{entry.agrees ? '✓ agrees' : '✗ breach'}</td>
        </tr>
      ))}
    </tbody>
  );
}

function value(text: string, continues: boolean, agrees: boolean, limit: number): string {
  return oneLine(agrees ? clip(text, limit) : text) + (continues ? ' …' : '');
}

/** Neighbours that differ in nothing but the actor and what came out. */
function groupsOf(observations: readonly Stored<Observation>[]): Group[] {
  const groups = new Map<string, [Stored<Observation>, ...Stored<Observation>[]]>();
  for (const stored of observations) {
    const { subject, command, way, role, statement } = stored.entry;
    const key = JSON.stringify([subject, command, way, role, statement]);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [stored]);
    else known.push(stored);
  }
  return [...groups.values()];
}

const worthSharing = 40;

/** The end that all texts have in common, from a space on; empty when it is too short to be worth a line of its own. */
export function sharedEnd(texts: readonly string[]): string {
  const [first = '', ...rest] = texts;
  if (rest.length === 0) return '';
  let length = first.length;
  for (const text of rest) {
    let same = 0;
    while (same < Math.min(length, text.length) && first.at(-1 - same) === text.at(-1 - same)) same++;
    length = same;
  }
  const end = first.slice(first.length - length);
  const fromSpace = length === first.length ? end : end.slice(end.search(/\s/));
  return fromSpace.length >= worthSharing && fromSpace.length < end.length + 1 && /^\s/.test(fromSpace)
    ? fromSpace
    : '';
}
