import { atomsOf, type Expression, evaluate, holds, type World } from './expression.ts';
import type { Scene } from './scene.ts';
import { attributeNames, attributes, type Column, domains, now, type Row, type Scalar } from './types.ts';

/**
 * What is true of a scene, found by trying everything.
 *
 * same: rule and policy agree on every row that there could be. differs: they do not, and whatever row of a class is looked at shows it.
 * hidden: they do not, but only for some rows of a class that the rule judges alike, of which one is looked at.
 */
export type Truth = 'same' | 'differs' | 'hidden';

export interface Answer {
  readonly truth: Truth;
  /** Actors that a difference is about. */
  readonly actors: ReadonlySet<string>;
  /** How many rows the rule gives each actor. */
  readonly rows: Readonly<Record<string, number>>;
}

/** One actor's world, as the rules see it and as the policies do. */
class Eyes {
  readonly #scene: Scene;
  readonly #actor: World['actor'];
  readonly #visible: World['tables'];

  constructor(scene: Scene, actor: World['actor']) {
    this.#scene = scene;
    this.#actor = actor;
    const isSeen = (row: Row, owner: string) =>
      !scene.helpersHide || (actor.id !== null && row[owner] === actor.id);
    this.#visible = {
      link: scene.tables.link.filter((row) => isSeen(row, 'owner')),
      member: scene.tables.member.filter((row) => isSeen(row, 'person')),
    };
  }

  truth(condition: Expression, row: Row): boolean {
    return evaluate(condition, { row, actor: this.#actor, tables: this.#scene.tables }) === true;
  }

  rule(part: keyof Scene['rules'], row: Row): boolean {
    return this.truth(this.#scene.rules[part], row);
  }

  policy(part: keyof Scene['policies'], row: Row): boolean {
    const world = { row, actor: this.#actor, tables: this.#visible };
    return evaluate(this.#scene.policies[part], world) === true;
  }

  /** The class of a row: which atoms of a rule hold. */
  vector(condition: Expression, row: Row): string {
    return atomsOf(condition)
      .map((atom) => (this.truth(atom, row) ? '1' : '0'))
      .join('');
  }
}

export function truthOf(scene: Scene): Answer {
  const judge = { SELECT: reads, DELETE: deletes, INSERT: inserts, UPDATE: updates }[scene.command];
  const part = scene.command === 'SELECT' ? 'seen' : 'using';
  const truths = Object.entries(scene.actors).map(([name, actor]) => {
    const eyes = new Eyes(scene, actor);
    const rows = scene.rows.filter((row) => eyes.rule(part, row)).length;
    return { name, truth: judge(scene, eyes, actor), rows };
  });
  const found = truths.map(({ truth }) => truth);
  return {
    truth: found.includes('differs') ? 'differs' : found.includes('hidden') ? 'hidden' : 'same',
    actors: new Set(truths.filter(({ truth }) => truth !== 'same').map(({ name }) => name)),
    rows: Object.fromEntries(truths.map(({ name, rows }) => [name, rows])),
  };
}

function reads(scene: Scene, eyes: Eyes): Truth {
  return scene.rows.some((row) => eyes.rule('seen', row) !== eyes.policy('seen', row)) ? 'differs' : 'same';
}

/** Without WHERE the policies of DELETE alone decide; with one, those of SELECT too. */
function deletes(scene: Scene, eyes: Eyes): Truth {
  if (scene.rows.some((row) => eyes.rule('using', row) !== eyes.policy('using', row))) return 'differs';
  const unseen = scene.rows.some((row) => eyes.rule('using', row) && !eyes.policy('seen', row));
  return unseen ? 'hidden' : 'same';
}

/** Values that a column is tried with: its domain, the actor's own, the time. */
function valuesOf({ type }: Column, actor: World['actor']): readonly Scalar[] {
  const own = attributeNames.filter((name) => attributes[name] === type).map((name) => actor[name]);
  return [...new Set([...domains[type], ...own, ...(type === 'time' ? [now] : [])])];
}

interface Try {
  readonly group: string;
  readonly row: Row;
}

/**
 * Whether some group of candidates, of which one is tried, is sure to be met and wrong whichever it is.
 *
 * @param bases rows that stand for classes, each with its class
 * @param wrong whether the database would decide otherwise than the rule
 */
function isSure(
  bases: readonly { readonly base: string; readonly row: Row }[],
  changes: readonly ((row: Row) => Try)[],
  vector: (row: Row) => string,
  wrong: (row: Row) => boolean,
  counts: (vector: string) => boolean,
): boolean {
  const groups = new Map<string, boolean>();
  const tries = bases.flatMap(({ base, row }) => changes.map((change) => ({ base, ...change(row) })));
  const seen = tries.map((each) => ({ ...each, vector: vector(each.row) }));
  for (const each of seen) {
    const name = `${each.group} ${each.vector}`;
    groups.set(name, (groups.get(name) ?? true) && wrong(each.row));
  }
  // A class of bases whose rows all lead to the same class: whichever of them stands for it, that is met.
  const reached = new Map<string, Set<string>>();
  for (const { base, group, vector: to } of seen) {
    const name = JSON.stringify([base, group]);
    reached.set(name, (reached.get(name) ?? new Set()).add(to));
  }
  return [...reached].some(([name, vectors]) => {
    const [only] = vectors;
    const [, group] = JSON.parse(name) as [string, string];
    return (
      vectors.size === 1 && only !== undefined && counts(only) && groups.get(`${group} ${only}`) === true
    );
  });
}

function changesOf(columns: readonly Column[], actor: World['actor']): readonly ((row: Row) => Try)[] {
  return columns.flatMap((column) =>
    valuesOf(column, actor).map((value) => (row: Row) => ({
      group: `${column.name} ${JSON.stringify(value)}`,
      row: { ...row, [column.name]: value },
    })),
  );
}

function inserts(scene: Scene, eyes: Eyes, actor: World['actor']): Truth {
  const { using } = scene.rules;
  const wrong = (row: Row) => eyes.rule('using', row) !== eyes.policy('using', row);
  if (!product(scene.columns, actor).some(wrong)) return 'same';
  const vector = (row: Row) => eyes.vector(using, row);
  // Of what several conditions refuse, only a few are tried.
  const counts = (bits: string) => {
    const given = [...bits].map((bit) => bit === '1');
    const judged = holds(using, given);
    return judged || given.some((bit, index) => holds(using, given.with(index, !bit)));
  };
  const bases = scene.rows.map((row) => ({ base: vector(row), row }));
  const changes = [(row: Row) => ({ group: 'a copy', row }), ...changesOf(scene.columns, actor)];
  return isSure(bases, changes, vector, wrong, counts) ? 'differs' : 'hidden';
}

function updates(scene: Scene, eyes: Eyes, actor: World['actor']): Truth {
  const { rows, rules } = scene;
  const everywhere = product(scene.columns, actor);
  const sameUsing = rows.every((row) => eyes.rule('using', row) === eyes.policy('using', row));
  const sameCheck = everywhere.every((row) => eyes.rule('check', row) === eyes.policy('check', row));
  const sameSeen = everywhere.every((row) => eyes.rule('seen', row) === eyes.policy('seen', row));
  if (sameUsing && sameCheck && sameSeen) return 'same';
  // One row that may become nothing that it is stops a statement over all of them.
  const changed = (side: 'rule' | 'policy') => {
    const touched = rows.filter((row) => eyes[side]('using', row));
    return touched.some((row) => !eyes[side]('check', row)) ? undefined : touched.map(({ id }) => id).join();
  };
  const [right, real] = [changed('rule'), changed('policy')];
  if (right !== undefined && real !== undefined && right !== real) return 'differs';
  const vector = (row: Row) => eyes.vector(rules.check, row);
  const constants = atomsOf(rules.check).filter((atom) => !mentionsRow(atom));
  const bases = rows
    .filter((row) => eyes.rule('using', row))
    .map((row) => ({
      base: eyes.vector(rules.using, row) + constants.map((atom) => eyes.truth(atom, row)).join(),
      row,
    }));
  const old = new Map(rows.map((row) => [row.id, row]));
  const wrong = (row: Row) => {
    const before = old.get(row.id ?? null) as Row;
    const done =
      eyes.policy('using', before) &&
      eyes.policy('seen', before) &&
      eyes.policy('check', row) &&
      eyes.policy('seen', row);
    return eyes.rule('check', row) !== done;
  };
  return isSure(bases, changesOf(scene.columns, actor), vector, wrong, () => true) ? 'differs' : 'hidden';
}

function mentionsRow(expression: Expression): boolean {
  return JSON.stringify(expression).includes('"kind":"column"');
}

/** Every row that there could be. */
function product(columns: readonly Column[], actor: World['actor']): readonly Row[] {
  return columns.reduce<readonly Row[]>(
    (rows, column) =>
      rows.flatMap((row) => valuesOf(column, actor).map((value) => ({ ...row, [column.name]: value }))),
    [{ id: 0 }],
  );
}
