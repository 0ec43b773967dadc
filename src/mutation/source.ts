import pg from 'pg';
import type { Catalog, Relation, Trigger } from '../catalog/catalog.ts';
import type { Query } from '../catalog/index.ts';
import { withPinnedOutput } from '../catalog/pinned-output.ts';
import type { ValidDesign } from '../design/validate.ts';

/** What mutants are made of: the live catalogue, and the definitions that it does not hold. */
export interface Source {
  readonly design: ValidDesign;
  readonly catalog: Catalog;
  /** CREATE FUNCTION of each function by identity, of those in SQL and PL/pgSQL that no extension brought. */
  readonly functions: ReadonlyMap<string, string>;
  /** The query of each view by identity. */
  readonly views: ReadonlyMap<string, string>;
}

const functionsSql = `
  SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS identity,
         pg_get_functiondef(p.oid) AS definition
  FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace JOIN pg_language AS l ON l.oid = p.prolang
  WHERE p.oid = ANY ($1::oid[]) AND l.lanname IN ('sql', 'plpgsql') AND p.prokind IN ('f', 'p')`;

const viewsSql = `SELECT oid, pg_get_viewdef(oid) AS definition FROM pg_class WHERE oid = ANY ($1::oid[]) AND relkind = 'v'`;

/** Reads the definitions, with names qualified as everywhere in the catalogue. */
export async function readSource(query: Query, design: ValidDesign, catalog: Catalog): Promise<Source> {
  const own = catalog.functions.filter(({ fromExtension }) => !fromExtension);
  return withPinnedOutput(query, async () => {
    const functions = await query(functionsSql, [own.map(({ oid }) => oid)]);
    const views = await query(viewsSql, [catalog.relations.map(({ oid }) => oid)]);
    const identities = new Map(catalog.relations.map(({ oid, identity }) => [Number(oid), identity]));
    return {
      design,
      catalog,
      functions: new Map(functions.map((row) => [String(row.identity), String(row.definition)])),
      views: new Map(
        views.map((row) => [
          identities.get(Number(row.oid)) ?? '',
          String(row.definition).replace(/;\s*$/, ''),
        ]),
      ),
    };
  });
}

export const ident: (name: string) => string = pg.escapeIdentifier;

/** The schema of a relation as the catalogue identifies it, quoted as there. */
export function schemaOf(identity: string): string {
  return /^(?:"(?:[^"]|"")*"|[^."]+)(?=\.)/.exec(identity)?.[0] ?? 'public';
}

/** Relations that rules or the trail speak of: what mutants are about. Partitions are not among them. */
export function ruledRelations({ design, catalog }: Source): readonly Relation[] {
  const names = new Set([
    ...design.access.map(({ table }) => table),
    ...(design.audit ? [design.audit.trail.table] : []),
  ]);
  return catalog.relations.filter(({ identity }) => names.has(identity));
}

/** The relation and, for a trigger for statements, its partitions that have one of the same name: it is no clone. */
export function triggerPlaces(catalog: Catalog, trigger: Trigger): readonly Trigger[] {
  if (trigger.level === 'ROW') return [trigger];
  const below = new Set(
    catalog.relations.filter(({ root }) => root === trigger.relation).map(({ identity }) => identity),
  );
  return [
    trigger,
    ...catalog.triggers.filter(({ relation, name }) => name === trigger.name && below.has(relation)),
  ];
}
