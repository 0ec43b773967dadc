import type { Catalog } from '../catalog/catalog.ts';
import type { Query } from '../catalog/index.ts';
import { ConfigError } from '../design/config-error.ts';
import type { AccessRules } from '../design/rules.ts';
import { catalogSchemas } from '../design/schemas.ts';
import type { ValidDesign } from '../design/validate.ts';
import { loadParser } from './access/predicate.ts';
import { ident } from './access/target.ts';
import { checkOf } from './index.ts';
import { refuseOwnFunctions, saidBesidesRules } from './own-functions.ts';

/** Kinds of relation that must have access rules. Partitions have their parent's; sequences hold no rows of tenants. */
const ruled = new Set(['table', 'partitioned table', 'view', 'materialized view', 'foreign table']);

/**
 * Checks a design's rules against the database that its migrations made. Throws ConfigError for the first rule about
 * something that is not there, relation without a rule, or rule that uses one of the design's own functions.
 */
export async function validateRules(design: ValidDesign, catalog: Catalog, query: Query): Promise<void> {
  await loadParser();
  const identities = new Set(catalog.relations.map((relation) => relation.identity));
  for (const [index, rules] of design.access.entries()) {
    refuseUnknown(design, identities, rules.table, `access[${index}].table`);
    refuseUnknownColumns(design, catalog, rules, index);
    for (const condition of conditions(rules)) {
      const at = `access[${index}].${condition.at}`;
      refuseOwnFunctions(design, catalog, { at, text: condition.text });
      await refuseWrongSql(design, rules.table, condition, at, query);
    }
  }
  const withRules = new Set(design.access.map((rules) => rules.table));
  for (const relation of catalog.relations) {
    if (!ruled.has(relation.kind) || relation.parent !== null || withRules.has(relation.identity)) continue;
    if (!design.schemas.includes(relation.schema)) continue;
    throw new ConfigError(
      design.file,
      `access: no rule for ${relation.kind} ${relation.identity}`,
      'say for each command what each actor may do, or never',
    );
  }
  for (const said of saidBesidesRules(design)) refuseOwnFunctions(design, catalog, said);
  await refuseReachableStrays(design, query);
  for (const [index, claim] of design.claims.entries()) {
    if (claim.check === undefined) continue;
    const check = checkOf(claim.check.kind);
    for (const table of check?.tables(claim.check) ?? []) {
      refuseUnknown(design, identities, table, `claims[${index}].check.table`);
      if (check?.family === 'access' && !withRules.has(table)) {
        throw new ConfigError(
          design.file,
          `claims[${index}].check.table: ${table} has no access rules`,
          'add them to access',
        );
      }
    }
  }
  for (const [index, table] of (design.audit?.tables ?? []).entries()) {
    refuseUnknown(design, identities, table.table, `audit.tables[${index}].table`);
  }
  if (!catalog.roles.some((role) => role.name === design.request.role)) {
    throw new ConfigError(
      design.file,
      `request.role: no role ${design.request.role}`,
      'create it in a migration',
    );
  }
}

function refuseUnknown(
  design: ValidDesign,
  identities: ReadonlySet<string>,
  table: string,
  at: string,
): void {
  if (identities.has(table)) return;
  throw new ConfigError(
    design.file,
    `${at}: no relation ${table} after the migrations`,
    'correct the name (schema.table, quoted where SQL needs it) or add the migration',
  );
}

function refuseUnknownColumns(
  design: ValidDesign,
  catalog: Catalog,
  rules: AccessRules,
  index: number,
): void {
  const known = new Set(
    catalog.columns.filter((column) => column.relation === rules.table).map(({ name }) => name),
  );
  const named = {
    key: rules.key,
    secret: rules.secret ?? [],
    'insert.columns': 'never' in rules.insert ? [] : (rules.insert.columns ?? []),
    'update.columns': 'never' in rules.update ? [] : rules.update.columns,
    try: Object.keys(rules.try ?? {}),
  };
  for (const [where, columns] of Object.entries(named)) {
    const unknown = columns.find((column) => !known.has(column));
    if (unknown === undefined) continue;
    throw new ConfigError(
      design.file,
      `access[${index}].${where}: ${rules.table} has no column ${unknown}`,
      'correct the name',
    );
  }
}

/** A condition of a rule, and the aliases of the table that it may use. */
interface Condition {
  readonly at: string;
  readonly text: string;
  readonly aliases: readonly string[];
}

function conditions(rules: AccessRules): readonly Condition[] {
  return [
    ...('never' in rules.select ? [] : [{ at: 'select.where', text: rules.select.where, aliases: ['row'] }]),
    ...('never' in rules.insert ? [] : [{ at: 'insert.where', text: rules.insert.where, aliases: ['new'] }]),
    ...('never' in rules.update
      ? []
      : [
          { at: 'update.where', text: rules.update.where, aliases: ['old'] },
          { at: 'update.to', text: rules.update.to, aliases: ['old', 'new'] },
        ]),
    ...('never' in rules.delete ? [] : [{ at: 'delete.where', text: rules.delete.where, aliases: ['row'] }]),
  ];
}

/** The server plans the condition as the checks will ask it, so that a slip in it is found before anything is judged. */
async function refuseWrongSql(
  design: ValidDesign,
  table: string,
  condition: Condition,
  at: string,
  query: Query,
): Promise<void> {
  const attributes = Object.entries(design.request.attributes).map(
    ([name, type]) => `NULL::${type} AS ${ident(name)}`,
  );
  const tables = condition.aliases.map((alias) => `${table} AS ${ident(alias)}`);
  try {
    await query(
      `EXPLAIN SELECT FROM ${tables.join(', ')}, (SELECT ${attributes.join(', ')}) AS actor WHERE (${condition.text})`,
    );
  } catch (error) {
    throw new ConfigError(
      design.file,
      `${at}: ${(error as Error).message}`,
      `use the columns of ${condition.aliases.map(ident).join(' and ')} and of actor, each with its alias`,
      { cause: error },
    );
  }
}

const reachableStrays = `
  SELECT format('%I.%I', n.nspname, c.relname) AS relation
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> ALL ($1) AND n.nspname !~ '^(pg_|information_schema$)'
    AND (has_any_column_privilege($2, c.oid, 'SELECT, INSERT, UPDATE') OR has_table_privilege($2, c.oid, 'DELETE, TRUNCATE'))
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend
                    WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
  ORDER BY 1 LIMIT 1`;

/** A relation that requests reach in a schema that nobody looks at would be outside of everything that is proved. */
async function refuseReachableStrays(design: ValidDesign, query: Query): Promise<void> {
  const roles = await query('SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1', [design.request.role]);
  if (roles.length === 0) return;
  const [stray] = await query(reachableStrays, [catalogSchemas(design), design.request.role]);
  if (stray === undefined) return;
  throw new ConfigError(
    design.file,
    `schemas: ${design.request.role} can reach ${String(stray.relation)}, whose schema is not listed`,
    'list the schema and say the rules, or revoke the privilege',
  );
}
