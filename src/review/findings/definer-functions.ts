import type { Finding } from '../model.ts';
import { about, type LiveCheck } from './live.ts';

/** SECURITY DEFINER functions that a caller can turn against their owner. */
export const definerFunctions: LiveCheck = ({ catalog, origins }) => {
  const open = new Set(
    catalog.grants
      .filter(
        ({ kind, grantee, privilege }) =>
          kind === 'function' && grantee === 'PUBLIC' && privilege === 'EXECUTE',
      )
      .map(({ object }) => object),
  );
  return catalog.functions
    .filter(({ securityDefiner, fromExtension }) => securityDefiner && !fromExtension)
    .flatMap(({ schema, name, identity, settings, returns }): readonly Finding[] => {
      const line = origins.of('function', schema, name);
      const pathless = !settings.some((setting) => setting.startsWith('search_path='));
      // A trigger function cannot be called by name.
      const callable = open.has(identity) && returns !== 'trigger';
      return [
        ...(pathless
          ? [
              about(
                'function.definer-search-path',
                'warning',
                line,
                identity,
                `${identity} runs as its owner, with the caller's search_path: whoever may create objects decides what its names mean`,
                `ALTER FUNCTION ${identity} SET search_path = pg_catalog, pg_temp, and qualify names`,
              ),
            ]
          : []),
        ...(callable
          ? [
              about(
                'function.definer-public',
                'note',
                line,
                identity,
                `${identity} runs as its owner, and everyone may call it`,
                `REVOKE EXECUTE ON FUNCTION ${identity} FROM PUBLIC, and grant it to who needs it`,
              ),
            ]
          : []),
      ];
    });
};
