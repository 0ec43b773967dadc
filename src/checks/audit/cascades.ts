import type { Constraint } from '../../catalog/catalog.ts';
import type { AccessRules } from '../../design/rules.ts';
import { ident, literal, settingsOf, targetOf } from '../access/target.ts';
import { changesSince, compareAll, lookBefore } from './changes.ts';
import { insertCopies } from './operations.ts';
import { type AuditTrial, applySettings, type Scene, trial } from './scene.ts';
import { namedActor } from './statement-forms.ts';

const words: Readonly<Record<string, 'DELETE' | 'UPDATE'>> = {
  CASCADE: 'DELETE',
  'SET NULL': 'UPDATE',
  'SET DEFAULT': 'UPDATE',
};

/** What a foreign key does to the rows of the table when the row they refer to goes is recorded like any other change. */
export async function* cascades(scene: Scene): AsyncGenerator<AuditTrial, void, void> {
  const { context, target } = scene;
  for (const key of context.catalog.constraints) {
    if (key.relation !== target.relation.identity || key.kind !== 'foreign key') continue;
    const action = words[key.onDelete ?? ''];
    const rules = context.design.access.find(({ table }) => table === key.references);
    if (action === undefined || rules === undefined) continue;
    const tried = await cascade(scene, key, action, rules);
    if (tried !== undefined) yield tried;
  }
}

/** Adds a parent and a child of it, and deletes the parent; undefined when no row refers to any. */
async function cascade(
  scene: Scene,
  key: Constraint,
  action: 'DELETE' | 'UPDATE',
  rules: AccessRules,
): Promise<AuditTrial | undefined> {
  const { context, target, audit } = scene;
  const { session } = context;
  const parent = targetOf(context, rules.table);
  const child = `(SELECT * FROM ${target.relation.identity} WHERE ${key.columns.map((name) => `${ident(name)} IS NOT NULL`).join(' AND ')} LIMIT 1)`;
  const actor = namedActor(scene);
  const settings = actor === undefined ? {} : settingsOf(context, actor);
  const way = `DELETE of its ${key.references}: ${key.name} ON DELETE ${key.onDelete}`;
  return session.undone(async () => {
    await applySettings(scene, settings);
    const adding = insertCopies(
      context,
      parent,
      `(SELECT parent.* FROM ${parent.relation.identity} AS parent
      JOIN ${child} AS child ON ${pairs(key, 'parent', 'child')})`,
      1,
    );
    const added = await session.attempt(`${adding} RETURNING ${referenced(key)}`, [], true);
    if (added.status === 'done' && added.rows.length === 0) return undefined;
    const values = added.status === 'done' ? added.rows[0] : undefined;
    const where = key.referencedColumns
      .map((name) => `${ident(name)}::text = ${literal(String(values?.[name]))}`)
      .join(' AND ');
    const patch = `jsonb_build_object(${key.columns.map((name, index) => `${literal(name)}, ${literal(String(values?.[key.referencedColumns[index] ?? '']))}::text`).join(', ')})`;
    const filling = insertCopies(context, target, child, 1, patch);
    // Where a trigger of the parent has added a child already, another one may be refused.
    let filled = added.status === 'done' ? await session.attempt(filling, [], true) : added;
    if (added.status === 'done' && filled.status === 'error') {
      // What else it refers to may have to be of the same parent: without that, where it can be left out.
      const alone = `${patch} || ${withoutOthers(scene, key)}`;
      filled = await session.attempt(insertCopies(context, target, child, 1, alone), [], true);
    }
    const statement = `DELETE FROM ${parent.relation.identity} WHERE ${where}`;
    const before = await lookBefore(scene, []);
    const done = added.status === 'error' ? added : await session.attempt(statement, [], true);
    const who = actor?.attributes[audit.actorAttribute] ?? null;
    const expected = done.status === 'error' ? [] : await changesSince(scene, before, who);
    const actions = new Set(expected.map((one) => one.action));
    // A row that seems new was changed by a trigger of something else: what it was before is not known.
    const fair = actions.has(action) && !actions.has('INSERT');
    return trial(scene, {
      action,
      relation: target.relation.identity,
      way,
      ...(actor === undefined ? {} : { actor }),
      statement: `${adding}; ${filling}; ${statement}`,
      wrong: fair ? await compareAll(scene, before, expected) : [],
      ...(fair
        ? {}
        : {
            actual: `not tried: ${done.status === 'error' ? done.error.message : filled.status === 'error' ? filled.error.message : 'not that alone was done'}`,
          }),
      expected: `a record of the ${action} of each row`,
      settings,
    });
  });
}

/** SQL of type jsonb: NULL for the columns of the other foreign keys that take it. */
function withoutOthers({ context, target }: Scene, key: Constraint): string {
  const others = context.catalog.constraints
    .filter(
      ({ relation, kind, name }) => relation === key.relation && kind === 'foreign key' && name !== key.name,
    )
    .flatMap(({ columns }) => columns)
    .filter((name) => !key.columns.includes(name))
    .filter((name) => target.columns.some((column) => column.name === name && !column.notNull));
  return `jsonb_build_object(${[...new Set(others)].map((name) => `${literal(name)}, NULL::text`).join(', ')})`;
}

function pairs(key: Constraint, parent: string, child: string): string {
  return key.columns
    .map((name, index) => `${parent}.${ident(key.referencedColumns[index] ?? '')} = ${child}.${ident(name)}`)
    .join(' AND ');
}

function referenced(key: Constraint): string {
  return key.referencedColumns.map((name) => `${ident(name)}::text AS ${ident(name)}`).join(', ');
}
