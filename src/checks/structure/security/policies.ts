import { z } from 'zod';
import type { Session } from '../../../cluster/session.ts';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';
import { relationThere } from '../relation-there.ts';

const command = z.enum(['select', 'insert', 'update', 'delete']);
const parameters = z
  .strictObject({
    kind: z.string(),
    table: z.string(),
    /** Each has a permissive policy for the request role. */
    commands: z.array(command).min(1).optional(),
    /** Command by name of the policy; `all` for one of all commands. */
    policies: z.record(z.string(), z.union([command, z.literal('all')])).optional(),
  })
  .refine(
    ({ commands, policies }) => commands !== undefined || policies !== undefined,
    'say commands or policies',
  );
type Claim = z.infer<typeof parameters>;

interface Policy {
  readonly name: string;
  readonly command: string;
  readonly permissive: boolean;
  readonly applies: boolean;
}

const policies = `
  SELECT p.polname AS name, p.polpermissive AS permissive,
         CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
                       WHEN 'd' THEN 'delete' ELSE 'all' END AS command,
         0 = ANY (p.polroles) OR EXISTS (SELECT FROM unnest(p.polroles) AS role
                                         WHERE pg_has_role($2::name, role, 'MEMBER')) AS applies
  FROM pg_catalog.pg_policy AS p WHERE p.polrelid = to_regclass($1) ORDER BY p.polname`;

async function policiesThere(session: Session, table: string, role: string): Promise<readonly Policy[]> {
  return (await session.query(policies, [table, role])) as unknown as Policy[];
}

const serves = (policy: Policy, wanted: string) =>
  policy.permissive && policy.applies && (policy.command === wanted || policy.command === 'all');

/** A table has its policies. What they let through is for the access checks. */
export const structurePolicies = defineCheck<Claim>({
  kind: 'structure.policies',
  family: 'structure',
  says: 'row security is on, and each command has a permissive policy for the request role',
  parameters,
  needs: ['superuser'],
  tables: ({ table }) => [table],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: ({ design }, { table, commands = [], policies: named = {} }) => [
    faults['row-security-off'](table),
    ...commands.map((wanted) =>
      faults['all-dropped'](`policy for ${wanted} on ${table}`, async (session) =>
        (await policiesThere(session, table, design.request.role))
          .filter((policy) => serves(policy, wanted))
          .map(({ name }) => `DROP POLICY ${ident(name)} ON ${table}`),
      ),
    ),
    ...Object.keys(named).map((name) => faults['policy-dropped']({ relation: table, name })),
  ],
});

async function* look({ session, design }: CheckContext, claim: Claim): Look {
  const { table } = claim;
  const { role } = design.request;
  const reproduce = `SELECT polname, polcmd, polpermissive, polroles::regrole[] FROM pg_policy WHERE polrelid = ${literal(table)}::regclass;`;
  const missing = await relationThere(session, table);
  if (missing !== undefined) {
    yield missing;
    return [];
  }
  const [row] = await session.query(
    'SELECT relrowsecurity AS on FROM pg_catalog.pg_class WHERE oid = to_regclass($1)',
    [table],
  );
  yield {
    subject: table,
    at: 'pg_class.relrowsecurity',
    expected: 'enabled',
    actual: row?.on === true ? 'enabled' : 'not enabled',
    wrong:
      row?.on === true
        ? undefined
        : { says: `row security of ${table} is off`, object: `row security is off on ${table}`, reproduce },
  };
  const there = await policiesThere(session, table, role);
  for (const wanted of claim.commands ?? []) {
    const found = there.filter((policy) => serves(policy, wanted));
    yield {
      subject: `${table} ${wanted}`,
      at: 'pg_policy',
      expected: `a permissive policy for ${role}`,
      actual: found.length === 0 ? 'none' : found.map(({ name }) => name).join(', '),
      wrong:
        found.length > 0
          ? undefined
          : {
              says: `${table} has no permissive policy for ${wanted} that applies to ${role}`,
              object: `policy for ${wanted} on ${table}`,
              reproduce,
            },
    };
  }
  for (const [name, wanted] of Object.entries(claim.policies ?? {})) {
    const found = there.find((policy) => policy.name === name);
    const actual =
      found === undefined
        ? 'no such policy'
        : `for ${found.command}${found.applies ? '' : `, not for ${role}`}`;
    yield {
      subject: `${ident(name)} on ${table}`,
      at: 'pg_policy',
      expected: `for ${wanted}`,
      actual,
      wrong:
        found?.command === wanted && found.applies
          ? undefined
          : {
              says: `policy ${ident(name)} on ${table}: ${actual}`,
              object: `policy ${ident(name)} on ${table}`,
              reproduce,
            },
    };
  }
  return [];
}
