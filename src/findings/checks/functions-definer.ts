import type { Catalog, Routine } from '../../catalog/catalog.ts';
import { groupBy, oncePerCatalog } from '../../catalog/once.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestRoles } from '../evidence/request-roles.ts';
import { quotePart } from '../names.ts';
import type { Scene } from '../scene.ts';

const functionGrants = oncePerCatalog((catalog: Catalog) =>
  groupBy(
    catalog.grants.filter(({ kind, privilege }) => kind === 'function' && privilege === 'EXECUTE'),
    ({ object }) => object,
  ),
);

/** SECURITY DEFINER functions that a caller can turn against their owner, or that nobody kept from everyone. */
export const functionsDefiner: FindingCheck = {
  id: 'functions.definer',
  find: (scene) =>
    scene.catalog.functions
      .filter(({ securityDefiner, fromExtension }) => securityDefiner && !fromExtension)
      .flatMap((routine) => [...pathOf(scene, routine), ...publicOf(scene, routine)]),
};

function pathOf({ catalog }: Scene, { identity, settings, kind }: Routine): readonly Found[] {
  const subject = { kind: 'function', identity } as const;
  const alter = `ALTER ${kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION'} ${identity}`;
  const fix = `${alter} SET search_path = pg_catalog, pg_temp, with every name in it qualified`;
  const set = settings.find((setting) => setting.startsWith('search_path='))?.slice('search_path='.length);
  if (set === undefined) {
    const says = `${identity} is SECURITY DEFINER and has no search_path of its own`;
    const why = 'it runs as its owner, and whoever calls it decides what its unqualified names mean';
    return [{ severity: 'warning', subject, says, why, fix }];
  }
  const open = schemasIn(set).find((schema) => mayCreate(catalog, schema));
  if (open === undefined) return [];
  const says = `${identity} is SECURITY DEFINER, and its search_path holds ${open}, where requests may create objects`;
  const why = 'whoever can create an object there decides what the names of the function mean';
  return [{ severity: 'error', subject, says, why, fix }];
}

function schemasIn(path: string): readonly string[] {
  return [...path.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)]
    .map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '')
    .filter((schema) => schema !== '' && schema !== 'pg_catalog' && schema !== 'pg_temp');
}

function mayCreate(catalog: Catalog, schema: string): boolean {
  if (schema === '$user') return true;
  const roles = new Set(['PUBLIC', ...requestRoles(catalog)]);
  return catalog.grants.some(
    ({ kind, object, privilege, grantee }) =>
      kind === 'schema' && object === quotePart(schema) && privilege === 'CREATE' && roles.has(grantee),
  );
}

function publicOf({ catalog, of }: Scene, routine: Routine): readonly Found[] {
  const { identity, returns, kind } = routine;
  // A trigger function cannot be called by name.
  if (returns === 'trigger' || returns === 'event_trigger') return [];
  const grants = functionGrants(catalog).get(identity) ?? [];
  if (!grants.some(({ grantee }) => grantee === 'PUBLIC')) return [];
  const what = kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION';
  return [
    {
      severity: of === 'document' ? 'note' : 'warning',
      subject: { kind: 'function', identity },
      says: `${identity} is SECURITY DEFINER, and everyone may call it`,
      why: 'EXECUTE is for PUBLIC unless it is revoked: every role, those to come too, acts as its owner',
      fix: `REVOKE EXECUTE ON ${what} ${identity} FROM PUBLIC; GRANT EXECUTE ON ${what} ${identity} TO who needs it`,
    },
  ];
}
