import { roleOf } from '../../catalog/index.ts';
import type { AuditRules } from '../../design/rules.ts';
import { barest } from '../access/denied-by-privilege.ts';
import { describeOutcome, outcomeOf } from '../access/outcome.ts';
import type { CheckContext, Sighting } from '../check.ts';

interface Power {
  readonly way: string;
  readonly role: string;
  /** Done first; where that is refused, so is the rest. */
  readonly first: string;
  readonly said: string;
}

/**
 * What no privilege can stop: the owner of the trail and a superuser, who may take its guards off. Never a breach; said, so
 * that nobody takes the proof for more than it is.
 */
export async function* trailPowers(context: CheckContext, audit: AuditRules): AsyncGenerator<Sighting, void> {
  const { session, catalog } = context;
  const trail = catalog.relations.find(({ identity }) => identity === audit.trail.table);
  if (trail === undefined) return;
  const columns = catalog.columns.filter(({ relation }) => relation === trail.identity);
  const statement = barest('DELETE', trail, columns);
  const always = catalog.triggers
    .filter(({ relation, name }) => relation === trail.identity && audit.guards.includes(name))
    .every(({ enabled }) => enabled === 'always');
  const owner = { role: trail.owner, superuser: roleOf(catalog, trail.owner)?.superuser === true };
  const off = `ALTER TABLE ${trail.identity} DISABLE TRIGGER USER, NO FORCE ROW LEVEL SECURITY`;
  const seen = 'nothing in the database stops it; pg_trigger.tgenabled shows it while the guards are off';
  const powers: readonly Power[] = [
    ...(owner.superuser
      ? []
      : [
          {
            way: `as its owner ${owner.role}`,
            role: owner.role,
            first: '',
            said: 'a guard stops it, or a policy',
          },
          {
            way: `as its owner ${owner.role}, guards taken off first`,
            role: owner.role,
            first: off,
            said: seen,
          },
        ]),
    { way: 'as a superuser, guards taken off first', role: 'superuser', first: off, said: seen },
    {
      way: 'as a superuser with session_replication_role = replica',
      role: 'superuser',
      first: 'SET LOCAL session_replication_role = replica',
      said: always
        ? 'the guards are ENABLE ALWAYS'
        : 'the guards are not ENABLE ALWAYS: nothing shows it afterwards',
    },
  ];
  for (const { way, role, first, said } of powers) {
    const actual = await session.undone(async () => {
      if (role !== 'superuser') await session.become({ role, settings: {} });
      if (first !== '') {
        const prepared = await session.attempt(first, [], true);
        if (prepared.status === 'error') return describeOutcome(outcomeOf(prepared));
      }
      return describeOutcome(outcomeOf(await session.attempt(statement)));
    });
    yield {
      subject: trail.identity,
      command: 'DELETE',
      way,
      role,
      statement: first === '' ? statement : `${first}; ${statement}`,
      expected: `said, not judged: ${said}`,
      actual,
      agrees: true,
    };
  }
}
