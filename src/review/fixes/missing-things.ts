import pg from 'pg';
import { quoteName, rangeVar } from '../../findings/names.ts';
import { nodesOf, parseOne } from '../../findings/tree.ts';
import { missingObject } from '../missing.ts';
import { type Fix, replacing } from './fix.ts';

/** Extensions by what they bring. */
const brings: readonly { readonly extension: string; readonly names: RegExp }[] = [
  { extension: 'pg_stat_statements', names: /^pg_stat_statements/ },
  { extension: 'uuid-ossp', names: /^uuid_(?:generate_v|nil|ns_)/ },
  { extension: 'pgcrypto', names: /^(?:crypt|gen_salt|digest|hmac|pgp_\w+|gen_random_bytes|armor|dearmor)$/ },
  { extension: 'pg_trgm', names: /^(?:gin_trgm_ops|gist_trgm_ops|similarity|word_similarity|show_trgm)$/ },
  { extension: 'citext', names: /^citext$/ },
  { extension: 'hstore', names: /^hstore$/ },
  { extension: 'ltree', names: /^l(?:tree|query)$/ },
  { extension: 'unaccent', names: /^unaccent$/ },
  { extension: 'pgstattuple', names: /^pgstat(?:tuple|index|ginindex)/ },
  { extension: 'pg_buffercache', names: /^pg_buffercache/ },
  { extension: 'tablefunc', names: /^crosstab/ },
  { extension: 'vector', names: /^vector$/ },
  { extension: 'postgis', names: /^(?:geometry|geography|st_\w+)$/i },
];

export const missingExtension: Fix = {
  id: 'missing-extension',
  sqlstates: ['42P01', '42883', '42704'],
  async propose({ index, refusal }, { query }) {
    const operator = /^operator class "([^"]+)" does not exist/.exec(refusal.message)?.[1];
    const name = operator ?? missingObject(refusal.message)?.name ?? '';
    const extension = brings.find(({ names }) => names.test(name))?.extension;
    if (extension === undefined) return undefined;
    const [there] = await query('SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1', [
      extension,
    ]);
    const create = `CREATE EXTENSION IF NOT EXISTS ${pg.escapeIdentifier(extension)}`;
    const preload = extension === 'pg_stat_statements' ? ', with it in shared_preload_libraries' : '';
    return there === undefined
      ? undefined
      : { target: index, before: [create], says: `${create} first${preload}` };
  },
};

export const extensionNotAvailable: Fix = {
  id: 'extension-not-available',
  sqlstates: ['0A000', '58P01'],
  async propose(failure) {
    const name = /^extension "([^"]+)" is not available/.exec(failure.refusal.message)?.[1];
    if (name === undefined) return undefined;
    return {
      target: failure.index,
      texts: [],
      says: `drop ${name} unless something uses it; where it is needed, install it on the server first`,
    };
  },
};

export const missingRole: Fix = {
  id: 'missing-role',
  sqlstates: ['42704'],
  async propose({ index, refusal }) {
    const missing = missingObject(refusal.message);
    if (missing?.kind !== 'role') return undefined;
    const role = quoteName(missing);
    return { target: index, before: [`CREATE ROLE ${role} NOLOGIN`], says: `CREATE ROLE ${role} before it` };
  },
};

export const dropMissing: Fix = {
  id: 'drop-of-nothing',
  sqlstates: ['42P01', '42704', '3F000', '42883'],
  async propose(failure) {
    const [kind] = parseOne(failure.text) ?? [];
    if (kind !== 'DropStmt' && kind !== 'DropRoleStmt') return undefined;
    const text = failure.text.replace(
      /^(\s*DROP\s+(?:MATERIALIZED\s+VIEW|\w+)\s+(?:CONCURRENTLY\s+)?)/i,
      '$1IF EXISTS ',
    );
    return replacing(failure, text, 'nothing of that name is there: check the name, or DROP … IF EXISTS');
  },
};

/** A column that a query names and no statement declares. */
export const missingColumn: Fix = {
  id: 'missing-column',
  sqlstates: ['42703'],
  async propose({ index, refusal, text }, { query }) {
    const [, alias, column] = /^column (\w+)\.(\w+) does not exist/.exec(refusal.message) ?? [];
    const node = parseOne(text)?.[1];
    if (alias === undefined || column === undefined || node === undefined) return undefined;
    const relation = nodesOf(node, 'RangeVar').find(
      (each) => ((each.alias as { aliasname?: string } | undefined)?.aliasname ?? each.relname) === alias,
    );
    if (relation === undefined) return undefined;
    const { schema, name } = rangeVar(relation);
    const identity = quoteName({ name, ...(schema === undefined ? {} : { schema }) });
    const [table] = await query(
      `SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND ($2::text IS NULL OR n.nspname = $2)`,
      [name, schema ?? null],
    );
    if (table === undefined) return undefined;
    const type = column.endsWith('_at') ? 'timestamptz' : column.endsWith('_id') ? 'uuid' : 'integer';
    return {
      target: index,
      before: [`ALTER TABLE ${identity} ADD COLUMN ${column} ${type}`],
      says: `declare ${column} in ${identity}, or use a column that it has`,
    };
  },
};
