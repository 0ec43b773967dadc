import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { isIdentified } from '../target.ts';

/** What a session may hold when a request begins, and whom the rules must take it for. */
export interface State {
  /** For the evidence and the breach: `app.current_user_id = 'null'`. */
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Whom it may count as; several where the settings contradict each other and the design says not which one counts. */
  readonly as: readonly [Actor, ...Actor[]];
}

/** Values that are no id of any type that ids have; the last is longer than any. */
const malformed = ['not-a-uuid', "'", '{}', '[]', 'null', 'ünï\u2028cödé', `${'9'.repeat(10_000)}`];

const unknownValues: Readonly<Record<string, string>> = {
  uuid: 'ffffffff-0000-4000-8000-00000000dead',
  text: 'pgattest nobody',
  int2: '32001',
  smallint: '32001',
};

/** Nobody, as the rules see it. */
export function anonymousOf(context: CheckContext): Actor {
  const known = context.actors.find((actor) => !isIdentified(actor) && actor.afterwards !== true);
  const attributes = Object.fromEntries(
    Object.keys(context.design.request.attributes).map((name) => [name, null]),
  );
  return known ?? { name: 'anonymous', says: 'nobody', attributes };
}

/** The settings that the design's application makes for any of its actors. */
export function settingNames(context: CheckContext): readonly string[] {
  const { session } = context.design.request;
  return [...new Set(context.actors.flatMap((actor) => Object.keys(session(actor))))];
}

/** States without any valid identity: whoever sends them is nobody. */
export async function nobodyStates(context: CheckContext): Promise<readonly State[]> {
  const names = settingNames(context);
  const nobody = anonymousOf(context);
  const { attributes } = context.design.request;
  const every = (value: string) => Object.fromEntries(names.map((name) => [name, value]));
  const states: State[] = [{ name: "every setting is ''", settings: every(''), as: [nobody] }];
  for (const value of malformed) {
    const taken: Record<string, string | null> = {};
    for (const [name, type] of Object.entries(attributes)) {
      taken[name] = (await isOfType(context, value, type)) ? value : null;
    }
    const as = Object.values(taken).every((each) => each === null)
      ? nobody
      : { name: `whoever is ${shown(value)}`, says: 'an id that nobody has', attributes: taken };
    states.push({ name: `every setting is ${shown(value)}`, settings: every(value), as: [as] });
  }
  return [...states, ...jsonStates(context, nobody)];
}

/** Where a setting is a JSON object, members that are no id. */
function jsonStates(context: CheckContext, nobody: Actor): readonly State[] {
  const { session } = context.design.request;
  const samples = new Map<string, string>();
  for (const actor of context.actors) {
    for (const [name, value] of Object.entries(session(actor))) {
      if (!samples.has(name) && value.startsWith('{')) samples.set(name, value);
    }
  }
  return [...samples].flatMap(([name, sample]) => {
    const members = JSON.parse(sample) as Record<string, unknown>;
    return ['not-a-uuid', '', 5, null, {}, []].map((value) => {
      const odd = JSON.stringify(Object.fromEntries(Object.keys(members).map((key) => [key, value])));
      return { name: `${name} is ${odd}`, settings: { [name]: odd }, as: [nobody] as const };
    });
  });
}

/** An id that is well formed and that nobody has. */
export function unknownState(context: CheckContext): State {
  const { attributes, session } = context.design.request;
  const values = Object.fromEntries(
    Object.entries(attributes).map(([name, type]) => [name, unknownValues[type] ?? '987654321']),
  );
  const actor: Actor = { name: 'an unknown id', says: 'an id that nobody has', attributes: values };
  return { name: 'an id that nobody has', settings: session(actor), as: [actor] };
}

/** Valid identities that contradict each other: the tenant of one and the user of another, or one of them spoilt. */
export function contradictions(context: CheckContext, one: Actor, other: Actor): readonly State[] {
  const { attributes, session } = context.design.request;
  const names = Object.keys(attributes);
  if (names.length < 2) return twoWays(context, one, other);
  return names.flatMap((name) => {
    const mixed: Actor = {
      name: `${one.name} with ${name} of ${other.name}`,
      says: 'two settings that contradict each other',
      attributes: { ...one.attributes, [name]: other.attributes[name] ?? null },
    };
    const without: Actor = {
      name: `${one.name} without ${name}`,
      says: 'one setting is malformed',
      attributes: { ...one.attributes, [name]: null },
    };
    const only = { ...one, attributes: { ...without.attributes, [name]: one.attributes[name] ?? null } };
    const spoilt = Object.keys(session(only)).filter((setting) => !(setting in session(without)));
    const broken = Object.fromEntries(spoilt.map((setting) => [setting, 'not-a-uuid']));
    return [
      { name: mixed.name, settings: session(mixed), as: [mixed] as const },
      {
        name: `${one.name}, ${spoilt.join(', ')} malformed`,
        settings: { ...session(one), ...broken },
        as: [without] as const,
      },
    ];
  });
}

/** One identity by two settings that name different people: either counts, or neither, but never both. */
function twoWays(context: CheckContext, one: Actor, other: Actor): readonly State[] {
  const { session } = context.design.request;
  const mine = session(one);
  const theirs = context.actors.find(
    (actor) => isIdentified(actor) && Object.keys(session(actor)).some((name) => !(name in mine)),
  );
  const second = theirs ?? other;
  const settings = { ...session(second), ...mine };
  if (Object.keys(settings).length === Object.keys(mine).length) return [];
  const name = `${Object.keys(settings).join(' and ')} name different people`;
  return [{ name, settings, as: [one, second, anonymousOf(context)] }];
}

async function isOfType(context: CheckContext, value: string, type: string): Promise<boolean> {
  if (value === '') return false;
  const attempt = await context.session.attempt(`SELECT $1::text::${type}`, [value]);
  return attempt.status === 'done';
}

function shown(value: string): string {
  return value.length > 40 ? `${value.length} characters` : `'${value.replaceAll("'", "''")}'`;
}
