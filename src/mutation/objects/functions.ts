import type { Routine } from '../../catalog/catalog.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Draft, nothing, written } from '../mutant.ts';
import { asksForNoRights } from '../own-rights.ts';
import { ident, type Source } from '../source.ts';
import { bodyVariants } from './function-body.ts';

/** Functions that policies, triggers and views run: their bodies, whose rights they have, their search_path, who may run them. */
export function* functionMutants(source: Source, dependencies: Dependencies): Generator<Draft, void, void> {
  const { catalog, design } = source;
  for (const routine of catalog.functions.filter(({ fromExtension }) => !fromExtension)) {
    const { identity } = routine;
    const definition = source.functions.get(identity);
    if (definition === undefined) continue;
    const reached = dependencies.reaches(identity);
    if (reached) yield* changed(source, routine, definition, dependencies);
    if (!reached && !routine.securityDefiner) continue;
    yield* options(source, routine, definition);
    const mayExecute = catalog.grants.some(
      ({ kind, object, grantee, privilege }) =>
        kind === 'function' &&
        object === identity &&
        privilege === 'EXECUTE' &&
        [design.request.role, 'PUBLIC'].includes(grantee),
    );
    if (routine.securityDefiner) {
      for (const to of mayExecute ? ['PUBLIC'] : ['PUBLIC', design.request.role]) yield granted(routine, to);
    }
  }
}

function draftOf(
  routine: Routine,
  operator: string,
  says: string,
  statement: string,
  before: string,
  after: string,
): Draft {
  const { identity } = routine;
  return {
    operator,
    place: identity,
    object: `function ${identity}`,
    group: identity,
    says: `function ${identity} ${says}`,
    statement,
    before,
    after,
    touches: { ...nothing, functions: [identity], kinds: ['structure.function'] },
  };
}

function* changed(
  source: Source,
  routine: Routine,
  definition: string,
  dependencies: Dependencies,
): Generator<Draft, void, void> {
  for (const { operator, says, statement } of bodyVariants(
    source,
    routine,
    definition,
    dependencies.triggerRelation(routine.identity),
  )) {
    const { text, unwritable } = written(statement);
    const draft = draftOf(routine, operator, says, text, definition, text || says);
    yield unwritable === undefined ? draft : { ...draft, unwritable };
  }
}

function* options({ catalog }: Source, routine: Routine, definition: string): Generator<Draft, void, void> {
  const { identity, securityDefiner, settings } = routine;
  const definer = (draft: Draft): Draft => ({
    ...draft,
    touches: { ...draft.touches, kinds: ['structure.definer-functions', 'structure.function'] },
  });
  const [now, then] = securityDefiner ? ['DEFINER', 'INVOKER'] : ['INVOKER', 'DEFINER'];
  const alter = `ALTER FUNCTION ${identity}`;
  const reason = asksForNoRights(catalog, routine, definition);
  const rights = definer(
    draftOf(
      routine,
      `security-${(then ?? '').toLowerCase()}`,
      `is SECURITY ${then}`,
      `${alter} SECURITY ${then}`,
      `${alter} SECURITY ${now}`,
      `${alter} SECURITY ${then}`,
    ),
  );
  yield reason === undefined ? rights : { ...rights, equivalent: reason };
  // With the rights of the caller it can be made to do nothing that the caller could not do.
  const path = securityDefiner && settings.find((setting) => setting.startsWith('search_path='));
  if (typeof path === 'string') {
    yield definer(
      draftOf(
        routine,
        'search-path-dropped',
        "runs with the caller's search_path",
        `${alter} RESET search_path`,
        `${alter} SET ${path}`,
        `${alter} RESET search_path`,
      ),
    );
  }
}

function granted(routine: Routine, to: string): Draft {
  const statement = `GRANT EXECUTE ON FUNCTION ${routine.identity} TO ${to === 'PUBLIC' ? to : ident(to)}`;
  const operator = to === 'PUBLIC' ? 'execute-to-public' : 'execute-granted';
  const draft = draftOf(
    routine,
    operator,
    `may be run by ${to === 'PUBLIC' ? 'everyone' : ident(to)}`,
    statement,
    '',
    statement,
  );
  return {
    ...draft,
    touches: { ...nothing, functions: [routine.identity], kinds: ['structure.definer-functions'] },
  };
}
