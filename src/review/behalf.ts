import pg from 'pg';
import type { Query } from '../catalog/query.ts';
import { parseOne, type Tree } from '../findings/tree.ts';
import type { Class } from './classify.ts';
import { scratchRole } from './scratch.ts';

/**
 * Extensions that only a superuser may make, that reach nothing outside the database, and whose scripts do not trip over
 * what the document made before.
 */
const harmless = new Set(
  `pg_stat_statements pgstattuple pg_buffercache pageinspect pg_prewarm pg_visibility pg_freespacemap pgrowlocks amcheck
   bloom sslinfo vector`.split(/\s+/),
);

/** Extensions that run code outside the database or reach other servers and files. */
const harmful = new Set(
  `dblink postgres_fdw file_fdw adminpack plperlu plpython3u plpythonu pltclu plsh http pgsql_http pg_net pg_cron
   mysql_fdw oracle_fdw tds_fdw mongo_fdw redis_fdw multicorn plv8 pljava plr lo`.split(/\s+/),
);

const kinds = new Set(['CreateExtensionStmt', 'CreateRoleStmt', 'AlterRoleStmt', 'DropRoleStmt']);

export type Behalf =
  | { readonly status: 'not needed' }
  | { readonly status: 'done'; readonly note?: string }
  | { readonly status: 'refused'; readonly why: string }
  | { readonly status: 'error'; readonly sqlstate: string; readonly message: string };

/**
 * What a design may ask of a superuser, done with a statement of our own making: roles without the powers that lead
 * out of the database, and extensions of an allow-list.
 */
export async function onBehalf(text: string, { kind = '' }: Class, query: Query): Promise<Behalf> {
  const node = kinds.has(kind) ? parseOne(text)?.[1] : undefined;
  if (node === undefined) return { status: 'not needed' };
  switch (kind) {
    case 'CreateExtensionStmt':
      return extension(node, query);
    case 'CreateRoleStmt':
      return attempt(() => createRole(node, query));
    case 'AlterRoleStmt':
      return attempt(() => alterRole(node, query));
    case 'DropRoleStmt':
      return attempt(() => dropRole(node, query));
    default:
      return { status: 'not needed' };
  }
}

/** Makes a role that a function or a DO block would make, if it is not there. */
export async function makeRole(name: string, query: Query): Promise<boolean> {
  if (isOurs(name)) return false;
  const there = await query('SELECT FROM pg_catalog.pg_roles WHERE rolname = $1', [name]);
  if (there.length > 0) return false;
  await query(`CREATE ROLE ${pg.escapeIdentifier(name)} NOLOGIN`);
  await query(`GRANT ${pg.escapeIdentifier(name)} TO ${scratchRole} WITH ADMIN OPTION`);
  return true;
}

async function extension(node: Tree, query: Query): Promise<Behalf> {
  const name = String(node.extname);
  if (harmful.has(name))
    return { status: 'refused', why: `the extension ${name} reaches outside the database` };
  if (!harmless.has(name)) return { status: 'not needed' };
  const schema = options(node).find(({ defname }) => defname === 'schema');
  const into = (schema?.arg as { String?: { sval?: string } } | undefined)?.String?.sval;
  const where = into === undefined ? 'SCHEMA public' : `SCHEMA ${pg.escapeIdentifier(into)}`;
  const unless = node.if_not_exists === true ? 'IF NOT EXISTS ' : '';
  return attempt(async () => {
    await query(`CREATE EXTENSION ${unless}${pg.escapeIdentifier(name)} ${where}`);
    return undefined;
  });
}

/** Options that give no power beyond the database. */
const kept: Readonly<Record<string, readonly [yes: string, no: string]>> = {
  canlogin: ['LOGIN', 'NOLOGIN'],
  inherit: ['INHERIT', 'NOINHERIT'],
  bypassrls: ['BYPASSRLS', 'NOBYPASSRLS'],
};
const powers: Readonly<Record<string, string>> = {
  superuser: 'SUPERUSER',
  createrole: 'CREATEROLE',
  createdb: 'CREATEDB',
  isreplication: 'REPLICATION',
};

