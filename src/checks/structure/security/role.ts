import { z } from 'zod';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';

const flag = z.boolean().optional();
const parameters = z.strictObject({
  kind: z.string(),
  role: z.string(),
  login: flag,
  /** Roles that it is a member of, directly or not. */
  inherits: z.array(z.string()).optional(),
  bypassRls: flag,
  superuser: flag,
  createRole: flag,
  createDatabase: flag,
  replication: flag,
  /** Whether it has the privileges of its roles without SET ROLE. */
  inherit: flag,
  /** -1: none. */
  connectionLimit: z.int().optional(),
});
type Claim = z.infer<typeof parameters>;

/** ALTER ROLE's words by parameter. */
const attributes = {
  login: 'LOGIN',
  bypassRls: 'BYPASSRLS',
  superuser: 'SUPERUSER',
  createRole: 'CREATEROLE',
  createDatabase: 'CREATEDB',
  replication: 'REPLICATION',
  inherit: 'INHERIT',
} as const;
const names = Object.keys(attributes) as (keyof typeof attributes)[];

const statement = `
  SELECT rolcanlogin AS login, rolbypassrls AS "bypassRls", rolsuper AS superuser, rolcreaterole AS "createRole",
         rolcreatedb AS "createDatabase", rolreplication AS replication, rolinherit AS inherit,
         rolconnlimit AS "connectionLimit",
         ARRAY(WITH RECURSIVE reached AS (
                 SELECT roleid FROM pg_catalog.pg_auth_members WHERE member = r.oid
                 UNION SELECT m.roleid FROM pg_catalog.pg_auth_members AS m JOIN reached ON m.member = reached.roleid)
               SELECT pg_get_userbyid(roleid)::text FROM reached ORDER BY 1) AS roles
  FROM pg_catalog.pg_roles AS r WHERE rolname = $1`;

/** A role is there, with its attributes and memberships. */
export const structureRole = defineCheck({
  kind: 'structure.role',
  family: 'structure',
  says: 'the role is there, with the attributes and memberships that are claimed',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: ({ catalog }, claim): readonly Fault[] => {
    const direct = catalog.memberships.filter(({ member }) => member === claim.role).map(({ role }) => role);
    const isDirect = (role: string) => direct.includes(role);
    return [
      ...names.flatMap((name) =>
        claim[name] === undefined
          ? []
          : [faults['role-altered'](claim.role, claim[name] ? `NO${attributes[name]}` : attributes[name])],
      ),
      ...(claim.connectionLimit === undefined
        ? []
        : [faults['role-altered'](claim.role, `CONNECTION LIMIT ${claim.connectionLimit === -1 ? 1 : -1}`)]),
      // A role that is reached through another goes with it.
      ...(claim.inherits ?? [])
        .slice(0, 1)
        .map((role) =>
          faults['membership-revoked'](
            claim.role,
            isDirect(role) &&
              !direct.some((other) => other !== role && reaches(catalog.memberships, other, role))
              ? [role]
              : direct,
          ),
        ),
    ];
  },
});

function reaches(
  memberships: readonly { readonly member: string; readonly role: string }[],
  from: string,
  to: string,
): boolean {
  const seen = new Set([from]);
  for (const each of seen) for (const { member, role } of memberships) if (member === each) seen.add(role);
  return seen.has(to);
}

async function* look({ session }: CheckContext, claim: Claim): Look {
  const { role } = claim;
  const [row] = await session.query(statement, [role]);
  const object = `role ${ident(role).replace(/^"([a-z_][a-z0-9_]*)"$/, '$1')}`;
  const reproduce = `SELECT * FROM pg_roles WHERE rolname = ${literal(role)};`;
  yield {
    subject: role,
    at: 'pg_roles',
    expected: 'there',
    actual: row === undefined ? 'no such role' : 'there',
    wrong: row === undefined ? { says: `there is no ${object}`, object, reproduce } : undefined,
  };
  if (row === undefined) return [];
  const word = (name: keyof typeof attributes, value: unknown) =>
    `${value === true ? '' : 'NO'}${attributes[name]}`;
  for (const name of names) {
    if (claim[name] === undefined) continue;
    const [expected, actual] = [word(name, claim[name]), word(name, row[name])];
    const wrong = { says: `${object} is ${actual}, not ${expected}`, object, reproduce };
    yield { subject: role, at: 'pg_roles', expected, actual, wrong: expected === actual ? undefined : wrong };
  }
  if (claim.connectionLimit !== undefined) {
    const [expected, actual] = [
      `CONNECTION LIMIT ${claim.connectionLimit}`,
      `CONNECTION LIMIT ${row.connectionLimit}`,
    ];
    const wrong = { says: `${object} has ${actual}, not ${expected}`, object, reproduce };
    yield { subject: role, at: 'pg_roles', expected, actual, wrong: expected === actual ? undefined : wrong };
  }
  const found = row.roles as readonly string[];
  for (const parent of claim.inherits ?? []) {
    const wrong = {
      says: `${object} is no member of ${ident(parent)}`,
      object,
      reproduce: `SELECT roleid::regrole, member::regrole FROM pg_auth_members;`,
    };
    yield {
      subject: role,
      at: 'pg_auth_members',
      expected: `member of ${parent}`,
      actual: found.length === 0 ? 'member of none' : `member of ${found.join(', ')}`,
      wrong: found.includes(parent) ? undefined : wrong,
    };
  }
  return [];
}
