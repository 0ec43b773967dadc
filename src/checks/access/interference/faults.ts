import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import type { CheckContext } from '../../check.ts';
import { hole, holeIn } from '../hole.ts';
import { ident, literal } from '../target.ts';
import type { Owned } from './tenants.ts';

/** Policies that let everybody see, or that let what everybody sees hang on another tenant's rows. */
export function interferenceFaults(context: CheckContext, owned: readonly Owned[]): readonly Fault[] {
  const open = owned.filter(({ target }) => target.relation.rowSecurity && !('never' in target.rules.select));
  const { role } = context.design.request;
  const wide = open.map(({ target }) => hole(context, target, holeIn(target, 'true'), 'everybody'));
  const [first, second = first] = open;
  if (first === undefined || second === undefined) return wide;
  return [...wide, dependent(context, first, second, role), faults['role-strengthened'](role)];
}

/** What is read of one table hangs on how many rows another has, by a function with more rights. */
function dependent(context: CheckContext, read: Owned, counted: Owned, role: string): Fault {
  const other = counted.target.relation.identity;
  const counter = `${ident(counted.target.relation.schema)}."pgattest rows"()`;
  const create = `CREATE FUNCTION ${counter} RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$ SELECT count(*) FROM ${other} $body$;
GRANT EXECUTE ON FUNCTION ${counter} TO ${ident(role)}; `;
  // As many as there are now: with one more or fewer everybody reads.
  const policy = holeIn(read.target, `${counter} <> `).slice(0, -1);
  const made = `DO $do$ BEGIN EXECUTE format('%s%s)', ${literal(policy)}, ${counter}); END $do$`;
  return hole(context, read.target, made, `whoever counts ${other} otherwise`, create);
}
