import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { describeOutcome, outcomeOf } from '../outcome.ts';
import { ident, type Target } from '../target.ts';
import { inState, type Looker, lookAt, reproduceState, type Seen } from './look.ts';
import type { State } from './states.ts';

const others = `
  SELECT rolname AS name, pg_has_role($1, oid, 'MEMBER') AS reachable
  FROM pg_catalog.pg_roles WHERE rolname <> $1 AND (rolname !~ '^pg_' OR pg_has_role($1, oid, 'MEMBER')) ORDER BY rolname`;

/**
 * Roles that the request role can become give nobody more than it gets itself; all others cannot be become, and row security,
 * triggers and the login cannot be shaken off.
 */
export async function tryRoles(
  context: CheckContext,
  targets: readonly Target[],
  nobody: State,
): Promise<Seen> {
  const { role } = context.design.request;
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  const done = () => context.stopAtFirstBreach && breaches.length > 0;
  const denied: string[] = ['SET LOCAL session_replication_role = replica'];
  for (const { name, reachable } of await context.session.query(others, [role])) {
    const first = `SET LOCAL ROLE ${ident(String(name))}`;
    if (reachable !== true) denied.push(first);
    else {
      const state = { ...nobody, name: `${nobody.name} and ${role} becomes ${String(name)}` };
      const seen = await lookAt(context, targets, { state, first, tolerates: 'any 42501' });
      sightings.push(...seen.sightings);
      breaches.push(...seen.breaches);
    }
    if (done()) return { sightings, breaches };
  }
  const looker: Looker = { state: nobody, tolerates: 'nothing else' };
  const refused = await inState(context, looker, async () => {
    const ended = [];
    for (const statement of denied) ended.push(outcomeOf(await context.session.attempt(statement)));
    return ended;
  });
  for (const [index, statement] of denied.entries()) {
    const outcome = refused[index];
    if (outcome === undefined) continue;
    record(statement, outcome.kind === 'privilege', '42501 by privilege', describeOutcome(outcome));
  }
  // This session's login is a superuser, so that SET SESSION AUTHORIZATION cannot be tried: it is for superusers alone.
  const [own] = await context.session.query(
    'SELECT rolsuper AS super FROM pg_catalog.pg_roles WHERE rolname = $1',
    [role],
  );
  record(
    'SET SESSION AUTHORIZATION',
    own?.super !== true,
    `${role} is no superuser`,
    own?.super === true ? `${role} is a superuser` : `${role} is no superuser`,
  );
  return { sightings, breaches };

  function record(statement: string, agrees: boolean, expected: string, actual: string): void {
    sightings.push({ subject: role, way: 'become somebody else', role, statement, expected, actual, agrees });
    if (agrees) return;
    breaches.push({
      says: `${role} can ${statement}`,
      object: `role ${role}`,
      expected,
      actual,
      reproduce: reproduceState(context, looker, statement, expected),
    });
  }
}
