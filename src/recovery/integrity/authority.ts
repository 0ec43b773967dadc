import type { Postgres } from '../../cluster/postgres.ts';
import type { Seen } from '../model.ts';

/** Who may do what, one line for each object, as text that is the same for the same on any server. */
const statements = [
  // Roles, without those of PostgreSQL and of this program; what they are members of; what is set for them.
  `SELECT 'role ' || r.rolname AS object, concat_ws(' ', CASE WHEN rolsuper THEN 'superuser' END,
     CASE WHEN rolinherit THEN 'inherit' END, CASE WHEN rolcreaterole THEN 'createrole' END,
     CASE WHEN rolcreatedb THEN 'createdb' END, CASE WHEN rolcanlogin THEN 'login' END,
     CASE WHEN rolreplication THEN 'replication' END, CASE WHEN rolbypassrls THEN 'bypassrls' END,
     'limit ' || rolconnlimit, 'until ' || rolvaliduntil,
     'in ' || (SELECT string_agg(g.rolname || CASE WHEN m.admin_option THEN '*' ELSE '' END, ',' ORDER BY g.rolname)
       FROM pg_auth_members AS m JOIN pg_roles AS g ON g.oid = m.roleid WHERE m.member = r.oid)) AS definition
   FROM pg_roles AS r WHERE r.rolname !~ '^(pg_|pgattest_)'`,
  `SELECT 'settings of ' || coalesce(r.rolname, 'everyone') || CASE WHEN s.setdatabase = 0 THEN '' ELSE ' here' END,
     (SELECT string_agg(c, '; ' ORDER BY c) FROM unnest(s.setconfig) AS c)
   FROM pg_db_role_setting AS s LEFT JOIN pg_roles AS r ON r.oid = s.setrole
   WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))`,
  `SELECT 'policy ' || polname || ' on ' || polrelid::regclass, concat_ws(' ', polcmd,
     CASE WHEN polpermissive THEN 'permissive' ELSE 'restrictive' END,
     'to ' || (SELECT string_agg(CASE WHEN o = 0 THEN 'public' ELSE pg_get_userbyid(o) END, ',' ORDER BY 1) FROM unnest(polroles) AS o),
     'using ' || pg_get_expr(polqual, polrelid), 'check ' || pg_get_expr(polwithcheck, polrelid)) FROM pg_policy`,
  `SELECT 'relation ' || c.oid::regclass, concat_ws(' ', 'of ' || pg_get_userbyid(c.relowner),
     CASE WHEN c.relrowsecurity THEN 'rls' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END, $acl(c.relacl, CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END, c.relowner),
     (SELECT string_agg(a.attname || ' ' || $acl(a.attacl), ' ' ORDER BY a.attname) FROM pg_attribute AS a
       WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL))
   FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND $own(c.relnamespace)`,
  `SELECT 'routine ' || p.oid::regprocedure, concat_ws(' ', 'of ' || pg_get_userbyid(p.proowner),
     CASE WHEN p.prosecdef THEN 'definer' END, array_to_string(p.proconfig, ','), $acl(p.proacl, 'f', p.proowner))
   FROM pg_proc AS p WHERE $own(p.pronamespace)`,
  `SELECT 'schema ' || n.nspname, concat_ws(' ', 'of ' || pg_get_userbyid(n.nspowner), $acl(n.nspacl, 'n', n.nspowner))
   FROM pg_namespace AS n WHERE $own(n.oid)`,
  `SELECT 'database', concat_ws(' ', 'of ' || pg_get_userbyid(d.datdba), $acl(d.datacl, 'd', d.datdba))
   FROM pg_database AS d WHERE d.datname = current_database()`,
  `SELECT 'trigger ' || t.tgname || ' on ' || t.tgrelid::regclass, t.tgenabled::text || ' ' || pg_get_triggerdef(t.oid)
   FROM pg_trigger AS t WHERE NOT t.tgisinternal`,
  `SELECT 'default privileges of ' || pg_get_userbyid(d.defaclrole) || ' ' || d.defaclobjtype::text || ' '
     || coalesce((SELECT nspname FROM pg_namespace WHERE oid = d.defaclnamespace), ''), $acl(d.defaclacl)
   FROM pg_default_acl AS d`,
].map((statement) =>
  statement
    // In an order of its own: that of grants is the order in which they were given.
    .replace(
      /\$acl\(([\w.]+)(?:, (.*?), ([\w.]+))?\)/g,
      (_, acl, kind, owner) =>
        `(SELECT '{' || coalesce(string_agg(i::text, ',' ORDER BY i::text COLLATE "C"), '') || '}' FROM unnest(${
          // Nothing said is not nothing allowed.
          kind === undefined ? acl : `coalesce(${acl}, acldefault((${kind})::"char", ${owner}))`
        }) AS i)`,
    )
    .replace(
      /\$own\(([\w.]+)\)/g,
      "EXISTS (SELECT FROM pg_namespace AS s WHERE s.oid = $1 AND s.nspname !~ '^pg_' AND s.nspname <> 'information_schema')",
    ),
);

/**
 * Roles, policies, owners, privileges and triggers of a database, by object: a backup has to bring them back too. Passwords are no part of
 * it. Roles of pgattest's own (`pgattest_…`) are left out.
 */
export async function authority(server: Postgres, database: string): Promise<Map<string, string>> {
  const client = await server.connect({ database, applicationName: 'pgattest authority' });
  try {
    await client.query('SET search_path = pg_catalog');
    const found = new Map<string, string>();
    for (const statement of statements) {
      const { rows } = await client.query<string[]>({ text: statement, rowMode: 'array' });
      for (const [object = '', definition] of rows) found.set(object, definition ?? '');
    }
    return found;
  } finally {
    await client.end();
  }
}

/**
 * A list of texts that is compared with a varchar is cast as a whole when it is first read, and, once it was dumped and read again, each of
 * it: the same either way.
 */
function asRead(definition: string | undefined): string | undefined {
  return definition?.replaceAll(
    /\(ARRAY\[((?:'(?:[^']|'')*'::character varying(?:, )?)+)\]\)::text\[\]/g,
    (_, list: string) =>
      `ARRAY[${list.replaceAll(/'(?:[^']|'')*'::character varying/g, (each) => `(${each})::text`)}]`,
  );
}

/** Two of them as sightings: one when they are the same, one for each object that differs when not. */
export function compareAuthority(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): Seen[] {
  const way = {
    way: 'roles, policies, owners, privileges, triggers',
    statement: 'pg_roles, pg_policy, relacl, proacl, …',
  };
  const names = [...new Set([...expected.keys(), ...actual.keys()])];
  const differing = names.filter((name) => asRead(expected.get(name)) !== asRead(actual.get(name)));
  if (differing.length === 0) {
    const same = `${names.length} objects, each as it was`;
    return [
      { subject: 'who may do what', ...way, expected: same, actual: same, agrees: true, tried: names.length },
    ];
  }
  return differing.map((name) => ({
    subject: name,
    ...way,
    expected: expected.get(name) ?? 'not there',
    actual: actual.get(name) ?? 'not there',
    agrees: false,
    object: name,
    tried: names.length,
  }));
}