async function createRole(node: Tree, query: Query): Promise<string | undefined> {
  const name = String(node.role);
  if (isOurs(name)) throw refusal(`the name ${name} is taken on the scratch server`);
  const login = node.stmt_type === 'ROLESTMT_USER' ? ' LOGIN' : '';
  await query(`CREATE ROLE ${pg.escapeIdentifier(name)}${login} ${keptOptions(node)}`);
  await query(`GRANT ${pg.escapeIdentifier(name)} TO ${scratchRole} WITH ADMIN OPTION`);
  for (const group of membersOf(node, 'addroleto')) {
    if (!isOurs(group)) await query(`GRANT ${pg.escapeIdentifier(group)} TO ${pg.escapeIdentifier(name)}`);
  }
  return withoutPowers(node);
}

async function alterRole(node: Tree, query: Query): Promise<string | undefined> {
  const { roletype, rolename } = (node.role ?? {}) as { roletype?: string; rolename?: string };
  if (roletype !== 'ROLESPEC_CSTRING' || rolename === undefined || isOurs(rolename)) {
    throw refusal('changes a role of the server');
  }
  await query(`ALTER ROLE ${pg.escapeIdentifier(rolename)} ${keptOptions(node)}`);
  return withoutPowers(node);
}

async function dropRole(node: Tree, query: Query): Promise<undefined> {
  const roles = (
    (node.roles ?? []) as readonly { RoleSpec?: { roletype?: string; rolename?: string } }[]
  ).map(({ RoleSpec }) => RoleSpec);
  for (const role of roles) {
    if (role?.roletype !== 'ROLESPEC_CSTRING' || role.rolename === undefined || isOurs(role.rolename)) {
      throw refusal('drops a role of the server');
    }
    const unless = node.missing_ok === true ? 'IF EXISTS ' : '';
    await query(`DROP ROLE ${unless}${pg.escapeIdentifier(role.rolename)}`);
  }
}

function options(node: Tree): readonly { readonly defname?: string; readonly arg?: unknown }[] {
  return ((node.options ?? []) as readonly { DefElem?: { defname?: string; arg?: unknown } }[]).flatMap(
    ({ DefElem }) => (DefElem === undefined ? [] : [DefElem]),
  );
}

function isOn(arg: unknown): boolean {
  const { Boolean: flag, Integer: number } = (arg ?? {}) as {
    Boolean?: { boolval?: boolean };
    Integer?: { ival?: number };
  };
  return flag?.boolval === true || number?.ival === 1;
}

function keptOptions(node: Tree): string {
  return options(node)
    .flatMap(({ defname = '', arg }) => kept[defname]?.[isOn(arg) ? 0 : 1] ?? [])
    .join(' ');
}

function withoutPowers(node: Tree): string | undefined {
  const left = options(node).flatMap(({ defname = '', arg }) => (isOn(arg) ? (powers[defname] ?? []) : []));
  return left.length === 0 ? undefined : `made without ${left.join(' and ')}`;
}

function membersOf(node: Tree, option: string): readonly string[] {
  const arg = options(node).find(({ defname }) => defname === option)?.arg;
  const items = ((arg as { List?: { items?: unknown } } | undefined)?.List?.items ?? []) as readonly {
    RoleSpec?: { rolename?: string };
  }[];
  return items.flatMap(({ RoleSpec }) => RoleSpec?.rolename ?? []);
}

function isOurs(name: string): boolean {
  return name === 'postgres' || name === scratchRole || name.startsWith('pg_');
}

class Refused extends Error {}

function refusal(why: string): Refused {
  return new Refused(why);
}

async function attempt(work: () => Promise<string | undefined>): Promise<Behalf> {
  try {
    const note = await work();
    return note === undefined ? { status: 'done' } : { status: 'done', note };
  } catch (error) {
    if (error instanceof Refused) return { status: 'refused', why: error.message };
    if (!(error instanceof pg.DatabaseError)) throw error;
    return { status: 'error', sqlstate: error.code ?? 'XX000', message: error.message };
  }
}
