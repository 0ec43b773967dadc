/** A kind of object that a convention names. */
export type NamedClass =
  | 'relations'
  | 'columns'
  | 'indexes'
  | 'constraints'
  | 'triggers'
  | 'policies'
  | 'functions';

/** An object and what renames it. */
export interface NamedObject {
  readonly name: string;
  /** `schema.name`, `schema.table.name` or `schema.name(types)`, quoted where SQL needs it. */
  readonly identity: string;
  /** ALTER … RENAME, up to the new name. */
  readonly rename: string;
}

const notOfExtension = (classid: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = '${classid}'::regclass AND objid = ${oid} AND deptype = 'e')`;

/** Of tables in the schemas of `$1`; what a partition takes over from its parent has the name that the server gave it. */
const onTable = (catalog: string, alias: string, relation: string) => `
  FROM pg_catalog.${catalog} AS ${alias}
  JOIN pg_catalog.pg_class AS c ON c.oid = ${relation}
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1) AND ${notOfExtension('pg_class', 'c.oid')}`;

/** What to read of each class: its own objects, none of the server's or an extension's making. */
export const namedObjects: Readonly<Record<NamedClass, string>> = {
  relations: `
    SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS identity,
           format('ALTER TABLE %I.%I RENAME TO', n.nspname, c.relname) AS rename
    FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname = ANY ($1) AND ${notOfExtension('pg_class', 'c.oid')}
    ORDER BY 2`,
  columns: `
    SELECT a.attname AS name, format('%I.%I.%I', n.nspname, c.relname, a.attname) AS identity,
           format('ALTER TABLE %I.%I RENAME COLUMN %I TO', n.nspname, c.relname, a.attname) AS rename
    ${onTable('pg_attribute', 'a', 'a.attrelid')} AND a.attnum > 0 AND NOT a.attisdropped AND a.attinhcount = 0
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
    ORDER BY 2`,
  indexes: `
    SELECT x.relname AS name, format('%I.%I', n.nspname, x.relname) AS identity,
           format('ALTER INDEX %I.%I RENAME TO', n.nspname, x.relname) AS rename
    ${onTable('pg_index', 'i', 'i.indrelid').replace('WHERE', 'JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid WHERE')}
      AND NOT x.relispartition AND n.nspname <> 'pg_toast'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conindid = x.oid AND contype IN ('p', 'u', 'x'))
    ORDER BY 2`,
  constraints: `
    SELECT o.conname AS name, format('%I.%I.%I', n.nspname, c.relname, o.conname) AS identity,
           format('ALTER TABLE %I.%I RENAME CONSTRAINT %I TO', n.nspname, c.relname, o.conname) AS rename
    ${onTable('pg_constraint', 'o', 'o.conrelid')} AND o.contype IN ('p', 'u', 'f', 'c', 'x')
      AND o.conparentid = 0 AND o.coninhcount = 0
    ORDER BY 2`,
  triggers: `
    SELECT t.tgname AS name, format('%I.%I.%I', n.nspname, c.relname, t.tgname) AS identity,
           format('ALTER TRIGGER %I ON %I.%I RENAME TO', t.tgname, n.nspname, c.relname) AS rename
    ${onTable('pg_trigger', 't', 't.tgrelid')} AND NOT t.tgisinternal AND t.tgparentid = 0
    ORDER BY 2`,
  policies: `
    SELECT p.polname AS name, format('%I.%I.%I', n.nspname, c.relname, p.polname) AS identity,
           format('ALTER POLICY %I ON %I.%I RENAME TO', p.polname, n.nspname, c.relname) AS rename
    ${onTable('pg_policy', 'p', 'p.polrelid')}
    ORDER BY 2`,
  functions: `
    SELECT p.proname AS name,
           format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS identity,
           format('ALTER ROUTINE %I.%I(%s) RENAME TO', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS rename
    FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
    WHERE n.nspname = ANY ($1) AND ${notOfExtension('pg_proc', 'p.oid')}
    ORDER BY 2`,
};
