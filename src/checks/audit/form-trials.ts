import { settingsOf } from '../access/target.ts';
import { changesSince, compareAll, lookBefore } from './changes.ts';
import { insertCopies, ownRows, someRows } from './operations.ts';
import { type AuditTrial, applySettings, type Scene, trial } from './scene.ts';
import { aboutAdded, namedActor, type StatementForm, statementForms } from './statement-forms.ts';

/** Every form of statement once: what it changed is recorded as what happened, however it was written. */
export async function* formTrials(scene: Scene): AsyncGenerator<AuditTrial, void, void> {
  const { context, target, audited } = scene;
  const [row] = await someRows(context, target, audited, target.relation.identity, 1);
  if (row === undefined) return;
  for (const form of await statementForms(scene, row)) {
    yield await tryForm(scene, form, row);
  }
}

async function tryForm(
  scene: Scene,
  form: StatementForm,
  row: Parameters<typeof lookBefore>[1][number],
): Promise<AuditTrial> {
  const { context, target, audited, audit, mark } = scene;
  const { session } = context;
  const actor = namedActor(scene);
  const settings = actor === undefined ? {} : settingsOf(context, actor);
  return session.undone(async () => {
    await applySettings(scene, settings);
    let { statement } = form;
    let refused: string | undefined;
    if (form.onAdded === true) {
      const attempt = await session.attempt(
        insertCopies(context, target, target.relation.identity, 1),
        [],
        true,
      );
      if (attempt.status === 'error') refused = attempt.error.message;
      statement = aboutAdded(target, statement, await ownRows(context, target, audited, mark));
    }
    const before = await lookBefore(scene, [row]);
    const attempt = await session.attempt(statement, [], true);
    if (attempt.status === 'error') refused ??= attempt.error.message;
    const who = actor?.attributes[audit.actorAttribute] ?? null;
    const expected = refused === undefined ? await changesSince(scene, before, who) : [];
    const happened = [...new Set(expected.map(({ action }) => action))].sort();
    const fair = refused === undefined && happened.join() === form.happens.join();
    return trial(scene, {
      action: form.happens.at(-1) ?? (form.way.startsWith('INSERT') ? 'INSERT' : 'UPDATE'),
      relation: target.relation.identity,
      way: form.way,
      ...(actor === undefined ? {} : { actor }),
      statement,
      // A form that a constraint or guard refuses, or that does something else, leaves nothing to look for.
      wrong: fair ? await compareAll(scene, before, expected) : [],
      ...(fair ? {} : { actual: `not tried: ${refused ?? `it did ${happened.join(', ') || 'nothing'}`}` }),
      expected: form.happens.length === 0 ? 'no record' : 'one right record for each row',
      settings,
    });
  });
}
